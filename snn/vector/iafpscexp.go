package vector

import (
	"slices"
	"unsafe"
)

// IafPscExp is a run of iaf_psc_exp neurons that share their parameters. The
// arithmetic is that of neuron.iafPscExpGroup. Slices have one element a neuron;
// those of a tick are nil where nothing arrives.
//
// gen/iafpscexp.go reads the fields by their place.
type IafPscExp[F Float] struct {
	V, Ex, In     []F // mV from E_L; pA
	R             []int32
	SumEx, SumIn  []int32
	Current       []F // pA, on top of IE
	Threshold     []F // mV, on top of VTh
	RefractoryFor int32
	_             int32

	P22, P21Ex, P21In, P20 F
	P11Ex, P11In           F
	QuantumEx, QuantumIn   F
	IE, IETimesP20         F
	VTh, VReset            F
}

// Update advances the first done neurons by a tick, sets their sums to 0, and
// appends those that fired.
func (a *IafPscExp[F]) Update(fired []uint32) (done int, _ []uint32) {
	n := len(a.V)
	done = n &^ 7
	if done == 0 || !Available() {
		return 0, fired
	}
	mustBe(n, len(a.Ex), len(a.In), len(a.R))
	mayBe(n, a.SumEx, a.SumIn)
	mayBe(n, a.Current, a.Threshold)
	kernel := iafPscExp64
	if unsafe.Sizeof(F(0)) == 4 {
		kernel = iafPscExp32
	}
	return done, collect(fired, done, func(out *uint32) int { return kernel((*byte)(unsafe.Pointer(a)), done, out) })
}

// collect lets a kernel append up to n indices to fired.
func collect(fired []uint32, n int, kernel func(out *uint32) int) []uint32 {
	fired = slices.Grow(fired, n)
	at := len(fired)
	room := fired[:at+n]
	return fired[:at+kernel(&room[at])]
}

// mustBe and mayBe keep the assembly from memory that is not its own.
func mustBe(n int, lengths ...int) {
	for _, l := range lengths {
		if l != n {
			panic("vector: slices of different lengths")
		}
	}
}

func mayBe[T any](n int, given ...[]T) {
	for _, s := range given {
		if s != nil && len(s) != n {
			panic("vector: slices of different lengths")
		}
	}
}
