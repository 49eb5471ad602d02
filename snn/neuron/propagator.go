package neuron

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/vector"
)

// expPropagator is what a synaptic current of 1 pA that decays with tauSyn adds
// to the membrane potential (mV) over a step of h ms: times in ms, C_m in pF.
// The difference of exponentials is taken by expm1, so that time constants that
// are close or equal lose no digits. Source: Rotter and Diesmann 1999.
func expPropagator(tauSyn, tauM, cM, h float64) float64 {
	decay := pinned.Exp(-h / tauM)
	switch x := h * (1/tauM - 1/tauSyn); {
	case x > 30: // e**x might overflow, and nothing cancels
		return tauSyn * tauM / (tauM - tauSyn) / cM * (decay - pinned.Exp(-h/tauSyn))
	case math.Abs(x) > 1e-9:
		return tauSyn * tauM / (tauM - tauSyn) / cM * decay * -pinned.Expm1(x)
	}
	return h / cM * decay
}

// alphaPropagators are what an alpha-shaped current adds to the membrane
// potential (mV) over a step of h ms: p31 per pA/ms of the current's derivative
// state, p32 per pA of the current. Times in ms, C_m in pF. With
// x = h/tauSyn - h/tauM, p31 is h*h/C_m e**(-h/tauM) (1 - (1+x) e**-x) / x**2; near
// x = 0, where that cancels, its power series is summed. Source: Rotter and
// Diesmann 1999.
func alphaPropagators(tauSyn, tauM, cM, h float64) (p31, p32 float64) {
	p32 = expPropagator(tauSyn, tauM, cM, h)
	decay := pinned.Exp(-h / tauM)
	x := float64(h * (1/tauSyn - 1/tauM))
	if math.Abs(x) > 0.7 {
		return float64(h*h) / cM * (decay - float64((1+x)*pinned.Exp(-h/tauSyn))) / float64(x*x), p32
	}
	term, sum := 1.0, 0.5
	for n := 1.0; n < 20; n++ {
		term *= -x / n
		sum += term / (n + 2)
	}
	return float64(h*h) / cM * decay * sum, p32
}

// refractoryTicks is t_ref in ticks, to the nearest, and at most 2^30.
func refractoryTicks(tRefMs, dtMs float64) int32 {
	return int32(min(math.Round(tRefMs/dtMs), 1<<30))
}

// gather copies the chosen elements of column, plus offset, into dst.
func gather[F vector.Float](column []F, offset func(i int) float64, idx []uint32, dst []float64) {
	for k, i := range idx {
		dst[k] = float64(column[i]) + offset(int(i))
	}
}

// nothing is an offset of 0.
func nothing(int) float64 { return 0 }

// quantum is the grid of receptor r, or 1 where no weight can arrive there.
func (in *Input) quantum(r int) float64 {
	if r < len(in.Quantum) {
		return in.Quantum[r]
	}
	return 1
}

// sums is what arrives through receptor r, or nil.
func (in *Input) sums(r int) []int32 {
	if r < len(in.Sums) {
		return in.Sums[r]
	}
	return nil
}
