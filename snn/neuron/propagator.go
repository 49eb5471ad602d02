package neuron

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// expPropagator is what a synaptic current of 1 pA that decays with tauSyn adds
// to the membrane potential (mV) over a step of h ms: times in ms, C_m in pF.
// The difference of exponentials is taken by expm1, so that time constants that
// are close or equal lose no digits. Source: Rotter and Diesmann 1999.
func expPropagator(tauSyn, tauM, cM, h float64) float64 {
	decay := pinned.Exp(-h / tauM)
	if x := h * (1/tauM - 1/tauSyn); math.Abs(x) > 1e-9 {
		return tauSyn * tauM / (tauM - tauSyn) / cM * decay * -pinned.Expm1(x)
	}
	return h / cM * decay
}

// refractoryTicks is t_ref in ticks, to the nearest.
func refractoryTicks(tRefMs, dtMs float64) int32 { return int32(math.Round(tRefMs / dtMs)) }

// gather copies the chosen elements of column, plus offset, into dst.
func gather(column []float64, offset func(i int) float64, idx []uint32, dst []float64) {
	for k, i := range idx {
		dst[k] = column[i] + offset(int(i))
	}
}

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
