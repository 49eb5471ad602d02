package neuron

import (
	"math"
	"slices"
	"unsafe"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/vector"
)

// A state that decays without input ends among the denormal numbers, whose
// arithmetic costs fifteen times. So every few ticks what is smaller than tiny
// becomes 0, which no sum of normal currents or potentials (pA, mV) can tell
// apart. Between two such ticks, numbers stay normal for time constants above a
// tick (float64), or one and a half (float32); with shorter ones they are
// denormal for some ticks, no more.
const (
	tiny64, tiny32             = 1e-200, 1e-25
	flushTicks64, flushTicks32 = 256, 64
)

// flushes reports whether tick t is one of those.
func flushes[F vector.Float](t snn.Tick) bool {
	if isFloat32[F]() {
		return t%flushTicks32 == 0
	}
	return t%flushTicks64 == 0
}

func flushAll[F vector.Float](x []F) {
	small := tiny64
	if isFloat32[F]() {
		small = tiny32
	}
	low, high := F(-small), F(small)
	for i, xi := range x {
		if low < xi && xi < high {
			x[i] = 0
		}
	}
}

func isFloat32[F vector.Float]() bool { return unsafe.Sizeof(F(0)) == 4 }

// as is x as numbers of another type, in room where it must be copied; nil of nil.
func as[F vector.Float](x []float64, room []F) []F {
	if same, ok := any(x).([]F); ok {
		return same
	}
	if x == nil {
		return nil
	}
	room = room[:0]
	for _, xi := range x {
		room = append(room, F(xi))
	}
	return room
}

// split is a tick's current as what flows into each neuron, nil for none, and what
// flows into all on top. whole: one number need not be given as a slice.
func split[F vector.Float](in *Input, whole bool) (each []float64, everywhere F) {
	if in.Alike && whole && len(in.Current) > 0 {
		return nil, F(in.Current[0])
	}
	return in.Current, noConstant[F]()
}

// own is a constant of each neuron, for vector code that knows one for all: it
// goes where the tick's input goes, which is added to the shared constant.
type own[F vector.Float] struct{ each, sum []F }

// noConstant, added to any x, -0 too, leaves x.
func noConstant[F vector.Float]() F { return F(math.Copysign(0, -1)) }

// plus is the constants and a tick's input, which may be nil.
func (o *own[F]) plus(given []F) []F {
	if o.each == nil {
		return given
	}
	if given == nil {
		return o.each
	}
	o.sum = o.sum[:0]
	for i, x := range o.each {
		o.sum = append(o.sum, x+given[i])
	}
	return o.sum
}

// field is an array of a group's state.
func field[F vector.Float](name string, x []F) Field {
	if floats, ok := any(x).([]float64); ok {
		return Field{Name: name, Floats: floats}
	}
	return Field{Name: name, Float32s: any(x).([]float32)}
}

// room makes fired long enough for n more and shows where they go: faster in a
// loop than append.
func room(fired []uint32, n int) (_, more []uint32) {
	fired = slices.Grow(fired, n)
	return fired, fired[len(fired) : len(fired)+n]
}
