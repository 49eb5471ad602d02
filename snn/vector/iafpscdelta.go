package vector

import "unsafe"

// IafPscDelta is a run of iaf_psc_delta neurons that share their parameters and
// drop the input of refractory time. The arithmetic is that of
// neuron.iafPscDeltaGroup. Slices have one element a neuron; those of a tick are
// nil where nothing arrives.
//
// gen/iafpscdelta.go reads the fields by their place.
type IafPscDelta struct {
	V             []float64 // mV from E_L
	R             []int32
	Sums          []int32
	Current       []float64 // pA, on top of IE
	Threshold     []float64 // mV, on top of VTh
	RefractoryFor int32
	_             int32

	P33, P30, Quantum, IE, IETimesP30, VMin, VTh, VReset float64
}

// Update advances the first done neurons by a tick and appends those that fired.
func (a *IafPscDelta) Update(fired []uint32) (done int, _ []uint32) {
	n := len(a.V)
	done = n &^ 7
	if done == 0 || !Available() {
		return 0, fired
	}
	mustBe(n, len(a.R))
	mayBe(n, a.Sums)
	mayBe(n, a.Current, a.Threshold)
	return done, collect(fired, done, func(out *uint32) int { return iafPscDelta64((*byte)(unsafe.Pointer(a)), done, out) })
}
