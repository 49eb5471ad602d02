package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/vector"
)

// slice is the part [lo, hi) of a population that one partition holds.
type slice struct {
	population *Population
	lo, hi     int
	first      snn.GID // GID of neuron lo

	// neurons
	group    neuron.Group
	in       neuron.Input
	ring     [][]int32  // ring[receptor]: slots of stride sums each, for ticks t & mask[receptor]
	mask     []snn.Tick // 0 where nothing is pushed ahead
	stride   int
	arrivals [][]int32 // arrivals[receptor]: what static synapses bring; nil where the ring is that
	since    snn.Tick  // spikes emitted up to here do not arrive: the state was reset then
	drives   []drive
	currents *currents // nil where none flow

	threshold *threshold // nil where it does not adapt

	// inputs
	source   input.Source
	injector *input.Injector // the source, where its spikes come from outside

	fired []uint32 // of the tick under way, counted from lo
}

// drive is a Poisson generator onto the slice.
type drive struct {
	drive    *input.Drive
	receptor int
	weight   int32
}

func (s *slice) len() int { return s.hi - s.lo }

// sums is what arrives through receptor r at tick t.
func (s *slice) sums(r int, t snn.Tick) []int32 {
	at := int(t&s.mask[r]) * s.stride
	return s.ring[r][at : at+s.stride]
}

// receives tells where the sums of receptor r lie that static synapses add to.
// Where nothing is pushed ahead, they are the ring.
func (s *slice) receives(r int, sums []int32) {
	sums = sums[:s.stride:s.stride]
	if s.mask[r] == 0 {
		s.ring[r] = sums
		return
	}
	s.arrivals[r] = sums
}

// collect moves what static synapses have brought into the ring.
func (s *slice) collect(t snn.Tick) {
	for r, from := range s.arrivals {
		if from != nil {
			vector.Collect(s.sums(r, t), from)
		}
	}
}

func newSlice(n *Network, p *Population, lo, hi int) *slice {
	s := &slice{population: p, lo: lo, hi: hi, first: p.Range.First + snn.GID(lo), since: snn.Never}
	if p.IsInput() {
		s.source = p.source.New(input.Slice{Lo: lo, Hi: hi, DtMs: n.DtMs, Key: p.key})
		s.injector, _ = s.source.(*input.Injector)
		return s
	}
	cut := func(all neuron.Params, vars []neuron.Var) neuron.Params {
		own := neuron.Params{}
		for _, v := range vars {
			if x := all[v.Name]; !v.List && len(x) > 1 {
				own[v.Name] = x[lo:hi]
			} else {
				own[v.Name] = x
			}
		}
		return own
	}
	s.group = p.spec.New(neuron.Config{
		N: hi - lo, First: s.first, DtMs: n.DtMs, Key: p.key,
		Params: cut(p.params, p.spec.Params), State: cut(p.state, p.spec.State),
		Float32: p.single,
	})
	s.stride = hi - lo
	s.arrivals = make([][]int32, len(p.Receptors))
	s.in = neuron.Input{Sums: make([][]int32, len(p.Receptors)), Quantum: p.Quanta}
	for r := range p.Receptors {
		slots := 1
		for slots < n.ringTicks(p, r) {
			slots *= 2
		}
		s.ring, s.mask = append(s.ring, make([]int32, slots*s.stride)), append(s.mask, snn.Tick(slots-1))
	}
	if p.adaptive != nil {
		s.threshold = newThreshold(p.adaptive, s.len(), n.DtMs, n.Model.Protocol != nil)
		s.in.Threshold = s.threshold.theta
	}
	for _, st := range n.stimuli {
		if st.target == p {
			st.onto(s, n.DtMs)
		}
	}
	return s
}

// update advances the slice over (t-1, t] and leaves who fired in s.fired.
func (s *slice) update(t snn.Tick) {
	s.fired = s.fired[:0]
	if s.source != nil {
		s.fired = s.source.Spikes(t, s.fired)
		return
	}
	for _, d := range s.drives {
		d.drive.Add(t, s.sums(d.receptor, t), d.weight)
	}
	if s.currents != nil {
		s.in.Current, s.in.Alike = s.currents.at(t)
	}
	s.in.Tick, s.in.Cleared = t, 0
	for r := range s.ring {
		s.in.Sums[r] = s.sums(r, t)
	}
	s.fired = s.group.Update(&s.in, s.fired)
	for r := range s.ring {
		clear(s.in.Sums[r][s.in.Cleared:])
	}
	if s.threshold != nil {
		s.threshold.after(t, s.fired)
	}
}

// inject gives the slice the spikes of a step that come from outside.
func (s *slice) inject(b *Batch) {
	if b == nil {
		b = &Batch{}
	}
	s.injector.Give(b.From, b.Offsets, b.GIDs, s.population.Range.First)
}

// reset sets the neurons back to their start at tick t: what is in flight to them is lost.
func (s *slice) reset(t snn.Tick) {
	s.group.Reset()
	s.since = t
	for _, ring := range s.ring {
		clear(ring)
	}
}
