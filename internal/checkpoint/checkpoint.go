package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/volley-snn/volley/snn/state"
)

// Keep is how many checkpoints stay, by default.
const Keep = 2

// Writer adds checkpoints to a store, one after the other.
type Writer struct {
	Store Store
	Keep  int // checkpoints that stay; Keep where 0

	// Epoch of the run's plan. What an owner of an older one still writes comes
	// before all that is written in this one, and is never the latest.
	Epoch int64

	last int64 // sequence
}

// ofEpoch is how many checkpoints are numbered before the first of the next epoch.
const ofEpoch = 100000

// Next is the number of a new checkpoint: its parts may be put.
func (w *Writer) Next(ctx context.Context) (sequence int64, err error) {
	if w.last == 0 {
		sequences, err := list(ctx, w.Store)
		if err != nil {
			return 0, err
		}
		w.last = w.Epoch * ofEpoch
		if len(sequences) > 0 {
			w.last = max(w.last, sequences[len(sequences)-1])
		}
	}
	w.last++
	return w.last, nil
}

// PutPart stores a part of a checkpoint, which does not exist before a manifest names
// it. The part that a partition saves has the partition's number plus one, and 0 is
// that of what surrounds the network.
func PutPart(ctx context.Context, s Store, sequence int64, part int, p *Pack) (Blob, error) {
	b, err := p.put(ctx, s, fmt.Sprintf("%spart-%04d", keys(sequence), part))
	if err != nil {
		return Blob{}, fmt.Errorf("checkpoint %d: %w", sequence, err)
	}
	return b, nil
}

// Commit makes a checkpoint of the parts that a manifest names, of the number that it
// has. Then it removes checkpoints that are older than those that stay. After an
// error the checkpoints before are whole.
func (w *Writer) Commit(ctx context.Context, m *Manifest) error {
	m.Format, m.Epoch = Format, w.Epoch
	text, err := m.encode()
	if err != nil {
		return err
	}
	if err := w.Store.Put(ctx, keys(m.Sequence)+manifestName, bytes.NewReader(text), int64(len(text))); err != nil {
		return fmt.Errorf("checkpoint %d: %w", m.Sequence, err)
	}
	return w.prune(ctx)
}

// Write stores a checkpoint: its parts, then its manifest, of which Sequence, Format
// and Parts are set.
func (w *Writer) Write(ctx context.Context, m *Manifest, parts []*Pack) (err error) {
	if m.Sequence, err = w.Next(ctx); err != nil {
		return err
	}
	m.Parts = nil
	for k, p := range parts {
		b, err := PutPart(ctx, w.Store, m.Sequence, k, p)
		if err != nil {
			return err
		}
		m.Parts = append(m.Parts, b)
	}
	return w.Commit(ctx, m)
}

// prune removes old checkpoints, the manifest of each first.
func (w *Writer) prune(ctx context.Context) error {
	keep := w.Keep
	if keep == 0 {
		keep = Keep
	}
	all, err := w.Store.List(ctx, "c")
	if err != nil {
		return err
	}
	var whole []int64
	for _, e := range all {
		if n, ok := sequenceOf(e.Key); ok && strings.HasSuffix(e.Key, "."+manifestName) {
			whole = append(whole, n)
		}
	}
	slices.Sort(whole)
	if len(whole) <= keep {
		return nil
	}
	oldest := whole[len(whole)-keep]
	for _, manifests := range []bool{true, false} {
		for _, e := range all {
			n, ok := sequenceOf(e.Key)
			if ok && n < oldest && strings.HasSuffix(e.Key, "."+manifestName) == manifests {
				if err := w.Store.Delete(ctx, e.Key); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// list is the sequence numbers that a store holds anything of, ascending.
func list(ctx context.Context, s Store) ([]int64, error) {
	all, err := s.List(ctx, "c")
	if err != nil {
		return nil, err
	}
	var found []int64
	for _, e := range all {
		if n, ok := sequenceOf(e.Key); ok {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// Clear removes all that a store holds of an earlier run.
func Clear(ctx context.Context, s Store) error {
	for _, prefix := range []string{"c", segmentsFolder, filesFolder} {
		all, err := s.List(ctx, prefix)
		if err != nil {
			return err
		}
		for _, e := range all {
			if _, ours := sequenceOf(e.Key); ours || prefix != "c" {
				if err := s.Delete(ctx, e.Key); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Checkpoint is one that has been found whole.
type Checkpoint struct {
	Manifest
	store Store
}

// ErrNone is what Latest returns where there is no checkpoint at all.
var ErrNone = errors.New("there is no checkpoint")

// Latest is the last checkpoint that is whole: every part and segment has been read
// and checked. refused says why those after it are not used. Where there are
// checkpoints and none is whole, the error says so of each.
func Latest(ctx context.Context, s Store) (c *Checkpoint, refused []error, err error) {
	sequences, err := list(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	for _, n := range slices.Backward(sequences) {
		c, err := open(ctx, s, n)
		if err == nil {
			return c, refused, nil
		}
		if ctx.Err() != nil {
			return nil, refused, ctx.Err()
		}
		refused = append(refused, fmt.Errorf("checkpoint %d is not used: %w", n, err))
	}
	if len(refused) == 0 {
		return nil, nil, ErrNone
	}
	return nil, refused, fmt.Errorf("no checkpoint is whole: %w", errors.Join(refused...))
}

// Find is the checkpoint of a number, of which nothing but the manifest has been read:
// who reads its parts finds out whether they are whole.
func Find(ctx context.Context, s Store, sequence int64) (*Checkpoint, error) {
	m, err := readManifest(ctx, s, sequence)
	if err != nil {
		return nil, fmt.Errorf("checkpoint %d: %w", sequence, err)
	}
	return &Checkpoint{*m, s}, nil
}

func open(ctx context.Context, s Store, sequence int64) (*Checkpoint, error) {
	m, err := readManifest(ctx, s, sequence)
	if err != nil {
		return nil, err
	}
	c := &Checkpoint{*m, s}
	if err := c.Sections(ctx, nil); err != nil {
		return nil, err
	}
	for _, b := range m.Segments {
		if err := readPart(ctx, s, b, nil); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Sections hands every section of the checkpoint's parts to use.
func (c *Checkpoint) Sections(ctx context.Context, use func(state.Section) error) error {
	for _, b := range c.Parts {
		if err := readPart(ctx, c.store, b, use); err != nil {
			return err
		}
	}
	return nil
}

// Around hands the sections of what surrounds the network to use.
func (c *Checkpoint) Around(ctx context.Context, use func(state.Section) error) error {
	if len(c.Parts) == 0 {
		return errors.New("it has no parts")
	}
	return readPart(ctx, c.store, c.Parts[0], use)
}

// Rows hands the rows of a table, segment by segment, to use.
func (c *Checkpoint) Rows(ctx context.Context, table string, use func(data []byte) error) error {
	for _, b := range c.Segments {
		if tableOf(b.Key) != table {
			continue
		}
		if err := readPart(ctx, c.store, b, func(s state.Section) error { return use(s.Data) }); err != nil {
			return err
		}
	}
	return nil
}
