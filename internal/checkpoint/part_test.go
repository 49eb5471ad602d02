package checkpoint

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/volley-snn/volley/snn/state"
)

// Packing is left where weights, which it does not make smaller, are nearly all.
func TestPackingThatDoesNotPay(t *testing.T) {
	draws := rand.NewChaCha8([32]byte{5})
	weights := make([]byte, 300_000)
	_, _ = draws.Read(weights)
	alike := bytes.Repeat([]byte("alike"), 4000)
	for _, c := range []struct {
		name     string
		sections []state.Section
		packed   bool
	}{
		{"a little that is alike", []state.Section{{Data: alike}, {Data: weights}}, false},
		{"much that is alike", []state.Section{{Data: alike}, {Data: weights[:30_000]}}, true},
		{"nothing", []state.Section{{}}, false},
	} {
		raw, s := 0, shelf{}
		for _, x := range c.sections {
			raw += len(x.Data)
		}
		b, err := NewPack(c.sections).put(context.Background(), s, "k")
		if err != nil || int64(len(s["k"])) != b.Size {
			t.Fatalf("%s: %v, %d bytes, expected %d", c.name, err, len(s["k"]), b.Size)
		}
		if packed := b.Size < int64(raw); packed != c.packed {
			t.Errorf("%s: %d bytes are stored as %d", c.name, raw, b.Size)
		}
		k := 0
		err = readPart(context.Background(), s, b, func(got state.Section) error {
			if !bytes.Equal(got.Data, c.sections[k].Data) {
				t.Errorf("%s: section %d came back changed", c.name, k)
			}
			k++
			return nil
		})
		if err != nil || k != len(c.sections) {
			t.Errorf("%s: %d sections, %v", c.name, k, err)
		}
	}
}

// A part is the same bytes however it is read from it.
func TestPartIsReadInAnyPieces(t *testing.T) {
	some := sections(rand.New(rand.NewPCG(1, 1)), 0)
	whole := shelf{}
	want, err := NewPack(some).put(context.Background(), whole, "k")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 3, 7, 1000} {
		s := dribble{shelf{}, n}
		got, err := NewPack(some).put(context.Background(), s, "k")
		if err != nil || got != want || !bytes.Equal(s.shelf["k"], whole["k"]) {
			t.Errorf("%d bytes at a time: %v, %v; expected %v", n, got, err, want)
		}
	}
}

// dribble is a store that reads a few bytes at a time.
type dribble struct {
	shelf
	n int
}

func (d dribble) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	var all bytes.Buffer
	p := make([]byte, d.n)
	for {
		n, err := r.Read(p)
		all.Write(p[:n])
		if err == io.EOF {
			return d.shelf.Put(ctx, key, &all, size)
		}
		if err != nil {
			return err
		}
	}
}
