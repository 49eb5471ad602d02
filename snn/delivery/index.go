package delivery

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/volley-snn/volley/snn"
)

// index says where the synapses of each source stand, by delay.
type index struct {
	first  snn.GID
	delays int
	rows   []uint32 // synapses of source s are rows[s] to rows[s+1]

	// ends, where there may be several delays: synapses of source s with delay
	// least+d end at rows[s] + ends[s*delays+d]. 16 bits serve where no row is
	// longer.
	least  int
	ends16 []uint16
	ends32 []uint32

	runs []run // scratch
}

// find is the runs of synapses that the spikes cross, and their number. The
// slice is reused, and has paddingRuns more.
func (x *index) find(spikes [][]snn.GID) ([]run, int64) {
	runs, events := x.runs[:0], int64(0)
	switch {
	case len(spikes) <= x.least:
	case x.ends16 != nil:
		runs, events = findEnds(x, x.ends16, spikes, runs)
	case x.ends32 != nil:
		runs, events = findEnds(x, x.ends32, spikes, runs)
	default:
		for _, g := range spikes[0] {
			s := g - x.first
			lo, hi := x.rows[s], x.rows[s+1]
			runs = append(runs, newRun(lo, hi))
			events += int64(hi - lo)
		}
	}
	n := len(runs)
	for range paddingRuns {
		runs = append(runs, 0)
	}
	x.runs = runs
	return runs[:n], events
}

// findEnds has no branch on what it reads, which is in no cache: so that the
// processor has many reads under way.
func findEnds[E uint16 | uint32](x *index, ends []E, spikes [][]snn.GID, runs []run) ([]run, int64) {
	events, delays := int64(0), x.delays
	for d, gids := range spikes[x.least:min(x.least+delays, len(spikes))] {
		runs = slices.Grow(runs, len(gids))
		room := runs[len(runs) : len(runs)+len(gids)]
		n := 0
		before, mask := max(d-1, 0), ^uint32(0) // a mask of 0 for the row's start
		if d == 0 {
			mask = 0
		}
		for _, g := range gids {
			s := int(g - x.first)
			row, at := x.rows[s], s*delays
			lo, hi := uint32(ends[at+before])&mask, uint32(ends[at+d])
			room[n] = newRun(row+lo, row+hi)
			events += int64(hi - lo)
			n += int((uint64(lo) - uint64(hi)) >> 63) // 1 where the run is not empty
		}
		runs = runs[:len(runs)+n]
	}
	return runs, events
}

func (x *index) bytes() int64 {
	return int64(len(x.rows))*4 + int64(len(x.ends16))*2 + int64(len(x.ends32))*4
}

// table is rows of records of the same width, and their index.
type table struct {
	index
	payload  []byte
	width    int
	synapses []int64 // of each part

	at   []uint32 // scratch
	read byte     // by warm
}

// newTable counts the synapses of every source and makes room for them.
func newTable(c *Config, width int) (*table, error) {
	rows, parts, err := c.count()
	if err != nil {
		return nil, err
	}
	t := openTable(c, width, rows)
	t.synapses = parts
	return t, nil
}

// readBeyond is how many bytes the kernels may read beyond the last record.
const readBeyond = 8

// openTable makes room for rows[s+1] synapses of each source s. Until close,
// rows[s] is where the next one of source s goes.
func openTable(c *Config, width int, rows []uint32) *table {
	t := &table{index: index{first: c.First, delays: c.Delays, rows: rows}, width: width}
	sum := uint32(0)
	for s, n := range rows[1:] {
		rows[s] = sum
		sum += n
	}
	rows[c.Sources] = sum
	if sum > 0 {
		t.payload = c.Memory(int(sum)*width + readBeyond)[:int(sum)*width]
	}
	return t
}

// warm reads where the next records of some sources go, so that writing them, which
// goes on in order, need not wait for memory: reads of many rows wait together.
func (t *table) warm(first, end int) {
	read, most := byte(0), len(t.payload)-1
	for _, at := range t.rows[first:min(end, len(t.rows)-1)] {
		read |= t.payload[min(int(at)*t.width, most)] | t.payload[min((int(at)+8)*t.width, most)]
	}
	t.read = read
}

// places is where the records of some entries go, whose group starts at source first.
// The slice is reused.
func (t *table) places(first int, entries []entry) []uint32 {
	t.at = slices.Grow(t.at[:0], len(entries))[:len(entries)]
	at, next := t.at, t.rows[first:]
	for k := range entries {
		row := &next[entries[k].source]
		at[k] = *row
		*row++
	}
	return at
}

// close turns the cursors back into the rows' starts.
func (t *table) close() {
	copy(t.rows[1:], t.rows[:len(t.rows)-1])
	t.rows[0], t.at = 0, nil
}

func (t *table) size() Size { return Size{t.synapses, t.bytes() + int64(len(t.payload))} }

// targets16 is the payload as numbers, where the width is 2.
func (t *table) targets16() []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(t.payload))), len(t.payload)/2)
}

// sortByDelay sorts the closed table's rows by delay, keeping the order of equal
// ones, and fills ends. delays holds each synapse's.
func sortByDelay[D uint8 | uint16](c *Config, t *table, delays []D) {
	t.trim(int(least(delays)), int(most(delays)))
	longest := uint32(0)
	for s := range c.Sources {
		longest = max(longest, t.rows[s+1]-t.rows[s])
	}
	if longest < 1<<16 {
		t.ends16 = allocate[uint16](c.Memory, c.Sources*t.delays)
		sortRows(c, t, t.ends16, delays, int(longest))
	} else {
		t.ends32 = allocate[uint32](c.Memory, c.Sources*t.delays)
		sortRows(c, t, t.ends32, delays, int(longest))
	}
}

// trim leaves the delays out that no synapse has: the tails of a distribution
// reach far beyond what is drawn from it.
func (t *table) trim(least, most int) {
	t.least, t.delays = least, max(most-least, 0)+1
}

func least[D uint8 | uint16](delays []D) D {
	if len(delays) == 0 {
		return 0
	}
	return slices.Min(delays)
}

func most[D uint8 | uint16](delays []D) D {
	if len(delays) == 0 {
		return 0
	}
	return slices.Max(delays)
}

func sortRows[D uint8 | uint16, E uint16 | uint32](c *Config, t *table, ends []E, delays []D, longest int) {
	scratch := make([]byte, longest*t.width)
	all := make([]uint32, t.least+t.delays+1)
	next := all[t.least:]
	for s := range c.Sources {
		lo, hi := int(t.rows[s]), int(t.rows[s+1])
		own := delays[lo:hi]
		clear(next)
		for _, d := range own {
			all[d+1]++
		}
		for d := range t.delays {
			next[d+1] += next[d]
			ends[s*t.delays+d] = E(next[d+1])
		}
		row := t.payload[lo*t.width : hi*t.width]
		permute(scratch, row, t.width, own, all)
		copy(row, scratch)
	}
}

// permute puts record k of the row to next[delays[k]], which moves on.
func permute[D uint8 | uint16](to, row []byte, width int, delays []D, next []uint32) {
	switch width {
	case 2:
		for k, d := range delays {
			binary.LittleEndian.PutUint16(to[2*next[d]:], binary.LittleEndian.Uint16(row[2*k:]))
			next[d]++
		}
	case 4:
		for k, d := range delays {
			binary.LittleEndian.PutUint32(to[4*next[d]:], binary.LittleEndian.Uint32(row[4*k:]))
			next[d]++
		}
	case 5:
		for k, d := range delays {
			record, from := to[5*next[d]:5*next[d]+5], row[5*k:5*k+5]
			record[0] = from[0]
			binary.LittleEndian.PutUint32(record[1:], binary.LittleEndian.Uint32(from[1:]))
			next[d]++
		}
	default:
		for k, d := range delays {
			record, from := to[6*next[d]:6*next[d]+6], row[6*k:6*k+6]
			binary.LittleEndian.PutUint16(record, binary.LittleEndian.Uint16(from))
			binary.LittleEndian.PutUint32(record[2:], binary.LittleEndian.Uint32(from[2:]))
			next[d]++
		}
	}
}
