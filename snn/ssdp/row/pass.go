package row

import (
	"math"

	"github.com/volley-snn/volley/snn/random"
)

// Pass is a walk over the row of one source. W is float32 where S has 16 bits, and S
// otherwise.
//
// gen/pass.go reads the fields by their place.
type Pass[T Index, S Stored, W Real] struct {
	Shares  []S
	Onto    []T       // target of each synapse
	Steps   []Step[W] // what the row takes, oldest first
	History []uint32  // of each target: bit k, it fired k windows ago

	// Sums is what arrives at each target, in quanta, to which the spike adds the
	// weights after Steps; nil where there is no spike.
	Sums      []int32
	Low, Span float64 // w_min, and w_max - w_min, in quanta

	// The row that is walked next, which is fetched meanwhile.
	NextShares []S
	NextOnto   []T

	First uint32 // index in its population of target 0: draws are named by that
	Soft  bool   // steps shrink towards the bounds
}

// lanes is how many synapses the assembly takes at once.
const lanes = 8

// Run takes the steps, and then the spike, over the whole row. It writes Shares and
// Sums. Two synapses of one pair share their draws.
func (p *Pass[T, S, W]) Run() {
	k := p.assembled()
	shares, onto := p.Shares[k:], p.Onto[k:]
	if len(onto) == 0 {
		return
	}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Post != nil {
			p.active(s, shares, onto)
		} else {
			p.silent(s, shares, onto)
		}
	}
	if p.Sums == nil {
		return
	}
	shares = shares[:len(onto)]
	sums, unit, low, span := p.Sums, float64(Unit[S, W]()), p.Low, p.Span
	for k, j := range onto {
		share := float64(W(float64(shares[k]) * unit)) // a product of 40 bits, if not of one factor
		sums[j] += int32(math.Float64bits(low + float64(share*span) + 0x1.8p52))
	}
}

// active takes a step that knows what each target did.
func (p *Pass[T, S, W]) active(s *Step[W], shares []S, onto []T) {
	shares = shares[:len(onto)]
	post, all, add, unit := s.Post, s.Plus, s.Add, Unit[S, W]()
	for k, j := range onto {
		t := &post[j]
		plus, minus := all[t.Tick], t.loss(&add)
		v := W(W(shares[k]) * unit)
		d := plus - minus
		if p.Soft {
			d = W(plus*(1-v)) - W(minus*v)
		}
		if unit == 1 {
			shares[k] = S(clip(v + d))
		} else {
			shares[k] = S(level(int32(shares[k]), float32(d), s.Draw, p.First+uint32(j)))
		}
	}
}

// silent takes a step that costs the same for all whose target fired.
func (p *Pass[T, S, W]) silent(s *Step[W], shares []S, onto []T) {
	shares = shares[:len(onto)]
	past, age, unit, losses := p.History, s.Age, Unit[S, W](), [2]W{0, s.Minus}
	for k, j := range onto {
		v, minus := W(W(shares[k])*unit), losses[past[j]>>(age&31)&1]
		if p.Soft {
			minus *= v
		}
		if unit == 1 {
			shares[k] = S(clip(v - W(minus)))
		} else {
			shares[k] = S(level(int32(shares[k]), float32(-minus), s.Draw, p.First+uint32(j)))
		}
	}
}

// After is a share onto target j after the steps.
func (p *Pass[T, S, W]) After(x S, j uint32) S {
	own, onto := []S{x}, []T{T(j)}
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Post != nil {
			p.active(s, own, onto)
		} else {
			p.silent(s, own, onto)
		}
	}
	return own[0]
}

// Unit is the share of one step of S.
func Unit[S Stored, W Real]() W {
	var x S
	if _, ok := any(x).(uint16); ok {
		return W(float32(1.0 / Levels))
	}
	return 1
}

// Of is the number nearest to a share in [0, 1].
func Of[S Stored, W Real](share float64) S {
	if unit := Unit[S, W](); unit != 1 {
		return S(math.Round(float64(share * Levels)))
	}
	return S(share)
}

// level is level x after a change of its share by d: one of the two levels between
// which the sum lies, so that it is the sum on average.
func level(x int32, d float32, draw random.Lanes, n uint32) int32 {
	d = float32(min(max(d, -1), 1)*Levels) + draw.Uniform(n)
	return min(max(x+int32(math.Floor(float64(d))), 0), Levels)
}

func clip[W Real](v W) W {
	if v < 0 {
		return 0
	}
	if v > 1 {
		return 1
	}
	return v
}
