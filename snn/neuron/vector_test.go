package neuron

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/vector"
)

// reference switches the vector code of a group off.
func reference(g Group) Group {
	switch g := g.(type) {
	case *iafPscExpGroup[float64]:
		g.kernel = nil
	case *iafPscExpGroup[float32]:
		g.kernel = nil
	case *iafPscDeltaGroup:
		g.kernel = nil
	default:
		panic("no vector code in this model")
	}
	return g
}

// isVectorised reports whether a group has vector code to switch off.
func isVectorised(g Group) bool {
	switch g := g.(type) {
	case *iafPscExpGroup[float64]:
		return g.kernel != nil
	case *iafPscExpGroup[float32]:
		return g.kernel != nil
	case *iafPscDeltaGroup:
		return g.kernel != nil
	}
	return false
}

// scramble sets a group to a random state with neurons at rest, near the
// threshold, refractory, and with denormal, negative and negative-zero values.
func scramble(g Group, s *random.Stream) {
	value := func() float64 {
		switch s.Intn(12) {
		case 0:
			return 0
		case 1:
			return math.Copysign(0, -1)
		case 2:
			return 1e-310 * s.Float64()
		case 3:
			return 1e-180 * s.Float64()
		}
		return 40*s.Float64() - 18
	}
	for _, f := range g.Fields() {
		for i := range f.Floats {
			f.Floats[i] = value()
		}
		for i := range f.Float32s {
			f.Float32s[i] = float32(value())
		}
		for i := range f.Ints {
			f.Ints[i] = max(0, int32(s.Intn(60))-40)
		}
		if f.Name == "kept" {
			clear(f.Floats)
		}
	}
}

func sameBits(a, b Field) bool {
	return slices.EqualFunc(a.Floats, b.Floats, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) }) &&
		slices.EqualFunc(a.Float32s, b.Float32s, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }) &&
		slices.Equal(a.Ints, b.Ints)
}

// The vector code and the reference agree in every bit, for every length, state
// and kind of input.
func TestVectorCodeIsTheReference(t *testing.T) {
	if !vector.Available() {
		t.Skip("this processor has no vector code, so nothing is compared")
	}
	for _, c := range []struct {
		spec    Spec
		float32 bool
	}{{iafPscExp(), false}, {iafPscExp(), true}, {iafPscDelta(), false}} {
		fired := 0
		for n := range 71 {
			for kind := range 64 {
				s := random.Seed(uint64(n), random.Surrogate).Sub(uint64(kind)).Stream()
				p := Params{"E_L": {0}, "V_th": {20}, "V_reset": {-1}, "I_e": {300 * s.Float64()}, "tau_syn_ex": {0.5}, "tau_m": {20}, "V_min": {-5}}
				if kind&16 != 0 && n > 0 {
					p["I_e"] = make([]float64, n)
					for i := range n {
						p["I_e"][i] = 400 * (s.Float64() - 0.5)
					}
				}
				if kind&32 != 0 && n > 0 {
					p["V_th"] = make([]float64, n)
					for i := range n {
						p["V_th"][i] = 10 + 20*s.Float64()
					}
				}
				cfg := Config{N: n, DtMs: 0.1, Params: p.Complete(c.spec.Params), State: Params{}.Complete(c.spec.State), Float32: c.float32}
				fast, slow := c.spec.New(cfg), reference(c.spec.New(cfg))
				if n > 0 && !isVectorised(fast) {
					t.Fatalf("%s, kind %d: no vector code, so nothing is compared", c.spec.Name, kind)
				}
				scramble(fast, &s)
				for k, f := range fast.Fields() {
					to := slow.Fields()[k]
					copy(to.Floats, f.Floats)
					copy(to.Float32s, f.Float32s)
					copy(to.Ints, f.Ints)
				}
				in := Input{Quantum: []float64{1. / 4096, 1. / 1024}}
				ints := func(scale float64) []int32 {
					// One more at the front, so that the slice does not start on a boundary.
					x := make([]int32, n+1)
					for i := range x {
						x[i] = int32(scale * s.Float64())
					}
					return x[1:]
				}
				floats := func(scale float64) []float64 {
					x := make([]float64, n+1)
					for i := range x {
						x[i] = scale * (s.Float64() - 0.5)
					}
					return x[1:]
				}
				var a, b []uint32
				for tick := range snn.Tick(3) {
					in.Tick = tick*64 + snn.Tick(kind%2)
					in.Sums = [][]int32{nil, nil}
					if kind&1 != 0 {
						in.Sums[0] = ints(1 << 20)
					}
					if kind&2 != 0 && len(c.spec.Receptors(nil)) > 1 {
						in.Sums[1] = ints(-1 << 17)
					}
					if kind&4 != 0 {
						in.Current = floats(500)
					}
					if kind&8 != 0 {
						in.Threshold = floats(50)
					}
					in.Cleared = 0
					plain := in
					plain.Sums = [][]int32{slices.Clone(in.Sums[0]), slices.Clone(in.Sums[1])}
					if kind&4 != 0 && tick == 2 {
						in.Current = slices.Repeat(in.Current[:min(1, n)], n)
						in.Alike, plain.Current, plain.Alike = true, in.Current, kind&1 != 0
					}
					a, b = fast.Update(&in, append(a[:0], 7)), slow.Update(&plain, append(b[:0], 7))
					in.Alike = false
					where := fmt.Sprintf("%s, float32 %v, %d neurons, kind %d, tick %d", c.spec.Name, c.float32, n, kind, tick)
					if !slices.Equal(a, b) {
						t.Fatalf("%s: %v fired, in the reference %v", where, a, b)
					}
					for r, sums := range in.Sums {
						if sums != nil {
							clear(plain.Sums[r][:in.Cleared])
						}
						if plain.Cleared != 0 || !slices.Equal(sums, plain.Sums[r]) {
							t.Fatalf("%s: sums of %d neurons are said to be cleared, and are\n%v, in the reference\n%v", where, in.Cleared, sums, plain.Sums[r])
						}
					}
					for k, f := range fast.Fields() {
						if other := slow.Fields()[k]; !sameBits(f, other) {
							t.Fatalf("%s: %s differs:\n%v\n%v", where, f.Name, f, other)
						}
					}
					fired += len(a) - 1
				}
			}
		}
		if fired < 1000 {
			t.Errorf("%s: only %d spikes, so little is compared", c.spec.Name, fired)
		}
	}
}

// A current that decays for long becomes 0 and not slow.
func TestNoDenormalsRemain(t *testing.T) {
	for _, single := range []bool{false, true} {
		p := Params{"tau_m": {2}, "tau_syn_ex": {0.5}, "tau_syn_in": {0.5}, "E_L": {0}, "V_th": {20}, "V_reset": {-1}}
		spec := iafPscExp()
		g := spec.New(Config{N: 9, DtMs: 0.1, Params: p.Complete(spec.Params), State: Params{"I_syn_ex": {100}, "I_syn_in": {-1}, "V_m": {3}}.Complete(spec.State), Float32: single})
		for tick := range snn.Tick(30_000) {
			g.Update(&Input{Tick: tick}, nil)
			for _, f := range g.Fields() {
				for _, x := range f.Floats {
					if x != 0 && math.Abs(x) < 0x1p-1022 {
						t.Fatalf("tick %d: %s is the denormal %g", tick, f.Name, x)
					}
				}
				for _, x := range f.Float32s {
					if x != 0 && math.Abs(float64(x)) < 0x1p-126 {
						t.Fatalf("tick %d: %s is the denormal %g", tick, f.Name, x)
					}
				}
			}
		}
		for _, f := range g.Fields() {
			if len(f.Floats) > 0 && f.Floats[0] != 0 || len(f.Float32s) > 0 && f.Float32s[8] != 0 {
				t.Errorf("float32 %v: %s did not decay to 0", single, f.Name)
			}
		}
	}
}
