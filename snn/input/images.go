package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/random"
)

// Encoding is how numbers become spikes.
type Encoding string

const (
	RateCode    Encoding = "rate"    // images: a pixel is the rate of a Poisson process
	LatencyCode Encoding = "latency" // images: one spike a pixel, the brighter the earlier

	DeltaCode     Encoding = "delta"     // series: a spike for each step of a given size
	ThresholdCode Encoding = "threshold" // series: a spike when a threshold is crossed
)

// Images is a population with one neuron a pixel, row-major, that shows one
// image a trial.
//
// With RateCode, pixel x of 0..255 is a Poisson process of MaxRateHz * x/255 *
// gain. With LatencyCode it spikes once, at a time that falls linearly from the
// end of the presentation (at Floor) to its first tick (at 255); the gain
// multiplies x, up to 255. Pixels at or below Floor are silent.
type Images struct {
	Sets      []*dataset.Images // all of one height and width; a Trial's Set counts in it
	Encoding  Encoding
	MaxRateHz float64
	Floor     float64
}

// Size is the number of pixels of an image.
func (m Images) Size() int {
	if len(m.Sets) == 0 {
		return 0
	}
	return m.Sets[0].Rows * m.Sets[0].Cols
}

// Items is the number of images in a set.
func (m Images) Items(set int) int { return m.Sets[set].N }

// Check returns what is wrong with the recipe.
func (m Images) Check(dtMs float64) []string {
	if len(m.Sets) == 0 {
		return []string{"there is no set of images: name at least one"}
	}
	faults := checkSize(m.Size(), dtMs)
	for k, s := range m.Sets {
		if s.Rows != m.Sets[0].Rows || s.Cols != m.Sets[0].Cols {
			faults = append(faults, fmt.Sprintf("set %d has images of %d x %d pixels, and set 0 of %d x %d: all must be alike", k, s.Rows, s.Cols, m.Sets[0].Rows, m.Sets[0].Cols))
		}
	}
	if m.Encoding != RateCode && m.Encoding != LatencyCode {
		faults = append(faults, fmt.Sprintf("encoding of images must be rate or latency, is %q", m.Encoding))
	}
	if m.Encoding == RateCode && (!(m.MaxRateHz > 0) || math.IsInf(m.MaxRateHz, 0)) {
		faults = append(faults, fmt.Sprintf("max_rate must be > 0 Hz, is %g Hz", m.MaxRateHz))
	}
	if !(m.Floor >= 0 && m.Floor < 255) {
		faults = append(faults, fmt.Sprintf("floor must be at least 0 and below 255, is %g", m.Floor))
	}
	return faults
}

// New makes the source of a slice. Cost: a trial is drawn when it begins, about
// one logarithm a spike and one more for each pixel above the floor.
func (m Images) New(s Slice) Source {
	return &images{recipe: m, slice: s, key: s.Key.Sub(forSpikes)}
}

type images struct {
	recipe Images
	slice  Slice
	key    random.Key
	trialRaster
}

// trialRaster is the spikes of the trial under way.
type trialRaster struct{ raster raster }

func (r *trialRaster) Spikes(t snn.Tick, dst []uint32) []uint32 {
	if !r.raster.covers(t) {
		return dst
	}
	return r.raster.at(t, dst)
}

func (m *images) Begin(trial Trial) {
	m.raster.reset(trial.Start, trial.PresentTicks)
	if trial.PresentTicks > 0 {
		pixels := m.recipe.Sets[trial.Set].Image(trial.Item)[m.slice.Lo:m.slice.Hi]
		if m.recipe.Encoding == LatencyCode {
			m.latencies(pixels, trial)
		} else {
			m.trains(pixels, trial)
		}
	}
	m.raster.sort(false)
}

func (m *images) trains(pixels []byte, trial Trial) {
	key := m.key.Sub(trial.Index)
	full := ticksPerEvent(float64(m.recipe.MaxRateHz*trial.Gain), m.slice.DtMs)
	whole := [1]piece{{trial.PresentTicks, 1}}
	for i, x := range pixels {
		if float64(x) <= m.recipe.Floor {
			continue
		}
		gap := full * 255 / float64(x)
		train := train{key: key.Sub(uint64(m.slice.Lo + i))}
		for k := train.next(gap, 0, whole[:]); k < trial.PresentTicks; k = train.next(gap, k+1, whole[:]) {
			m.raster.add(k, uint32(i))
		}
	}
}

func (m *images) latencies(pixels []byte, trial Trial) {
	floor, last := m.recipe.Floor, float64(trial.PresentTicks-1)
	for i, pixel := range pixels {
		if x := min(float64(pixel)*trial.Gain, 255); x > floor {
			m.raster.add(int((255-x)/(255-floor)*last), uint32(i))
		}
	}
}
