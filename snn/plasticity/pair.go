package plasticity

import "math"

// Recent and Earlier are how many of a target's last spikes its record holds: the
// recent ones beside its trace, in 16 bytes that every spike onto it reads, and
// earlier ones in 16 that few do.
const (
	Recent   = 3
	Earlier  = 4
	arrivals = Recent + Earlier
)

// Record is what most spikes need of a target.
type Record struct {
	// Down are the exponentials, falling with time, of the last spikes that
	// arrived, newest first; +Inf where there are none.
	Down [Recent]float32
	// Up is the sum of the exponentials, rising with time, of all that arrived.
	Up float32
}

// Targets is what rows read of their targets. Spikes beyond the earlier ones must
// be kept elsewhere.
type Targets struct {
	Records []Record
	Earlier [][Earlier]float32 // exponentials before those of the record, newest first
}

// NewTargets makes the records of n targets that no spike has come from.
func NewTargets(n int) Targets {
	t := Targets{make([]Record, n), make([][Earlier]float32, n)}
	t.Clear()
	return t
}

// Clear forgets all spikes.
func (t Targets) Clear() {
	inf := float32(math.Inf(1))
	for j := range t.Records {
		t.Records[j] = Record{Down: [Recent]float32{inf, inf, inf}}
		t.Earlier[j] = [Earlier]float32{inf, inf, inf, inf}
	}
}

// Arrive files a spike of target j whose exponential is down. Its share of the
// trace is added apart, since a source's spike of the same tick does not meet it.
func (t Targets) Arrive(j uint32, down float32) {
	e, r := &t.Earlier[j], &t.Records[j]
	*e = [Earlier]float32{r.Down[Recent-1], e[0], e[1], e[2]}
	r.Down = [Recent]float32{down, r.Down[0], r.Down[1]}
}

// ShiftDown moves the base of the falling exponentials by powers of two.
func (t Targets) ShiftDown(moved int32) {
	by := scale(moved)
	for j := range t.Records {
		for n := range t.Records[j].Down {
			t.Records[j].Down[n] *= by
		}
		for n := range t.Earlier[j] {
			t.Earlier[j][n] *= by
		}
	}
}

// vanished is where a trace counts as none, so that no product is subnormal.
const vanished = 0x1p-60

// ShiftUp moves the base of the rising exponentials by powers of two.
func (t Targets) ShiftUp(moved int32) {
	by := scale(-moved)
	for j := range t.Records {
		r := &t.Records[j]
		if r.Up *= by; r.Up < vanished {
			r.Up = 0
		}
	}
}

// PairRow is the constants with which a source's spike meets its synapses, under
// STDP of all pairs whose steps do not depend on the weight, or do so linearly:
//
//	for each spike with Down[n] < Since, oldest first:
//		w += Plus Down[n]              or, with SoftPlus, Plus Down[n] (Max - w)
//	w = max(w - Minus Up, 0)           or, with SoftMinus, w - Minus Up w
//
// never above Max, each operation rounded to float32. A target that Since lies
// behind all records of may have had more spikes: it is the caller's.
type PairRow struct {
	Plus    float32 // step times the presynaptic trace, rising with the time of the source's last spike
	Since   float32 // exponential, falling, of the tick up to which arrivals are in the weights
	Minus   float32 // step, falling with time
	Max     float32
	Inverse float32 // quanta in the weight's unit, a power of two

	SoftPlus, SoftMinus bool
}

// Post is the weight after a postsynaptic spike that is to add step, or step times
// the distance to the bound.
func (r *PairRow) Post(w, step float32) float32 {
	if r.SoftPlus {
		step = float32(step * (r.Max - w))
	}
	return min(w+step, r.Max)
}
