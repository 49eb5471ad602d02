package checkpoint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/volley-snn/volley/snn/state"
)

// Journal keeps the rows that a run records, table by table, as encoded by whoever
// writes them, in segments: one ends at each checkpoint, which names it, and earlier
// where many rows have come. What no checkpoint names was never recorded. Memory is
// bounded by a segment a table.
type Journal struct {
	store    Store
	epoch    int64
	segments []Blob
	tables   map[string]*pages
	err      error
}

// pages is what has been written to a table since its last segment.
type pages struct {
	data  []byte
	next  int
	retry int // size of data at which storing it is tried again
}

const segmentsFolder = "segments/"

// mostRows is about the size at which a segment ends.
const mostRows = 4 << 20

// mostWaiting is how many bytes of a table may wait for a store that does not take them.
const mostWaiting = 256 << 20

// NewJournal goes on after the segments of a checkpoint, or begins where there are none.
// Others are removed. Segments carry the epoch of the run's plan, so that an owner of
// an older one, who still writes, takes nobody's place.
func NewJournal(ctx context.Context, s Store, segments []Blob, epoch int64) (*Journal, error) {
	j := &Journal{store: s, epoch: epoch, segments: slices.Clone(segments), tables: map[string]*pages{}}
	for _, b := range segments {
		j.table(tableOf(b.Key)).next++
	}
	all, err := s.List(ctx, segmentsFolder)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if !slices.ContainsFunc(segments, func(b Blob) bool { return b.Key == e.Key }) {
			if err := s.Delete(ctx, e.Key); err != nil {
				return nil, err
			}
		}
	}
	return j, nil
}

func (j *Journal) table(name string) *pages {
	if j.tables[name] == nil {
		j.tables[name] = &pages{}
	}
	return j.tables[name]
}

// tableOf is the table that a segment's key names.
func tableOf(key string) string {
	name := strings.TrimPrefix(key, segmentsFolder)
	if at := strings.LastIndexByte(name, '-'); at >= 0 {
		return name[:at]
	}
	return name
}

// Append writes rows to a table. A segment that cannot be stored is tried again with
// the next rows, and by Segments; where too much waits, the journal gives up.
func (j *Journal) Append(ctx context.Context, table string, rows []byte) error {
	if j.err != nil {
		return j.err
	}
	p := j.table(table)
	p.data = append(p.data, rows...)
	if len(p.data) < max(mostRows, p.retry) {
		return nil
	}
	err := j.end(ctx, table)
	if err != nil {
		p.retry = len(p.data) + mostRows
		if len(p.data) > mostWaiting {
			j.err, j.tables = fmt.Errorf("%w; too many rows wait, and no further checkpoint can be taken", err), map[string]*pages{}
		}
	}
	return err
}

// end stores a segment.
func (j *Journal) end(ctx context.Context, table string) error {
	p := j.table(table)
	if j.err != nil || len(p.data) == 0 {
		return j.err
	}
	pack := NewPack([]state.Section{{Header: state.Header{Kind: "rows", Of: table}, Data: p.data}})
	b, err := pack.put(ctx, j.store, fmt.Sprintf("%s%s-%04d.%08d", segmentsFolder, table, j.epoch, p.next))
	if err != nil {
		return fmt.Errorf("rows of %s: %w", table, err)
	}
	j.segments = append(j.segments, b)
	p.data, p.next, p.retry = p.data[:0], p.next+1, 0
	return nil
}

// Segments ends the segments under way and returns all: what a manifest names.
func (j *Journal) Segments(ctx context.Context) ([]Blob, error) {
	var names []string
	for name := range j.tables {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := j.end(ctx, name); err != nil {
			return nil, err
		}
	}
	return slices.Clone(j.segments), j.err
}
