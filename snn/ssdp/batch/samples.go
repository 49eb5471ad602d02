package batch

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/ssdp/pairsum"
)

// Samples are the spikes of a pre and a post layer in the samples of a batch, or
// of a shard of it, in the form in which the rules read them. The zero Samples
// are ready to load; they keep their memory, and the rules' scratch memory, from
// one batch to the next.
type Samples struct {
	n, ticks  int
	pre, post side
	s         []float64

	adder        pairsum.Adder
	factor, u, v []float64
	rankTwo      pairsum.RankTwo
}

// side is one layer.
type side struct {
	layer    Layer
	active   pairsum.Active // state: the spike's tick
	whole    bool           // whole ticks below ticks for all that fired
	alike    bool           // one time for all silent
	silentAt float64        // the time of the silent
	states   []int32        // scratch: a sample
}

// Load takes n samples of ticks each. The layers' slices must not change while
// the samples are in use. A [SampleError] names what is wrong in them.
func (s *Samples) Load(n, ticks int, pre, post Layer) error {
	s.n, s.ticks = 0, ticks
	if n < 1 || ticks < 1 || ticks > math.MaxUint16 {
		return fmt.Errorf("ssdp: a batch of %d samples of %d ticks, expected at least one sample, and 1 to %d ticks", n, ticks, math.MaxUint16)
	}
	if err := s.pre.load("pre", n, ticks, pre); err != nil {
		return err
	}
	if err := s.post.load("post", n, ticks, post); err != nil {
		return err
	}
	s.n = n
	s.s = s.s[:0]
	all := float64(pre.Neurons) * float64(post.Neurons)
	for b := range n {
		s.s = append(s.s, float64(len(s.pre.active.Of(b)))*float64(len(s.post.active.Of(b)))/all)
	}
	return nil
}

// N is the number of samples.
func (s *Samples) N() int { return s.n }

// S is, for each sample, the share of neuron pairs that both fired: the share of
// the pre layer that fired times that of the post layer. It rises with rates
// alone and knows no timing. It holds until the next Load.
func (s *Samples) S() []float64 { return s.s }

func (d *side) load(name string, n, ticks int, l Layer) error {
	if err := l.check(name, n); err != nil {
		return err
	}
	if l.Neurons > pairsum.MaxNeurons {
		return &SampleError{name, -1, -1, fmt.Sprintf("has %d neurons, expected at most %d", l.Neurons, pairsum.MaxNeurons)}
	}
	d.layer, d.whole, d.alike, d.silentAt = l, l.At == nil, true, float64(ticks)
	d.active.Reset(l.Neurons)
	if l.First != nil && l.Fired == nil {
		for b := range n {
			if !d.active.Append(l.First[b*l.Neurons:(b+1)*l.Neurons], int32(ticks)) {
				return d.fault(name, b, ticks)
			}
		}
		return nil
	}
	d.states = append(d.states[:0], make([]int32, l.Neurons)...)
	seen := false
	for b := range n {
		for i := range d.states {
			k := b*l.Neurons + i
			at := l.time(k)
			fired := at < float64(ticks)
			if l.Fired != nil {
				fired = l.Fired[k] == 1
				if !fired && l.Fired[k] != 0 {
					return &SampleError{name, b, i, fmt.Sprintf("has activity %g, expected 0 or 1", l.Fired[k])}
				}
			}
			if !(at >= 0) || math.IsInf(at, 1) || l.First != nil && at > float64(ticks) {
				return &SampleError{name, b, i, fmt.Sprintf("has time %g, expected 0 to %d", at, ticks)}
			}
			switch {
			case !fired:
				d.states[i] = int32(ticks)
				if !seen {
					seen, d.silentAt = true, at
				}
				d.alike = d.alike && at == d.silentAt
			case at >= float64(ticks):
				d.states[i], d.whole = int32(ticks-1), false
			default:
				d.states[i] = int32(at)
			}
		}
		d.active.Append(d.states, int32(ticks))
	}
	return nil
}

// regular reports whether states stand for times; timed: those of the silent
// neurons, too, mean something.
func (d *side) regular(timed bool) bool { return d.whole && (d.alike || !timed) }

// fault finds the time of sample b that is no tick.
func (d *side) fault(name string, b, ticks int) error {
	for i, t := range d.layer.First[b*d.layer.Neurons : (b+1)*d.layer.Neurons] {
		if t < 0 || int(t) > ticks {
			return &SampleError{name, b, i, fmt.Sprintf("has time %d, expected 0 to %d", t, ticks)}
		}
	}
	panic("ssdp: no fault in a faulty sample")
}

// factors is what each sample's change is scaled by: its gate over the number of
// samples of the whole batch.
func (s *Samples) factors(gate []float64, of int) error {
	if of == 0 {
		of = s.n
	}
	if s.n == 0 {
		return fmt.Errorf("ssdp: no samples are loaded")
	}
	if of < s.n {
		return fmt.Errorf("ssdp: a shard of %d samples in a batch of %d", s.n, of)
	}
	if gate != nil && len(gate) != s.n {
		return fmt.Errorf("ssdp: %d gates for %d samples", len(gate), s.n)
	}
	s.factor = s.factor[:0]
	for b := range s.n {
		g := 1.0
		if gate != nil {
			g = gate[b]
		}
		if !(g >= 0) || math.IsInf(g, 1) {
			return fmt.Errorf("ssdp: the gate of sample %d is %g, expected a finite number >= 0", b, g)
		}
		s.factor = append(s.factor, g/float64(of))
	}
	return nil
}

// shut reports whether all gates are 0.
func (s *Samples) shut() bool {
	for _, f := range s.factor {
		if f != 0 {
			return false
		}
	}
	return true
}
