package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
)

// ACGenerator is a sinusoidal current: OffsetPA + AmplitudePA sin(2 pi FrequencyHz t
// + PhaseDeg), with t the end of the step, as in NEST.
type ACGenerator struct {
	AmplitudePA Values
	OffsetPA    float64
	FrequencyHz float64
	PhaseDeg    float64
	Span        Span
}

// Check returns what is wrong with the generator.
func (g ACGenerator) Check(dtMs float64, size int) []string {
	faults := append(checkSize(size, dtMs), g.Span.check()...)
	faults = append(faults, g.AmplitudePA.check("amplitude", "pA", size, math.Inf(-1))...)
	return append(append(faults, checkFinite("offset", "pA", g.OffsetPA)...), checkWave(g.FrequencyHz, g.PhaseDeg)...)
}

func checkFinite(name, unit string, x float64) []string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return []string{fmt.Sprintf("%s must be a finite number of %s, is %g", name, unit, x)}
	}
	return nil
}

func checkWave(frequencyHz, phaseDeg float64) []string {
	faults := checkFinite("phase", "deg", phaseDeg)
	if !(frequencyHz >= 0) || math.IsInf(frequencyHz, 0) {
		faults = append(faults, fmt.Sprintf("frequency must be at least 0 Hz and finite, is %g Hz", frequencyHz))
	}
	return faults
}

// New makes the current into a slice.
func (g ACGenerator) New(s Slice) Current {
	return &ac{g.AmplitudePA.of(s), g.OffsetPA, newWave(g.FrequencyHz, g.PhaseDeg, s.DtMs), g.Span.ticks(s.DtMs)}
}

type ac struct {
	amplitude []float64
	offset    float64
	wave      wave
	on        active
}

func (g *ac) AddCurrent(t snn.Tick, current []float64) {
	if !g.on.on(t) {
		return
	}
	sin := g.wave.at(t)
	for i, a := range g.amplitude {
		current[i] += g.offset + float64(a*sin)
	}
}

// wave is a sine over ticks.
type wave struct{ turnsPerTick, turns0 float64 }

func newWave(frequencyHz, phaseDeg, dtMs float64) wave {
	return wave{eventsPerTick(frequencyHz, dtMs), phaseDeg / 360}
}

func (w wave) at(t snn.Tick) float64 {
	return sinTurns(float64(float64(t)*w.turnsPerTick) + w.turns0)
}

// sinTurns is sin(2 pi x). Whole turns are taken off without rounding, so a late
// time is as good as an early one; the Taylor polynomial on an eighth of a turn
// either way is exact to about one unit in the last place.
func sinTurns(x float64) float64 {
	x -= math.Floor(x)
	quarter := math.Floor(float64(x*4) + 0.5)
	r := float64((x - quarter/4) * (2 * math.Pi))
	r2 := float64(r * r)
	var y float64
	switch int(quarter) & 3 {
	case 0:
		y = sinNear(r, r2)
	case 1:
		y = cosNear(r2)
	case 2:
		y = -sinNear(r, r2)
	case 3:
		y = -cosNear(r2)
	}
	return y
}

func sinNear(r, r2 float64) float64 {
	y := -1 / 1307674368000.0
	y = math.FMA(y, r2, 1/6227020800.0)
	y = math.FMA(y, r2, -1/39916800.0)
	y = math.FMA(y, r2, 1/362880.0)
	y = math.FMA(y, r2, -1/5040.0)
	y = math.FMA(y, r2, 1/120.0)
	y = math.FMA(y, r2, -1/6.0)
	return math.FMA(float64(y*r2), r, r)
}

func cosNear(r2 float64) float64 {
	y := 1 / 20922789888000.0
	y = math.FMA(y, r2, -1/87178291200.0)
	y = math.FMA(y, r2, 1/479001600.0)
	y = math.FMA(y, r2, -1/3628800.0)
	y = math.FMA(y, r2, 1/40320.0)
	y = math.FMA(y, r2, -1/720.0)
	y = math.FMA(y, r2, 1/24.0)
	y = math.FMA(y, r2, -0.5)
	return math.FMA(y, r2, 1)
}
