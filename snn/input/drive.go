package input

import (
	"fmt"

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
	if len(faults) == 0 {
		if mean := g.meanCount(dtMs); mean > mostPerTick {
			faults = append(faults, tooMany("rate", mean, dtMs))
		}
	}
	return faults
}

// mostPerTick is the largest mean count of a tick that is drawn.
const mostPerTick = 1e6

// tooMany words the fault of a rate whose mean count a tick is above mostPerTick.
func tooMany(name string, mean, dtMs float64) string {
	return fmt.Sprintf("%s reaches %.4g Hz, which is %.4g spikes a tick (%g ms); at most %g can be drawn", name, mean*1000/dtMs, mean, dtMs, float64(mostPerTick))
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
// The count of target i at tick t is the draw of i under Key.Sub(t) from the
// Poisson table of its rate, so it does not depend on the slice.
type Drive struct {
	key     random.Key
	lo, n   int       // targets lo to lo+n of the population
	hz      []float64 // one for all targets, or one each
	dtMs    float64
	profile steps
	on      active

	piece  int                  // the piece of the profile that what follows is made for; -1 for none yet
	adder  *random.PoissonAdder // where there is one rate for all; nil where it is 0
	tables []*random.PoissonTable
	which  []uint32 // table of each target, where rates differ
}

// New makes the drive of a slice of the targets, where Check has found no fault.
// Cost: 12 bytes a target and up to 600 for each rate where rates differ.
func (g PoissonGenerator) New(s Slice) *Drive {
	d := &Drive{key: s.Key.Sub(forSpikes), lo: s.Lo, n: s.Len(), dtMs: s.DtMs, profile: g.Profile.steps(s.DtMs, 1), on: g.Span.ticks(s.DtMs), piece: -1}
	if g.RateHz.List == nil && g.RateHz.Dist.IsConstant() {
		d.hz = []float64{g.RateHz.Dist.A}
	} else {
		d.hz = g.RateHz.of(s)
	}
	return d
}

// Add adds weightQuanta times its count to the sum of each target: sums[i] is
// that of neuron Lo+i, and len(sums) is the slice's. Cost: about 0.35 ns a target
// of one rate for all and up to 3.5 spikes a tick, where there is vector code for
// it; 2.5 without, or 3.5 where rates differ.
func (d *Drive) Add(t snn.Tick, sums []int32, weightQuanta int32) {
	if !d.on.on(t) || d.n == 0 {
		return
	}
	if piece := d.profile.piece(t); piece != d.piece {
		d.prepare(piece)
	}
	key := d.key.Sub(uint64(t))
	if d.adder != nil {
		d.adder.Add(key, d.lo, sums, weightQuanta)
	}
	if d.which != nil {
		random.AddPoisson(d.tables, d.which, key, d.lo, sums, weightQuanta)
	}
}

// prepare makes the tables of a piece of the profile.
func (d *Drive) prepare(piece int) {
	d.piece, d.tables, d.adder = piece, d.tables[:0], nil
	factor := d.profile.values[piece]
	if len(d.hz) == 1 {
		if mean := eventsPerTick(float64(d.hz[0]*factor), d.dtMs); mean > 0 {
			d.adder = random.NewPoissonAdder(random.NewPoissonTable(mean))
		}
		return
	}
	d.which = make([]uint32, len(d.hz))
	made := make(map[float64]uint32)
	for i, hz := range d.hz {
		k, ok := made[hz]
		if !ok {
			k = uint32(len(d.tables))
			made[hz] = k
			d.tables = append(d.tables, random.NewPoissonTable(eventsPerTick(float64(hz*factor), d.dtMs)))
		}
		d.which[i] = k
	}
}
