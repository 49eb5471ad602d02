package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
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

func (g *ac) Until(t snn.Tick) snn.Tick {
	if g.on.on(t) {
		return t
	}
	return g.on.until(t)
}

// wave is a sine over ticks.
type wave struct{ turnsPerTick, turns0 float64 }

func newWave(frequencyHz, phaseDeg, dtMs float64) wave {
	return wave{eventsPerTick(frequencyHz, dtMs), phaseDeg / 360}
}

func (w wave) at(t snn.Tick) float64 {
	return pinned.SinTurns(float64(float64(t)*w.turnsPerTick) + w.turns0)
}
