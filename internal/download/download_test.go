package download

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// world is a set of two files, and a server that gives what served has.
func world(t *testing.T) (s *Set, served map[string][]byte, url string) {
	t.Helper()
	served = map[string][]byte{}
	s = &Set{Name: "set"}
	for _, name := range []string{"a.gz", "b.gz"} {
		data := bytes.Repeat([]byte(name), 5000)
		sum := sha256.Sum256(data)
		s.Files = append(s.Files, File{name, int64(len(data)), hex.EncodeToString(sum[:])})
		served["/"+name] = packed(t, data)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, ok := served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, "slow.gz") {
			_, _ = w.Write(data[:3])
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(server.Close)
	return s, served, server.URL
}

func left(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	entries, err := os.ReadDir(filepath.Join(dir, "set"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestGet(t *testing.T) {
	s, served, url := world(t)
	dir := t.TempDir()
	var said []string
	told := func(f *File, there bool) { said = append(said, fmt.Sprint(f.Name, there)) }
	if err := Get(context.Background(), s, dir, url, told); err != nil {
		t.Fatal(err)
	}
	if got := left(t, dir); got != "a.gz b.gz" {
		t.Errorf("the folder has %s", got)
	}
	// A second time only what has been damaged since is fetched; from a directory, too,
	// and packed by someone else.
	if err := os.WriteFile(filepath.Join(dir, "set", "b.gz"), []byte("damaged"), 0o666); err != nil {
		t.Fatal(err)
	}
	delete(served, "/a.gz")
	mirror := t.TempDir()
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.HuffmanOnly)
	_, _ = z.Write(bytes.Repeat([]byte("b.gz"), 5000))
	_ = z.Close()
	if err := os.WriteFile(filepath.Join(mirror, "b.gz"), b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Get(context.Background(), s, dir, mirror, told); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(said, " "); got != "a.gzfalse b.gzfalse a.gztrue b.gzfalse" {
		t.Error(got)
	}
}

// What is not as expected is refused, and nothing of it stays; what was there does.
func TestGetRefuses(t *testing.T) {
	other := bytes.Repeat([]byte("x.gz"), 5000)
	for want, served := range map[string][]byte{
		"the server answers 404":         nil,
		"gzip: invalid header":           []byte("<html>not what you want</html>"),
		"unexpected EOF":                 packed(t, other)[:40],
		"unpacks to what has SHA-256":    packed(t, other),
		"unpacks to more than 20000":     packed(t, append(other, 1)),
		"unpacks to 19999 bytes":         packed(t, other[1:]),
		"gzip: invalid checksum":         func() []byte { p := packed(t, other); p[len(p)-6] ^= 1; return p }(),
		"unpacks to more than 20000 byt": packed(t, make([]byte, 1<<24)), // a bomb
	} {
		s, all, url := world(t)
		if served == nil {
			delete(all, "/b.gz")
		} else {
			all["/b.gz"] = served
		}
		dir := t.TempDir()
		err := Get(context.Background(), s, dir, url, func(*File, bool) {})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "b.gz") || served != nil && !errors.Is(err, ErrContent) {
			t.Errorf("%q is missing from %v", want, err)
		}
		if got := left(t, dir); got != "a.gz" {
			t.Errorf("%s: the folder has %s", want, got)
		}
	}
}

// A fetch that is interrupted ends at once and leaves nothing.
func TestGetIsInterrupted(t *testing.T) {
	s, served, url := world(t)
	s.Files[1].Name = "slow.gz"
	served["/slow.gz"] = served["/b.gz"]
	ctx, cancel := context.WithCancel(context.Background())
	dir, ended := t.TempDir(), make(chan error)
	go func() {
		ended <- Get(ctx, s, dir, url, func(f *File, _ bool) {
			time.AfterFunc(20*time.Millisecond, cancel)
		})
	}()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if got := left(t, dir); got != "a.gz" {
		t.Errorf("the folder has %s", got)
	}
}

// The sets that are known are those whose checksums stand in the catalog.
func TestCatalog(t *testing.T) {
	for _, s := range Sets {
		if Named(s.Name) == nil || len(s.Files) == 0 {
			t.Errorf("%s: cannot be found", s.Name)
		}
		from := filepath.Join("../../../shared/data", s.Name)
		if _, err := os.Stat(from); err != nil {
			t.Log("DATA ARE MISSING: ", err)
			continue
		}
		for _, f := range s.Files[1:] { // the first is long
			r, err := os.Open(filepath.Join(from, f.Name))
			if err != nil {
				t.Fatal(err)
			}
			if err := f.check(f.Name, r); err != nil {
				t.Error(err)
			}
			_ = r.Close()
		}
	}
	if Named("nothing") != nil {
		t.Error("there is a set named nothing")
	}
}
