// Package blobtest is what every blob.Store must do.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/volley-snn/volley/cluster/blob"
)

// Run tests an empty store.
func Run(t *testing.T, s blob.Store) {
	t.Run("what is put is there, and is replaced", func(t *testing.T) { replaced(t, s) })
	t.Run("what is large is whole", func(t *testing.T) { large(t, s) })
	t.Run("a reader that ends early or fails changes nothing", func(t *testing.T) { early(t, s) })
	t.Run("one creator wins", func(t *testing.T) { Contend(t, s) })
	t.Run("many replace one", func(t *testing.T) { together(t, s) })
	t.Run("lists are by key and prefix", func(t *testing.T) { lists(t, s) })
	t.Run("what is not there", func(t *testing.T) { missing(t, s) })
	t.Run("keys that lead elsewhere", func(t *testing.T) { badKeys(t, s) })
	t.Run("a cancelled context", func(t *testing.T) { cancelled(t, s) })
}

func put(t *testing.T, s blob.Store, key string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s blob.Store, key string) []byte {
	t.Helper()
	r, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func replaced(t *testing.T, s blob.Store) {
	for _, data := range []string{"first", "", "the second is longer than the first"} {
		put(t, s, "replaced/a", []byte(data))
		if got := get(t, s, "replaced/a"); string(got) != data {
			t.Errorf("put %q, got %q", data, got)
		}
	}
}

func large(t *testing.T, s blob.Store) {
	data := make([]byte, 20<<20+12345) // more than an object store takes in one part
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(data)
	put(t, s, "large/a", data)
	if !bytes.Equal(get(t, s, "large/a"), data) {
		t.Errorf("%d bytes came back changed", len(data))
	}
}

func early(t *testing.T, s blob.Store) {
	put(t, s, "early/a", []byte("before"))
	if err := s.Put(t.Context(), "early/a", strings.NewReader("short"), 100); err == nil {
		t.Error("5 of 100 bytes were taken for a blob")
	}
	broken := errors.New("broken")
	if err := s.Put(t.Context(), "early/a", io.MultiReader(strings.NewReader("x"), failing{broken}), 100); !errors.Is(err, broken) {
		t.Errorf("a reader's error came back as %v", err)
	}
	if got := get(t, s, "early/a"); string(got) != "before" {
		t.Errorf("what was there is now %q", got)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Contend has many create one key at once, through several connections to one store:
// one of them wins, and what it brought is what is there.
func Contend(t *testing.T, stores ...blob.Store) {
	const creators = 32
	for round := range 4 {
		key := fmt.Sprintf("epochs/%d", round)
		if round == 3 { // one that was there, and was deleted
			key = "epochs/0"
			if err := stores[0].Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		outcomes := make([]error, creators)
		var all sync.WaitGroup
		start := make(chan struct{})
		for k := range creators {
			all.Go(func() {
				<-start
				outcomes[k] = stores[k%len(stores)].Create(context.Background(), key, fmt.Appendf(nil, "creator %d", k))
			})
		}
		close(start)
		all.Wait()
		winner := -1
		for k, err := range outcomes {
			switch {
			case err == nil && winner >= 0:
				t.Errorf("creators %d and %d both won", winner, k)
			case err == nil:
				winner = k
			case !errors.Is(err, fs.ErrExist):
				t.Errorf("creator %d: %v", k, err)
			}
		}
		if winner < 0 {
			t.Fatal("nobody won")
		}
		for _, s := range stores {
			if got, want := string(get(t, s, key)), fmt.Sprintf("creator %d", winner); got != want {
				t.Errorf("%q is there, and %q won", got, want)
			}
		}
	}
}

func lists(t *testing.T, s blob.Store) {
	keys := []string{"lists/b/2", "lists/a", "lists/b/10", "lists/b.c", "listsx"}
	for _, k := range keys {
		put(t, s, k, []byte(k))
	}
	for prefix, want := range map[string][]string{
		"lists/": {"lists/a", "lists/b.c", "lists/b/10", "lists/b/2"}, "lists/b/": {"lists/b/10", "lists/b/2"},
		"lists/b": {"lists/b.c", "lists/b/10", "lists/b/2"}, "none/": nil,
	} {
		entries, err := s.List(t.Context(), prefix)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Key)
			if e.Size != int64(len(e.Key)) {
				t.Errorf("%s has %d bytes, the list says %d", e.Key, len(e.Key), e.Size)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", prefix, got, want)
		}
	}
}

// together has many replace one key at once: one of what they put is there, whole.
func together(t *testing.T, s blob.Store) {
	data := func(k int) []byte { return bytes.Repeat([]byte{byte(k)}, 300000+k) }
	put(t, s, "together/a", data(0))
	var all sync.WaitGroup
	for k := 1; k < 8; k++ {
		all.Go(func() {
			if err := s.Put(context.Background(), "together/a", bytes.NewReader(data(k)), int64(len(data(k)))); err != nil {
				t.Errorf("put %d: %v", k, err)
			}
		})
	}
	all.Wait()
	got := get(t, s, "together/a")
	if k := int(got[0]); !bytes.Equal(got, data(k)) {
		t.Errorf("%d bytes that nobody put", len(got))
	}
}

func missing(t *testing.T, s blob.Store) {
	if _, err := s.Get(t.Context(), "missing/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Get: %v", err)
	}
	if err := s.Delete(t.Context(), "missing/a"); err != nil {
		t.Errorf("Delete: %v", err)
	}
	put(t, s, "missing/a", []byte("x"))
	if err := s.Delete(t.Context(), "missing/a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "missing/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Delete: %v", err)
	}
	if err := s.Create(t.Context(), "missing/a", []byte("y")); err != nil {
		t.Errorf("a key that was deleted is not free: %v", err)
	}
}

func badKeys(t *testing.T, s blob.Store) {
	for _, key := range []string{"", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a b", "a\\b", "ä", strings.Repeat("a", 513)} {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); err == nil {
			t.Errorf("Put took the key %q", key)
		}
		if err := s.Create(t.Context(), key, []byte("x")); err == nil {
			t.Errorf("Create took the key %q", key)
		}
		if _, err := s.Get(t.Context(), key); err == nil {
			t.Errorf("Get took the key %q", key)
		}
		if err := s.Delete(t.Context(), key); err == nil {
			t.Errorf("Delete took the key %q", key)
		}
	}
}

func cancelled(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, "cancelled/a", strings.NewReader("x"), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v", err)
	}
	if _, err := s.Get(t.Context(), "cancelled/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it: %v", err)
	}
}
