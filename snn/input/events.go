package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/dataset"
)

// Events is a population that plays recordings of an event camera, one a trial.
// The neuron of pixel (x, y) and polarity p is (p*Height + y)*Width + x, where p
// is 0 for a fall of brightness and 1 for a rise. Several events of a neuron in
// one tick are one spike; what does not fit the presentation is left out. A
// recording is what it is: the trial's gain has no effect.
type Events struct {
	Sets          [][]dataset.Recording // a Trial's Set counts in it
	Width, Height int                   // in pixels: 34 x 34 for N-MNIST
	TimeScale     float64               // factor on the recordings' times: 0.5 plays them twice as fast
}

// Size is Width * Height * 2.
func (e Events) Size() int { return e.Width * e.Height * 2 }

// Items is the number of recordings in a set.
func (e Events) Items(set int) int { return len(e.Sets[set]) }

// Check returns what is wrong with the recipe. Cost: reads every event.
func (e Events) Check(dtMs float64) []string {
	faults := checkSize(e.Size(), dtMs)
	if len(e.Sets) == 0 {
		faults = append(faults, "there is no set of recordings: name at least one")
	}
	if !(e.TimeScale > 0) || math.IsInf(e.TimeScale, 0) {
		faults = append(faults, fmt.Sprintf("time_scale must be > 0, is %g", e.TimeScale))
	}
	for s, set := range e.Sets {
		for item, r := range set {
			for k := range r.Len() {
				if v := r.Event(k); int(v.X) >= e.Width || int(v.Y) >= e.Height {
					return append(faults, fmt.Sprintf("set %d, recording %d: event %d is at pixel (%d, %d), outside the %d x %d of the camera", s, item, k, v.X, v.Y, e.Width, e.Height))
				}
			}
		}
	}
	return faults
}

// New makes the source of a slice. Cost: a trial reads its recording once.
func (e Events) New(s Slice) Source { return &events{recipe: e, slice: s} }

type events struct {
	recipe Events
	slice  Slice
	trialRaster
}

func (e *events) Begin(trial Trial) {
	e.raster.reset(trial.Start, trial.PresentTicks)
	if trial.PresentTicks > 0 {
		r := e.recipe.Sets[trial.Set][trial.Item]
		ticksPerUs := e.recipe.TimeScale / float64(1000*e.slice.DtMs)
		for k := range r.Len() {
			v := r.Event(k)
			p := 0
			if v.On {
				p = 1
			}
			neuron := (p*e.recipe.Height+int(v.Y))*e.recipe.Width + int(v.X)
			at := snn.Tick(float64(v.TimeUs) * ticksPerUs)
			if neuron >= e.slice.Lo && neuron < e.slice.Hi && at < snn.Tick(trial.PresentTicks) {
				e.raster.add(int(at), uint32(neuron-e.slice.Lo))
			}
		}
	}
	e.raster.sort(true)
	e.raster.compact()
}
