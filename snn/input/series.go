package input

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/dataset"
)

// Series is a population that turns recorded channels into spikes. Channel c has
// two neurons, 2c for rises and 2c+1 for falls. Values are first put on the scale
// of the channel: its mean over the leading rows is 0, their standard deviation 1.
//
// With DeltaCode a neuron spikes whenever the value, taken as straight between
// rows, has moved by Delta since the channel's last spike. With ThresholdCode it
// spikes when the value leaves [-Delta, Delta] upwards or downwards. Row k is at
// (k+1) IntervalMs.
type Series struct {
	Data       *dataset.Series
	Encoding   Encoding
	Delta      float64 // in standard deviations
	IntervalMs float64 // between two rows
	Leading    int     // rows that mean and deviation are taken from; 0 is all
}

// Size is two neurons a channel.
func (s Series) Size() int { return 2 * len(s.Data.Values) }

// Check returns what is wrong with the recipe.
func (s Series) Check(dtMs float64) []string {
	faults := checkSize(s.Size(), dtMs)
	if s.Encoding != DeltaCode && s.Encoding != ThresholdCode {
		faults = append(faults, fmt.Sprintf("encoding of series must be delta or threshold, is %q", s.Encoding))
	}
	if !(s.Delta > 0) || math.IsInf(s.Delta, 0) {
		faults = append(faults, fmt.Sprintf("delta must be > 0 standard deviations, is %g", s.Delta))
	}
	if !(s.IntervalMs >= dtMs) || math.IsInf(s.IntervalMs, 0) {
		faults = append(faults, fmt.Sprintf("interval must be at least one tick, %g ms, is %g ms", dtMs, s.IntervalMs))
	}
	if s.Leading < 0 || s.Leading == 1 || s.Leading > s.Data.Rows() {
		faults = append(faults, fmt.Sprintf("leading must be 0, or 2 to the %d rows that there are, is %d", s.Data.Rows(), s.Leading))
	}
	return faults
}

// New makes the source of a slice. Cost: every channel is encoded once.
func (s Series) New(cut Slice) Source {
	var spikes []event
	for c, values := range s.Data.Values {
		s.encode(values, func(rise bool, ms float64) {
			n := 2 * c
			if !rise {
				n++
			}
			if n >= cut.Lo && n < cut.Hi {
				spikes = append(spikes, event{ticksOf(ms, cut.DtMs), uint32(n - cut.Lo)})
			}
		})
	}
	return newTimeline(spikes)
}

// encode calls emit for each spike of a channel, in order of time.
func (s Series) encode(values []float64, emit func(rise bool, ms float64)) {
	mean, deviation := s.scale(values)
	if deviation == 0 {
		return // a channel that never moves in the leading rows has no scale
	}
	last, level := (values[0]-mean)/deviation, (values[0]-mean)/deviation
	for k, raw := range values[1:] {
		x := (raw - mean) / deviation
		at := func(crossed float64) float64 {
			return (float64(k+1) + (crossed-last)/(x-last)) * s.IntervalMs
		}
		if s.Encoding == ThresholdCode {
			if last <= s.Delta && x > s.Delta {
				emit(true, at(s.Delta))
			}
			if last >= -s.Delta && x < -s.Delta {
				emit(false, at(-s.Delta))
			}
		} else {
			for ; x >= level+s.Delta; emit(true, at(level)) {
				level += s.Delta
			}
			for ; x <= level-s.Delta; emit(false, at(level)) {
				level -= s.Delta
			}
		}
		last = x
	}
}

// scale is the mean and standard deviation of the leading rows.
func (s Series) scale(values []float64) (mean, deviation float64) {
	if s.Leading > 0 {
		values = values[:s.Leading]
	}
	for _, x := range values {
		mean += x
	}
	mean /= float64(len(values))
	squares := 0.0
	for _, x := range values {
		squares += float64((x - mean) * (x - mean))
	}
	return mean, math.Sqrt(squares / float64(len(values)))
}
