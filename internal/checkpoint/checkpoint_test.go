package checkpoint

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
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// shelf is a store in memory.
type shelf map[string][]byte

func (s shelf) Put(_ context.Context, key string, r io.Reader, size int64) error {
	b, err := io.ReadAll(r)
	if err == nil && int64(len(b)) != size {
		err = fmt.Errorf("%d bytes, announced %d", len(b), size)
	}
	s[key] = b
	return err
}

func (s shelf) Get(_ context.Context, key string) (io.ReadCloser, error) {
	b, ok := s[key]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (s shelf) List(_ context.Context, prefix string) (all []Entry, err error) {
	for k, b := range s {
		if strings.HasPrefix(k, prefix) {
			all = append(all, Entry{k, int64(len(b))})
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return all, nil
}

func (s shelf) Delete(_ context.Context, key string) error {
	delete(s, key)
	return nil
}

// sections are some of a part, with data of every kind: none, alike, random.
func sections(draws *rand.Rand, part int) []state.Section {
	var all []state.Section
	for k, n := range []int{0, 10, 3000, 300} {
		data := make([]byte, n)
		for i := range data {
			if k != 2 {
				data[i] = byte(draws.IntN(256))
			} else {
				data[i] = byte(part)
			}
		}
		all = append(all, state.Section{Header: state.Header{Kind: fmt.Sprint("kind", k), Of: "p", Range: snn.Range{First: snn.GID(part), End: snn.GID(part + 1)}}, Data: data})
	}
	return all
}

// fill writes some checkpoints, and returns the sections of each.
func fill(t *testing.T, s Store, checkpoints int) (all [][]state.Section) {
	t.Helper()
	ctx, draws := context.Background(), rand.New(rand.NewPCG(3, 4))
	w := Writer{Store: s}
	j, err := NewJournal(ctx, s, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range checkpoints {
		var packs []*Pack
		var own []state.Section
		for part := range 3 {
			some := sections(draws, part)
			own, packs = append(own, some...), append(packs, NewPack(some))
		}
		for _, table := range []string{"spikes", "synchrony"} {
			if err := j.Append(ctx, table, fmt.Appendf(nil, "%s of %d;", table, n)); err != nil {
				t.Fatal(err)
			}
		}
		segments, err := j.Segments(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(ctx, &Manifest{Model: "m", Tick: int64(n), Segments: segments}, packs); err != nil {
			t.Fatal(err)
		}
		all = append(all, own)
	}
	return all
}

func TestLatestGivesBackWhatWasWritten(t *testing.T) {
	s := shelf{}
	written := fill(t, s, 5)
	ctx := context.Background()
	c, refused, err := Latest(ctx, s)
	if err != nil || len(refused) > 0 || c.Tick != 4 || c.Sequence != 5 {
		t.Fatalf("%+v %v %v", c, refused, err)
	}
	k := 0
	err = c.Sections(ctx, func(got state.Section) error {
		if want := written[4][k]; got.Header != want.Header || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("section %d is %v", k, got.Header)
		}
		k++
		return nil
	})
	if err != nil || k != 12 {
		t.Errorf("%d sections, %v", k, err)
	}
	var rows []byte
	if err := c.Rows(ctx, "spikes", func(b []byte) error { rows = append(rows, b...); return nil }); err != nil {
		t.Error(err)
	}
	if want := "spikes of 0;spikes of 1;spikes of 2;spikes of 3;spikes of 4;"; string(rows) != want {
		t.Errorf("rows %s", rows)
	}
	if sequences, _ := list(ctx, s); !slices.Equal(sequences, []int64{4, 5}) {
		t.Errorf("checkpoints %v stay", sequences)
	}
}

func TestNoCheckpoint(t *testing.T) {
	if _, _, err := Latest(context.Background(), shelf{}); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

// A journal that goes on from a checkpoint leaves out what came after it.
func TestJournalGoesOnFromACheckpoint(t *testing.T) {
	ctx, s := context.Background(), shelf{}
	fill(t, s, 2)
	c, _, err := Latest(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	lost, _ := NewJournal(ctx, s, c.Segments, 0)
	_ = lost.Append(ctx, "spikes", make([]byte, mostRows))
	if len(s) != 2*4+4+1 {
		t.Fatalf("%d blobs: a full segment is stored at once", len(s))
	}
	j, err := NewJournal(ctx, s, c.Segments, 0)
	if err != nil {
		t.Fatal(err)
	}
	_ = j.Append(ctx, "spikes", []byte("more"))
	segments, err := j.Segments(ctx)
	if err != nil || len(segments) != 5 || segments[4].Key != "segments/spikes-0000.00000002" || len(s) != 2*4+4+1 {
		t.Errorf("%v, %d blobs, %v", segments, len(s), err)
	}
}

// However a checkpoint is damaged, it is refused, and the one before it is used.
func TestDamagedCheckpointIsRefused(t *testing.T) {
	ctx, draws := context.Background(), rand.New(rand.NewPCG(1, 2))
	whole := shelf{}
	fill(t, whole, 2)
	first, second := []string{}, []string{}
	for key := range whole {
		if strings.HasPrefix(key, "c00000001.") {
			first = append(first, key)
		} else if strings.HasPrefix(key, "c00000002.") || strings.HasSuffix(key, "-00000001") {
			second = append(second, key)
		}
	}
	slices.Sort(first)
	slices.Sort(second)
	kinds := map[string]int{}
	for trial := range 10000 {
		s := shelf{}
		for k, b := range whole {
			s[k] = b
		}
		kind, key := damage(s, draws, first, second)
		if bytes.Equal(s[key], whole[key]) && s[key] != nil {
			continue
		}
		kinds[kind]++
		c, refused, err := Latest(ctx, s)
		switch {
		case err != nil:
			t.Fatalf("trial %d, %s of %s: %v", trial, kind, key, err)
		case c.Sequence != 1 || len(refused) != 1:
			t.Fatalf("trial %d, %s of %s: checkpoint %d is used, %v", trial, kind, key, c.Sequence, refused)
		case !strings.HasPrefix(refused[0].Error(), "checkpoint 2 is not used: "):
			t.Fatalf("trial %d: %v", trial, refused[0])
		}
	}
	if len(kinds) != 7 {
		t.Errorf("%v", kinds)
	}
}

// damage does one thing to the second checkpoint of a store.
func damage(s shelf, draws *rand.Rand, first, second []string) (kind, key string) {
	key = second[draws.IntN(len(second))]
	b := bytes.Clone(s[key])
	switch draws.IntN(7) {
	case 0, 1:
		kind = "bits flipped"
		for range 1 + draws.IntN(4) {
			b[draws.IntN(len(b))] ^= 1 << draws.IntN(8)
		}
	case 2:
		kind, b = "truncation", b[:draws.IntN(len(b))]
	case 3:
		kind, b = "bytes added", append(b, byte(draws.IntN(256)))
	case 4:
		kind, b = "another part", s[second[draws.IntN(len(second))]]
	case 5:
		kind, b = "a part of the checkpoint before", s[first[draws.IntN(len(first))]]
	case 6:
		if draws.IntN(2) == 0 {
			delete(s, key)
			return "removal", key
		}
		kind = "bytes overwritten"
		for k, n := draws.IntN(len(b)), draws.IntN(50); n > 0 && k < len(b); k, n = k+1, n-1 {
			b[k] = byte(draws.IntN(256))
		}
	}
	s[key] = b
	return kind, key
}

// No bytes make the reader of parts panic, or take memory that they have not.
func FuzzPart(f *testing.F) {
	s := shelf{}
	b, err := NewPack(sections(rand.New(rand.NewPCG(1, 1)), 0)).put(context.Background(), s, "k")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s["k"])
	f.Fuzz(func(t *testing.T, data []byte) {
		s := shelf{"k": data}
		_ = readPart(context.Background(), s, Blob{"k", int64(len(data)), b.Digest}, func(state.Section) error { return nil })
	})
}
