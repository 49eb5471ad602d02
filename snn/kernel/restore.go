package kernel

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// Restoration puts a saved state into a partition that has just been built, under
// any cut. It takes the sections in any order, those that it needs and others, and
// refuses a set of sections that is not whole.
type Restoration struct {
	p      *Partition
	needs  []state.Header
	taken  []state.Header
	shared map[state.Header][]byte // of kinds of which all partitions write the same
	spikes []emission
	from   snn.Tick
	shares map[windowLearner]*dueShares
}

// emission is what a range emitted.
type emission struct {
	gids snn.Range
	Batch
}

// dueShares is the shares of a window that is due: of all slices, and of those that
// begin in the partition's own.
type dueShares struct {
	sum Aggregate
	own []int64
}

// Resumed is where a restored partition stands.
type Resumed struct {
	From, Now snn.Tick // the last step was (From, Now]
	Trial     *Trial   // that began last; nil without a protocol
	Spikes    []*Batch // of the last step: the Input of the next
}

// Restore starts the restoration of a partition that has not been stepped.
func (p *Partition) Restore() *Restoration {
	r := &Restoration{p: p, shared: map[state.Header][]byte{}, shares: map[windowLearner]*dueShares{}}
	need := func(kind, of string, g snn.Range) {
		r.needs = append(r.needs, state.Header{Kind: kind, Of: of, Range: g})
	}
	all := snn.Range{End: p.n.total}
	need(ofInstant, "", all)
	need(ofSpikes, "", all)
	for _, s := range p.slices {
		if s.source == nil {
			need(ofNeurons, s.population.Name, s.gids())
			if s.flies() {
				need(ofFlight, s.population.Name, s.gids())
			}
		}
		for _, proj := range p.n.Projections {
			if proj.Target == s.population {
				need(ofCrossed, proj.Name, s.gids())
			}
		}
	}
	for _, b := range p.pushers {
		name, s := b.of().Name, b.target()
		need(ofSources, name, s.population.Range)
		need(ofTargets, name, s.gids())
		need(ofWeights, name, s.gids())
		if w, ok := b.(windowLearner); ok {
			need(ofShare, name, s.population.Range)
			if w.gated() {
				need(ofGate, name, s.gids())
			}
		}
	}
	for _, m := range p.meters {
		for _, h := range m.headers(p.n.measures[m.measure].Name) {
			need(h.Kind, h.Of, h.Range)
		}
	}
	return r
}

// Needs reports whether the partition's state depends on a section.
func (r *Restoration) Needs(h state.Header) bool {
	return slices.ContainsFunc(r.needs, func(n state.Header) bool {
		return n.Kind == h.Kind && n.Of == h.Of && n.Range.Intersect(h.Range).Len() > 0
	})
}

// Take takes a section, whose data it does not keep. One that is not needed is passed
// over. After an error the partition must not be stepped.
func (r *Restoration) Take(s state.Section) error {
	if !r.Needs(s.Header) {
		return nil
	}
	r.taken = append(r.taken, s.Header)
	in := state.NewReader(s.Data)
	r.load(s, in)
	if err := in.Done(); err != nil {
		return fmt.Errorf("section %s of %q, GIDs %d to %d: %w", s.Kind, s.Of, s.Range.First, s.Range.End, err)
	}
	return nil
}

func (r *Restoration) load(s state.Section, in *state.Reader) {
	p, n := r.p, s.Range.Len()
	switch s.Kind {
	case ofInstant:
		r.loadInstant(s, in)
		return
	case ofSpikes:
		r.loadSpikes(s.Range, in)
		return
	case ofWindow, ofFired, ofReached:
		for _, m := range p.meters {
			if p.n.measures[m.measure].Name == s.Of {
				m.load(s.Header, in)
			}
		}
		return
	}
	for _, sl := range p.slices {
		if at := int(sl.first) - int(s.Range.First); sl.population.Name == s.Of {
			switch s.Kind {
			case ofNeurons:
				sl.loadNeurons(in, n, at)
				return
			case ofFlight:
				sl.loadFlight(in, n, at)
				return
			}
		}
		for _, proj := range p.n.Projections {
			if s.Kind == ofCrossed && proj.Name == s.Of && proj.Target == sl.population {
				if events := in.Int(); sl.gids().Contains(s.Range.First) {
					p.before[proj] += events
				}
				return
			}
		}
	}
	for _, b := range p.pushers {
		if b.of().Name == s.Of {
			r.loadPlastic(b, s, in)
			return
		}
	}
}

func (r *Restoration) loadPlastic(b plastic, s state.Section, in *state.Reader) {
	sl := b.target()
	lo := int(s.Range.First) - int(sl.population.Range.First)
	hi := lo + s.Range.Len()
	switch s.Kind {
	case ofSources:
		b.loadSources(in)
		done := in.Bool()
		for _, n := range r.p.scalers {
			if n.b == b {
				n.done = done
			}
		}
	case ofTargets:
		for j := lo; j < hi; j++ {
			own := j - sl.lo
			if j < sl.lo || j >= sl.hi {
				own = -1
			}
			b.loadTarget(in, own)
		}
	case ofWeights:
		b.loadTile(in, lo, hi)
	case ofShare:
		w := b.(windowLearner)
		if a := w.loadShare(in); a != nil {
			r.add(w, a, sl.gids().Contains(s.Range.First), in)
		}
	case ofGate:
		b.(windowLearner).loadGate(in, hi-lo, sl.lo-lo)
	}
}

// add sums shares up to the aggregate of the window that is due.
func (r *Restoration) add(w windowLearner, a *Aggregate, own bool, in *state.Reader) {
	d := r.shares[w]
	if d == nil {
		n := len(a.Counts)
		d = &dueShares{Aggregate{a.Measure, a.Window, a.End, make([]int64, n)}, make([]int64, n)}
		r.shares[w] = d
	}
	if len(a.Counts) != len(d.sum.Counts) {
		in.Fail("%d counts, expected %d", len(a.Counts), len(d.sum.Counts))
		return
	}
	for k, n := range a.Counts {
		d.sum.Counts[k] += n
		if own {
			d.own[k] += n
		}
	}
}

// loadInstant checks that all partitions were saved at one instant.
func (r *Restoration) loadInstant(s state.Section, in *state.Reader) {
	key := state.Header{Kind: s.Kind}
	if before, seen := r.shared[key]; seen {
		if !bytes.Equal(before, s.Data) {
			in.Fail("it was saved at another moment than others")
		} else {
			in.Skip(len(s.Data))
		}
		return
	}
	r.shared[key] = bytes.Clone(s.Data)
	r.from, r.p.now, r.p.trial = loadInstant(in)
	if r.from < 0 || r.p.now < r.from || r.p.now > r.from+r.p.n.Interval {
		in.Fail("a step from tick %d to %d", r.from, r.p.now)
	}
	if (r.p.trial != nil) != (r.p.n.Protocol != nil) && r.p.now > 0 {
		in.Fail("the model has a protocol and the state none, or the other way round")
	}
}

func (r *Restoration) loadSpikes(gids snn.Range, in *state.Reader) {
	b := emission{gids: gids}
	b.begin(snn.Tick(in.Int()))
	for range in.Count(4) {
		for range in.Count32(4) {
			b.GIDs = append(b.GIDs, snn.GID(in.Index(int(r.p.n.total))))
		}
		b.endTick()
	}
	r.spikes = append(r.spikes, b)
}

// Finish checks that the state is whole, and readies the partition for its next step.
func (r *Restoration) Finish() (Resumed, error) {
	for _, n := range r.needs {
		if err := r.covered(n); err != nil {
			return Resumed{}, err
		}
	}
	p := r.p
	flying, err := r.logSpikes()
	if err != nil {
		return Resumed{}, err
	}
	p.out[p.odd] = p.ownOf(flying, r.from)
	for _, s := range p.slices {
		if s.source != nil && p.trial != nil {
			s.source.Begin(p.trial.Trial)
		}
	}
	for _, b := range p.pushers {
		b.loaded()
	}
	for w, d := range r.shares {
		w.aggregate(&d.sum)
		w.setShare(d.own)
	}
	return Resumed{From: r.from, Now: p.now, Trial: p.trial, Spikes: flying}, nil
}

// covered checks that the sections of a kind hold every GID that is needed, once.
func (r *Restoration) covered(need state.Header) error {
	var ranges []snn.Range
	for _, h := range r.taken {
		if h.Kind == need.Kind && h.Of == need.Of {
			ranges = append(ranges, h.Range.Intersect(need.Range))
		}
	}
	slices.SortFunc(ranges, func(a, b snn.Range) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.End, b.End)) })
	at := need.Range.First
	for _, g := range ranges {
		if g.First < at {
			return fmt.Errorf("the state has several sections %s of %q that hold GID %d", need.Kind, need.Of, g.First)
		} else if g.First == at {
			at = g.End
		}
	}
	if at != need.Range.End {
		return fmt.Errorf("the state has no section %s of %q that holds GID %d", need.Kind, need.Of, at)
	}
	return nil
}

// logSpikes files the spikes that have been received, and returns those of the last step.
func (r *Restoration) logSpikes() ([]*Batch, error) {
	slices.SortFunc(r.spikes, func(a, b emission) int { return cmp.Compare(a.gids.First, b.gids.First) })
	var past, flying []*Batch
	start := max(0, r.from-r.p.n.lookBack())
	for _, b := range r.spikes {
		if b.From != start || b.Ticks() != int(r.p.now-start) {
			return nil, fmt.Errorf("spikes of ticks %d to %d are saved, expected %d to %d", b.From+1, int(b.From)+b.Ticks(), start+1, r.p.now)
		}
		k := int(r.from - start)
		past = append(past, &Batch{From: start, Offsets: b.Offsets[:k+1], GIDs: b.GIDs})
		own := b.GIDs[b.Offsets[k]:]
		last := &Batch{From: r.from, GIDs: own}
		for _, o := range b.Offsets[k:] {
			last.Offsets = append(last.Offsets, o-b.Offsets[k])
		}
		flying = append(flying, last)
	}
	r.p.log.append(start, r.from, past)
	return flying, nil
}

// ownOf is the partition's part of the batches of the step from tick from.
func (p *Partition) ownOf(batches []*Batch, from snn.Tick) (own Batch) {
	own.begin(from)
	for k := range int(p.now - from) {
		for _, b := range batches {
			own.GIDs = append(own.GIDs, within(b.At(k), p.Range)...)
		}
		own.endTick()
	}
	return own
}
