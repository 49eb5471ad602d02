package neuron

import (
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// Reset is what a spike does to the potential.
type Reset int

const (
	Hard Reset = iota // to ResetTo
	Soft              // takes the threshold off
	None
)

// Config of a layer.
type Config struct {
	Leak       float32 // 1/tau; 0 for IF
	DecayInput bool    // the leak scales the input, too
	Learned    bool    // PLIF: Leak is sigmoid of W
	W          float32
	Threshold  float32
	Reset      Reset
	ResetTo    float32
	Detached   bool // the gradient takes the reset for given
	Surrogate  surrogate.Slope
}

// Layer keeps what Backward needs of Forward. Arrays are [steps][n], the steps'
// samples and neurons in one; potentials start at ResetTo.
type Layer struct {
	Config
	H, V, Spike []float32 // before the reset, after it, and spikes
	GradW       float32   // of W, added to by Backward

	x        []float32
	steps, n int
	slope, u []float32
	gradV    []float32
}

// leak is 1/tau.
func (l *Layer) leak() float32 {
	if l.Learned {
		return float32(1 / (1 + pinned.Exp(-float64(l.W))))
	}
	return l.Leak
}

// rest is what the potential leaks to.
func (l *Layer) rest() float32 {
	if l.Reset == Hard {
		return l.ResetTo
	}
	return 0
}

// Forward takes currents x, steps*n, which it keeps, and returns spikes.
func (l *Layer) Forward(x []float32, steps int) []float32 {
	l.x, l.steps, l.n = x, steps, len(x)/steps
	l.H, l.V, l.Spike = grow(l.H, len(x)), grow(l.V, len(x)), grow(l.Spike, len(x))
	leak, rest := l.leak(), l.rest()
	for k, current := range x {
		v := l.before(k)
		h := l.charge(v, current, leak, rest)
		s := float32(0)
		if h >= l.Threshold {
			s = 1
		}
		l.H[k], l.Spike[k] = h, s
		switch {
		case l.Reset == Soft:
			l.V[k] = h - float32(s*l.Threshold)
		case l.Reset == Hard && s == 1:
			l.V[k] = l.ResetTo
		default:
			l.V[k] = h
		}
	}
	return l.Spike
}

// before is the potential before step and neuron k.
func (l *Layer) before(k int) float32 {
	if k < l.n {
		return l.rest()
	}
	return l.V[k-l.n]
}

func (l *Layer) charge(v, current, leak, rest float32) float32 {
	switch {
	case leak == 0:
		return v + current
	case l.DecayInput:
		return v + float32((current-(v-rest))*leak)
	}
	return v - float32((v-rest)*leak) + current
}

// Backward turns the gradient at spikes into that at currents, in out. Both are
// steps*n. It adds to GradW.
func (l *Layer) Backward(out, spikes []float32) {
	n, leak, rest := l.n, l.leak(), l.rest()
	l.slope, l.u, l.gradV = grow(l.slope, n), grow(l.u, n), grow(l.gradV, n)
	clear(l.gradV)
	ofInput, ofPotential := float32(1), 1-leak
	if l.DecayInput && leak != 0 {
		ofInput = leak
	}
	ofLeak := 0.0
	for t := l.steps - 1; t >= 0; t-- {
		at := t * n
		for k := range n {
			l.u[k] = l.H[at+k] - l.Threshold
		}
		l.Surrogate(l.slope, l.u)
		for k := range n {
			h, s, gv, gs := l.H[at+k], l.Spike[at+k], l.gradV[k], spikes[at+k]
			pass := gv
			switch l.Reset {
			case Hard:
				pass = float32(gv * (1 - s))
				if !l.Detached {
					gs += float32(gv * (l.ResetTo - h))
				}
			case Soft:
				if !l.Detached {
					gs -= float32(gv * l.Threshold)
				}
			}
			gh := float32(gs*l.slope[k]) + pass
			out[at+k] = float32(gh * ofInput)
			l.gradV[k] = float32(gh * ofPotential)
			if l.Learned {
				d := -(l.before(at+k) - rest)
				if l.DecayInput {
					d += l.x[at+k]
				}
				ofLeak += float64(float64(gh) * float64(d))
			}
		}
	}
	if l.Learned {
		l.GradW += float32(ofLeak * float64(leak) * (1 - float64(leak)))
	}
}

func grow(x []float32, n int) []float32 {
	if cap(x) < n {
		return make([]float32, n)
	}
	return x[:n]
}
