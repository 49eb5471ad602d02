package messages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Envelope is what a node says of a step to a group of consumers.
type Envelope struct {
	FirstTick int64 // the step is the ticks (FirstTick, FirstTick+Ticks]
	Ticks     int64 // 0 in the step that settles the last spikes
	Watched   int64 // spikes of the population whose spikes a trial counts

	Batches    []Batch   // of the node's partitions, by number
	Shares     []Window  // of windows, for who sums them
	Aggregates []Window  // sums of the windows that this node sums
	Samples    []Samples // of recorded variables
}

// Batch is the spikes of one partition, as AppendSpikes wrote them.
type Batch struct {
	Partition uint32
	Spikes    []byte
}

// Window is a share of a window's statistics, or their sum.
type Window struct {
	Measure, Number int64
	End             int64 // tick
	Counts          []int64
}

// Samples is what one recorded signal read at a tick.
type Samples struct {
	Signal, Tick int64
	First        uint32 // GID
	Values       []float64
}

// Reset empties the envelope and keeps its memory.
func (e *Envelope) Reset() {
	*e = Envelope{Batches: e.Batches[:0], Shares: e.Shares[:0], Aggregates: e.Aggregates[:0], Samples: e.Samples[:0]}
}

// Append appends the envelope to dst.
func (e *Envelope) Append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, e.FirstTick)
	dst = binary.AppendVarint(dst, e.Ticks)
	dst = binary.AppendVarint(dst, e.Watched)
	dst = binary.AppendUvarint(dst, uint64(len(e.Batches)))
	for i := range e.Batches {
		dst = binary.AppendUvarint(dst, uint64(e.Batches[i].Partition))
		dst = binary.AppendUvarint(dst, uint64(len(e.Batches[i].Spikes)))
		dst = append(dst, e.Batches[i].Spikes...)
	}
	for _, windows := range [][]Window{e.Shares, e.Aggregates} {
		dst = binary.AppendUvarint(dst, uint64(len(windows)))
		for i := range windows {
			dst = windows[i].append(dst)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(e.Samples)))
	for i := range e.Samples {
		dst = e.Samples[i].append(dst)
	}
	return dst
}

func (w *Window) append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, w.Measure)
	dst = binary.AppendVarint(dst, w.Number)
	dst = binary.AppendVarint(dst, w.End)
	dst = binary.AppendUvarint(dst, uint64(len(w.Counts)))
	for _, n := range w.Counts {
		dst = binary.AppendVarint(dst, n)
	}
	return dst
}

func (s *Samples) append(dst []byte) []byte {
	dst = binary.AppendVarint(dst, s.Signal)
	dst = binary.AppendVarint(dst, s.Tick)
	dst = binary.AppendUvarint(dst, uint64(s.First))
	dst = binary.AppendUvarint(dst, uint64(len(s.Values)))
	for _, x := range s.Values {
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
	}
	return dst
}

// MaxTicks is the most ticks of a step that an envelope may say.
const MaxTicks = 1 << 20

// Read takes an envelope from all of data. Its batches lie in data; the rest is
// copied. After an error the envelope must not be used.
func (e *Envelope) Read(data []byte) error {
	e.Reset()
	r := reader{data: data}
	e.FirstTick, e.Ticks, e.Watched = r.varint(), r.varint(), r.varint()
	if e.FirstTick < 0 || e.Ticks < 0 || e.Ticks > MaxTicks {
		return fmt.Errorf("envelope: %d ticks after tick %d: expected 0 to %d after one from 0 on", e.Ticks, e.FirstTick, MaxTicks)
	}
	for range r.count(2) {
		b := Batch{Partition: r.uint32()}
		b.Spikes = r.bytes(r.count(1))
		e.Batches = append(e.Batches, b)
	}
	for range r.count(4) {
		e.Shares = append(e.Shares, r.window())
	}
	for range r.count(4) {
		e.Aggregates = append(e.Aggregates, r.window())
	}
	for range r.count(4) {
		e.Samples = append(e.Samples, r.samples())
	}
	if len(r.data) > 0 && !r.short {
		return fmt.Errorf("envelope: %d bytes after its end", len(r.data))
	}
	if r.short {
		return errShort
	}
	return nil
}

var errShort = errors.New("envelope: it is cut short, or says a number that its bytes cannot hold")

// reader takes numbers from the front of data. Once that fails all are 0.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) fail() { r.short, r.data = true, nil }

func (r *reader) varint() int64 {
	x, size := binary.Varint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return x
}

func (r *reader) uvarint() uint64 {
	x, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.data = r.data[size:]
	return x
}

func (r *reader) uint32() uint32 {
	x := r.uvarint()
	if x > math.MaxUint32 {
		r.fail()
		return 0
	}
	return uint32(x)
}

// count is a number of things of at least size bytes each.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.data)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	b := r.data[:n:n]
	r.data = r.data[n:]
	return b
}

func (r *reader) window() Window {
	w := Window{Measure: r.varint(), Number: r.varint(), End: r.varint()}
	w.Counts = make([]int64, r.count(1))
	for k := range w.Counts {
		w.Counts[k] = r.varint()
	}
	return w
}

func (r *reader) samples() Samples {
	s := Samples{Signal: r.varint(), Tick: r.varint(), First: r.uint32()}
	s.Values = make([]float64, r.count(8))
	for k := range s.Values {
		s.Values[k] = math.Float64frombits(binary.LittleEndian.Uint64(r.bytes(8)))
	}
	return s
}
