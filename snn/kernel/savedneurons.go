package kernel

import (
	"slices"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// saveNeurons writes the state variables of neurons lo to hi of the slice.
func (s *slice) saveNeurons(w *state.Writer, lo, hi int) {
	w.Int(int64(s.since))
	fields := s.group.Fields()
	w.Int(int64(len(fields)))
	for _, f := range fields {
		w.Text(f.Name)
		switch {
		case f.Floats != nil:
			state.Put(w, f.Floats[lo:hi])
		case f.Float32s != nil:
			state.Put(w, f.Float32s[lo:hi])
		default:
			state.Put(w, f.Ints[lo:hi])
		}
	}
	w.Bool(s.threshold != nil)
	if h := s.threshold; h != nil {
		w.Float(h.rate)
		state.Put(w, h.theta[lo:hi])
		state.Put(w, h.counts[lo:hi])
	}
}

// loadNeurons reads n neurons of which the slice's first is number at.
func (s *slice) loadNeurons(r *state.Reader, n, at int) {
	s.since = snn.Tick(r.Int())
	fields := s.group.Fields()
	if count := r.Int(); r.Err() == nil && count != int64(len(fields)) {
		r.Fail("%d variables of %s, expected %d", count, s.population.Model, len(fields))
	}
	for _, f := range fields {
		if name := r.Text(); r.Err() == nil && name != f.Name {
			r.Fail("variable %q of %s, expected %s", name, s.population.Model, f.Name)
		}
		switch {
		case f.Floats != nil:
			state.Part(r, n, at, f.Floats)
		case f.Float32s != nil:
			state.Part(r, n, at, f.Float32s)
		default:
			state.Part(r, n, at, f.Ints)
		}
	}
	if adapts := r.Bool(); r.Err() == nil && adapts != (s.threshold != nil) {
		r.Fail("only one of the state and the model has adaptive thresholds of %s", s.population.Name)
		return
	}
	if h := s.threshold; h != nil {
		h.rate = r.Float()
		state.Part(r, n, at, h.theta)
		state.Part(r, n, at, h.counts)
	}
}

// saveFlight writes the sums of the ticks after now that spikes have been pushed to.
func (s *slice) saveFlight(w *state.Writer, n *Network, now snn.Tick, lo, hi int) {
	w.Int(int64(now))
	for r := range s.ring {
		ahead := snn.Tick(n.ringTicks(s.population, r) - 1)
		w.Int(int64(ahead))
		w.Float(s.population.Quanta[r])
		for t := now + 1; t <= now+ahead; t++ {
			state.Put(w, s.sums(r, t)[lo:hi])
		}
	}
}

// flies reports whether spikes are pushed to the slice.
func (s *slice) flies() bool { return slices.Max(s.mask) > 0 }

func (s *slice) loadFlight(r *state.Reader, n, at int) {
	now := snn.Tick(r.Int())
	for k := range s.ring {
		ahead := snn.Tick(r.Int())
		if r.Err() == nil && (ahead < 0 || ahead > s.mask[k]) {
			r.Fail("sums for %d ticks at receptor %d, expected %d at most", ahead, k, s.mask[k])
			return
		}
		if q := r.Float(); r.Err() == nil && q != s.population.Quanta[k] {
			r.Fail("its weights onto %s lie on a grid of %g, those of the model on one of %g: set weight_quantum", s.population.Name, q, s.population.Quanta[k])
			return
		}
		for t := now + 1; t <= now+ahead; t++ {
			state.Part(r, n, at, s.sums(k, t))
		}
	}
}
