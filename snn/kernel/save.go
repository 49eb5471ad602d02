package kernel

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// The kinds of sections that a partition saves. What they hold does not depend on
// the cut; ranges are of the neurons, or of a projection's targets.
const (
	ofInstant = "instant" // the tick, and the trial under way: the same from all partitions
	ofSpikes  = "spikes"  // of the range, of as many ticks as a delay looks back
	ofNeurons = "neurons" // state variables, adaptive thresholds
	ofFlight  = "flight"  // by receptor and tick, what pushed spikes will bring
	ofSources = "sources" // of a plastic projection: what it knows of its sources and of time
	ofTargets = "targets" // of each of its targets
	ofWeights = "weights" // by source, then target, then order
	ofShare   = "share"   // of the window that is due: what the range adds to its aggregate
	ofGate    = "gate"    // what the range's neurons did in the window under way, for a gate
	ofCrossed = "crossed" // how many synapses spikes have crossed
	ofWindow  = "window"  // of a measurement: what a population's neurons did in the window under way
	ofFired   = "fired"   // of a projection's measurement: likewise for the source
	ofReached = "reached" // and the target
)

// Save writes the partition's state at the end of a step: all that cannot be built
// again from the model. Nothing changes by it, but that rows which waited to be
// brought up to date are. Cost: about a copy of the plastic weights.
func (p *Partition) Save(sink state.Sink) error {
	s := saver{sink: sink}
	s.section(ofInstant, "", p.Range, 0, p.saveInstant)
	s.section(ofSpikes, "", p.Range, 0, p.saveSpikes)
	for _, sl := range p.slices {
		if sl.source == nil {
			p.saveSlice(&s, sl)
		}
	}
	for _, b := range p.pushers {
		p.savePlastic(&s, b)
	}
	for _, sl := range p.slices {
		for _, proj := range p.n.Projections {
			if proj.Target == sl.population {
				s.section(ofCrossed, proj.Name, sl.gids(), 8, func(w *state.Writer) { w.Int(p.crossed(proj)) })
			}
		}
	}
	for _, m := range p.meters {
		m.save(&s, p.n.measures[m.measure].Name)
	}
	return s.err
}

// saver hands sections to a sink until one fails.
type saver struct {
	sink state.Sink
	err  error
}

func (s *saver) section(kind, of string, r snn.Range, size int, fill func(w *state.Writer)) {
	if s.err != nil {
		return
	}
	w := state.Writer{Data: s.sink.Room(size)}
	fill(&w)
	s.err = s.sink.Take(state.Section{Header: state.Header{Kind: kind, Of: of, Range: r}, Data: w.Data})
}

// gids is the slice's range of GIDs.
func (s *slice) gids() snn.Range {
	return snn.Range{First: s.first, End: s.first + snn.GID(s.len())}
}

// emitted is where the last step began.
func (p *Partition) emitted() snn.Tick { return p.out[p.odd].From }

func (p *Partition) saveInstant(w *state.Writer) {
	w.Int(int64(p.emitted()))
	w.Int(int64(p.now))
	w.Bool(p.trial != nil)
	if t := p.trial; t != nil {
		for _, x := range []int{int(t.Start), t.PresentTicks, t.Set, t.Item, int(t.Index), int(t.End), t.Phase, t.Number} {
			w.Int(int64(x))
		}
		w.Float(t.Gain)
		w.Float(t.Rate)
		w.Bool(t.Plasticity)
		w.Bool(t.Homeostasis)
	}
}

func loadInstant(r *state.Reader) (from, now snn.Tick, trial *Trial) {
	from, now = snn.Tick(r.Int()), snn.Tick(r.Int())
	if r.Bool() {
		t := &Trial{}
		t.Start, t.PresentTicks, t.Set, t.Item = snn.Tick(r.Int()), int(r.Int()), int(r.Int()), int(r.Int())
		t.Index, t.End, t.Phase, t.Number = uint64(r.Int()), snn.Tick(r.Int()), int(r.Int()), int(r.Int())
		t.Gain, t.Rate, t.Plasticity, t.Homeostasis = r.Float(), r.Float(), r.Bool(), r.Bool()
		trial = t
	}
	return from, now, trial
}

// saveSpikes writes the range's spikes of the ticks that a delay may look back to,
// those of the last step with them.
func (p *Partition) saveSpikes(w *state.Writer) {
	last, out := p.emitted(), &p.out[p.odd]
	start := max(0, last-p.n.lookBack())
	w.Int(int64(start))
	w.Int(int64(p.now - start))
	for t := start + 1; t <= last; t++ {
		own := within(p.log.ticks[t&p.log.mask], p.Range)
		w.Uint32(uint32(len(own)))
		for _, g := range own {
			w.Uint32(uint32(g))
		}
	}
	for k := range int(p.now - last) {
		own := out.At(k)
		w.Uint32(uint32(len(own)))
		for _, g := range own {
			w.Uint32(uint32(g))
		}
	}
}

// lookBack is how many ticks a log of spikes must hold.
func (n *Network) lookBack() snn.Tick { return n.longest + n.Interval }

// saveSlice writes neurons a span at a time, and what is on its way to them.
func (p *Partition) saveSlice(s *saver, sl *slice) {
	const span = 1 << 18
	for lo := 0; lo < sl.len() || lo == 0; lo += span {
		hi := min(lo+span, sl.len())
		r := snn.Range{First: sl.first + snn.GID(lo), End: sl.first + snn.GID(hi)}
		s.section(ofNeurons, sl.population.Name, r, (hi-lo)*64, func(w *state.Writer) { sl.saveNeurons(w, lo, hi) })
		if sl.flies() {
			s.section(ofFlight, sl.population.Name, r, 0, func(w *state.Writer) { sl.saveFlight(w, p.n, p.now, lo, hi) })
		}
	}
}

func (p *Partition) savePlastic(s *saver, b plastic) {
	name, sl := b.of().Name, b.target()
	b.ready()
	if sl.lo == 0 { // the same in every partition: whoever holds the first target writes it
		s.section(ofSources, name, sl.population.Range, 0, func(w *state.Writer) {
			b.saveSources(w)
			w.Bool(p.scaled(b))
		})
	}
	s.section(ofTargets, name, sl.gids(), 0, func(w *state.Writer) {
		for j := range sl.len() {
			b.saveTarget(w, j)
		}
	})
	for _, tile := range b.tiles() {
		lo, hi := tile[0], tile[1]
		r := snn.Range{First: sl.first + snn.GID(lo), End: sl.first + snn.GID(hi)}
		s.section(ofWeights, name, r, b.tileBytes(lo, hi), func(w *state.Writer) { b.saveTile(w, lo, hi) })
	}
	if w, ok := b.(windowLearner); ok {
		w.saveWindow(s)
	}
}

// scaled reports whether the weights of a projection have been normalised in the
// trial under way.
func (p *Partition) scaled(b plastic) bool {
	for _, n := range p.scalers {
		if n.b == b {
			return n.done
		}
	}
	return false
}

// crossed is how many of a projection's synapses onto the partition spikes have
// crossed so far.
func (p *Partition) crossed(proj *Projection) int64 {
	n := p.before[proj]
	for _, b := range p.blocks {
		if b.projection == proj {
			n += b.holds.size().events
		}
	}
	return n
}
