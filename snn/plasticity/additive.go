package plasticity

import "math"

// Arrivals is how many of a target's last spikes its record holds.
const Arrivals = 7

// PostRecord is what a row of additive STDP reads of a target: half a cache line.
type PostRecord struct {
	// Down are the exponentials, falling with time, of the last spikes that
	// arrived, newest first; +Inf where there are none.
	Down [Arrivals]float32
	// Up is the sum of the exponentials, rising with time, of all that arrived.
	Up float32
}

// NewPostRecords makes the records of n targets that no spike has come from.
func NewPostRecords(n int) []PostRecord {
	records := make([]PostRecord, n)
	ClearPostRecords(records)
	return records
}

// ClearPostRecords forgets all spikes.
func ClearPostRecords(records []PostRecord) {
	for j := range records {
		records[j] = PostRecord{}
		for n := range records[j].Down {
			records[j].Down[n] = float32(math.Inf(1))
		}
	}
}

// Arrive files a spike whose exponential is down. Its share of Up comes with Pass.
func (r *PostRecord) Arrive(down float32) {
	copy(r.Down[1:], r.Down[:Arrivals-1])
	r.Down[0] = down
}

// ShiftDown moves the base of the falling exponentials by powers of two.
func ShiftDown(records []PostRecord, moved int32) {
	by := scale(moved)
	for j := range records {
		for n := range records[j].Down {
			records[j].Down[n] *= by
		}
	}
}

// vanished is where a trace counts as none, so that no product is subnormal.
const vanished = 0x1p-60

// ShiftUp moves the base of the rising exponentials by powers of two.
func ShiftUp(records []PostRecord, moved int32) {
	by := scale(-moved)
	for j := range records {
		if records[j].Up *= by; records[j].Up < vanished {
			records[j].Up = 0
		}
	}
}

// AdditiveRow is the constants with which a source's spike meets its synapses,
// under STDP of all pairs whose steps do not depend on the weight:
//
//	w += Plus Down[n] of each spike with Down[n] < Since, oldest first
//	w = min(w, Max)
//	w = max(w - Minus Up, 0)
//
// each operation rounded to float32. A target that Since lies behind all records
// of may have had more spikes: it is the caller's.
type AdditiveRow struct {
	Plus    float32 // step times the presynaptic trace, rising with the time of the source's last spike
	Since   float32 // exponential, falling, of the tick up to which arrivals are in the weights
	Minus   float32 // step, falling with time
	Max     float32
	Inverse float32 // quanta in the weight's unit, a power of two
}

// Pending is how many of the spikes in a record, the newest, are not in the weight.
func (r *AdditiveRow) Pending(p *PostRecord) int {
	n := 0
	for n < Arrivals && p.Down[n] < r.Since {
		n++
	}
	return n
}

// Potentiate is the weight after the newest n spikes of a record.
func (r *AdditiveRow) Potentiate(w float32, p *PostRecord, n int) float32 {
	for n--; n >= 0; n-- {
		w += float32(r.Plus * p.Down[n])
	}
	return w
}

// Spike is the weight after the presynaptic spike, of a weight to which all
// pending spikes have been added.
func (r *AdditiveRow) Spike(w float32, p *PostRecord) float32 {
	return max(min(w, r.Max)-float32(r.Minus*p.Up), 0)
}

// Quanta is a weight on the receptor's grid, to nearest even.
func (r *AdditiveRow) Quanta(w float32) int32 {
	return int32(math.Float64bits(float64(w*r.Inverse) + 0x1.8p52))
}

// Index is how a row names its targets.
type Index interface{ uint16 | uint32 }

// Row is the synapses of one source.
type Row[T Index] struct {
	W       []float32
	Targets []T
}

// Crossing is a source's spike on its way over a row: the row's constants, what
// it reads of the targets, and where what it carries is added.
type Crossing struct {
	AdditiveRow
	Records []PostRecord
	Sums    []int32
	// Exact is a weight onto target j with all pending spikes added: for targets
	// that have more than a record holds.
	Exact func(w float32, j int) float32
}

// Cross sends the spike over the row. next is the row that comes after, which is
// fetched meanwhile.
func Cross[T Index](c *Crossing, row, next Row[T]) {
	for k := 0; k < len(row.W); {
		done, stopped := assembled(c, Row[T]{row.W[k:], row.Targets[k:]}, next)
		k += done
		end := len(row.W)
		if stopped {
			end = min(k+lanes, end)
		}
		w, targets := row.W[k:end], row.Targets[k:end]
		for i, j := range targets {
			p := &c.Records[j]
			x := w[i]
			if n := c.Pending(p); n < Arrivals {
				x = c.Potentiate(x, p, n)
			} else {
				x = c.Exact(x, int(j))
			}
			x = c.Spike(x, p)
			w[i] = x
			c.Sums[j] += c.Quanta(x)
		}
		k = end
	}
}

// lanes is how many synapses the assembly takes at once.
const lanes = 8
