package record

import (
	"fmt"
	"strconv"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// Spike is a row of the table of spikes.
type Spike struct {
	TimeMs     float64 `parquet:"time_ms,dict"`
	GID        uint64  `parquet:"gid"`
	Population string  `parquet:"population,dict"`
}

// SpikeWriter writes the table of spikes, sorted by time, then GID.
type SpikeWriter struct {
	table       *table[Spike]
	pending     tickBuffer
	populations []Population
	clock       Clock
	last        int // population of the last spike
}

// Spikes starts the table of spikes. populations name the GIDs.
func (d *Dir) Spikes(populations []Population, dtMs float64) (*SpikeWriter, error) {
	names := make(map[string]string, len(populations))
	for _, p := range populations {
		names[p.Name] = csvField(p.Name)
	}
	w := &SpikeWriter{populations: populations, clock: NewClock(dtMs)}
	t, err := newTable(d, SpikesName, "time_ms,gid,population", 20, func(buf []byte, s *Spike) []byte {
		buf = appendMs(buf, s.TimeMs)
		buf = append(buf, ',')
		buf = strconv.AppendUint(buf, s.GID, 10)
		buf = append(buf, ',')
		buf = append(buf, names[s.Population]...)
		return append(buf, '\n')
	}, codec[Spike]{
		put: func(w *state.Writer, s *Spike) {
			w.Float(s.TimeMs)
			w.Uint32(uint32(s.GID))
		},
		get: func(r *state.Reader) Spike {
			s := Spike{TimeMs: r.Float(), GID: uint64(r.Uint32())}
			if k := populationOf(populations, snn.GID(s.GID)); k >= 0 {
				s.Population = populations[k].Name
			} else {
				r.Fail("a spike of GID %d: no population has that GID", s.GID)
			}
			return s
		},
	})
	if err != nil {
		return nil, err
	}
	w.table = t
	d.replace(t, w)
	return w, nil
}

// replace puts the writer that holds a table in its place, so that closing the
// directory closes the writer.
func (d *Dir) replace(from, to output) {
	for k := range d.open {
		if d.open[k] == from {
			d.open[k] = to
		}
	}
}

// Append adds spikes of one tick. Ticks must not fall; the GIDs of a tick may
// come in any order and over several calls. gids is not kept. After an error
// every later Append returns it again.
func (w *SpikeWriter) Append(tick snn.Tick, gids []snn.GID) error {
	return w.pending.add(tick, gids, w.write)
}

func (w *SpikeWriter) write(tick snn.Tick, gids []snn.GID) error {
	ms := w.clock.Ms(tick)
	for _, gid := range gids {
		if p := w.populations; w.last >= len(p) || gid < p[w.last].First || gid >= p[w.last].End {
			k := populationOf(p, gid)
			if k < 0 {
				return fmt.Errorf("record: spike of GID %d at tick %d: no population has that GID", gid, tick)
			}
			w.last = k
		}
		if err := w.table.add(Spike{TimeMs: ms, GID: uint64(gid), Population: w.populations[w.last].Name}); err != nil {
			return err
		}
	}
	return nil
}

// Rows is the number of spikes appended.
func (w *SpikeWriter) Rows() int64 { return w.table.Rows() + int64(len(w.pending.gids)) }

// Close completes the file. Dir.Finish does it too.
func (w *SpikeWriter) Close() error {
	if !w.table.closed {
		w.table.closing = true
		_ = w.pending.flush(w.write) // its error is the table's
	}
	w.table.dir.forget(w)
	return w.table.Close()
}

func (w *SpikeWriter) discard() {
	w.table.dir.forget(w)
	w.table.discard()
}

func (w *SpikeWriter) sync() error {
	if err := w.pending.flush(w.write); err != nil {
		return err
	}
	return w.table.sync()
}

func (w *SpikeWriter) named(table string) bool  { return w.table.named(table) }
func (w *SpikeWriter) replay(rows []byte) error { return w.table.replay(rows) }
