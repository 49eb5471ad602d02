package input

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

// PoissonGenerator drives each neuron of a population with a Poisson train of
// its own, as NEST's poisson_generator does. It has no GIDs: its spikes arrive
// as counts, any number a tick.
type PoissonGenerator struct {
	RateHz  Values // one number for each target
	Profile Curve  // factor on all rates; 1 before its first time
	Span    Span
}

// Check returns what is wrong. size is the number of neurons in the target
// population. A mean count a tick may reach a million.
func (g PoissonGenerator) Check(dtMs float64, size int) []string {
	faults := append(checkSize(size, dtMs), g.RateHz.check("rate", "Hz", size, 0)...)
	faults = append(append(faults, g.Profile.Check("rate_profile", 0)...), g.Span.check()...)
	if len(faults) == 0 && g.meanCount(dtMs) > 1e6 {
		faults = append(faults, "rate is above a million spikes a tick")
	}
	return faults
}

// meanCount is a bound on the mean count of one target in one tick.
func (g PoissonGenerator) meanCount(dtMs float64) float64 {
	factor := 1.0
	for _, f := range g.Profile.Values {
		factor = max(factor, f)
	}
	return eventsPerTick(float64(g.RateHz.largest()*factor), dtMs)
}

func eventsPerTick(hz, dtMs float64) float64 { return float64(hz*dtMs) / 1000 }

// Bound is a count that no target receives more than in one tick.
func (g PoissonGenerator) Bound(dtMs float64) int {
	return random.NewPoissonTable(g.meanCount(dtMs)).Bound()
}

// Drive draws the spikes that a PoissonGenerator sends to a slice of its targets.
// The count of target i at tick t is the draw of word Key.Sub(i).At(t) from the
// Poisson table of its rate, so it does not depend on the slice.
type Drive struct {
	keys    []random.Key
	hz      []float64 // one for all targets, or one each
	dtMs    float64
	profile steps
	on      active

	piece  int // the piece of the profile that tables are made for; -1 for none yet
	tables []countTable
	which  []uint32 // table of each target; nil where there is one for all
}

// New makes the drive of a slice of the targets, where Check has found no fault.
// Cost: 8 bytes a target, and 512 for each different rate.
func (g PoissonGenerator) New(s Slice) *Drive {
	d := &Drive{dtMs: s.DtMs, profile: g.Profile.steps(s.DtMs, 1), on: g.Span.ticks(s.DtMs), piece: -1}
	key := s.Key.Sub(forSpikes)
	d.keys = make([]random.Key, s.Len())
	for i := range d.keys {
		d.keys[i] = key.Sub(uint64(s.Lo + i))
	}
	d.hz = g.RateHz.of(s)
	if g.RateHz.List == nil && g.RateHz.Dist.IsConstant() {
		d.hz = d.hz[:min(1, len(d.hz))]
	}
	return d
}

// Add adds weightQuanta times its count to the sum of each target: sums[i] is
// that of neuron Lo+i, and len(sums) is the slice's. Cost: about 2 ns a target.
func (d *Drive) Add(t snn.Tick, sums []int32, weightQuanta int32) {
	if !d.on.on(t) || len(d.keys) == 0 {
		return
	}
	if piece := d.profile.piece(t); piece != d.piece {
		d.prepare(piece)
	}
	if d.which == nil {
		d.tables[0].add(d.keys, uint64(t), sums, weightQuanta)
		return
	}
	for i, k := range d.keys {
		sums[i] += d.tables[d.which[i]].draw(k.At(uint64(t))) * weightQuanta
	}
}

// prepare makes the tables of a piece of the profile.
func (d *Drive) prepare(piece int) {
	d.piece, d.tables = piece, d.tables[:0]
	factor := d.profile.values[piece]
	if len(d.hz) == 1 && len(d.keys) != 1 {
		d.tables = append(d.tables, newCountTable(eventsPerTick(float64(d.hz[0]*factor), d.dtMs)))
		return
	}
	d.which = make([]uint32, len(d.keys))
	made := make(map[float64]uint32)
	for i, hz := range d.hz {
		k, ok := made[hz]
		if !ok {
			k = uint32(len(d.tables))
			made[hz] = k
			d.tables = append(d.tables, newCountTable(eventsPerTick(float64(hz*factor), d.dtMs)))
		}
		d.which[i] = k
	}
}

// countTable is a PoissonTable with a column's threshold and alias in one word:
// the threshold in the upper 58 bits, the alias in the lower 6.
type countTable struct {
	columns [64]uint64
	parts   uint64
}

func newCountTable(mean float64) countTable {
	p := random.NewPoissonTable(mean)
	t := countTable{parts: uint64(p.Parts)}
	for k := range t.columns {
		if threshold := p.Threshold[k]; threshold < 1<<58 {
			t.columns[k] = threshold<<6 | uint64(p.Alias[k])
		} else {
			// A column that is always its own outcome does not fit: it is its own alias.
			t.columns[k] = uint64(k)
		}
	}
	return t
}

// draw is PoissonTable.Draw.
func (t *countTable) draw(word uint64) int32 {
	n := t.one(word)
	for part := uint64(1); part < t.parts; part++ {
		n += t.one(random.Key(word).At(part))
	}
	return n
}

func (t *countTable) one(word uint64) int32 {
	column := t.columns[word&63]
	n := column & 63
	if word>>6 < column>>6 {
		n = word & 63
	}
	return int32(n)
}

// add is the loop over targets of one rate.
func (t *countTable) add(keys []random.Key, tick uint64, sums []int32, weight int32) {
	if t.parts > 1 {
		for i, k := range keys {
			sums[i] += t.draw(k.At(tick)) * weight
		}
		return
	}
	sums = sums[:len(keys)]
	for i, k := range keys {
		sums[i] += t.one(k.At(tick)) * weight
	}
}
