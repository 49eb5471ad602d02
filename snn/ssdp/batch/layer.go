package batch

import "fmt"

// Layer is what a layer's neurons did in the samples of a batch. Slices are
// [samples x neurons], row-major by sample, and stay the caller's.
type Layer struct {
	Neurons int
	// First is each neuron's spike time in ticks, 0 to Ticks-1, and Ticks where it
	// was silent: see [Times].
	First []int32
	// At is the time where times are not whole ticks, instead of First.
	At []float32
	// Fired is 1 for a neuron that counts as active and 0 for one that does not;
	// nil: those with a time below Ticks. Without First and At all times are 0.
	Fired []float32
}

// SampleError says that the data of a layer cannot be used.
type SampleError struct {
	Layer          string // pre or post
	Sample, Neuron int    // -1: not of one
	What           string
}

func (e *SampleError) Error() string {
	if e.Sample < 0 {
		return fmt.Sprintf("ssdp: %s layer: %s", e.Layer, e.What)
	}
	return fmt.Sprintf("ssdp: %s layer, sample %d, neuron %d: %s", e.Layer, e.Sample, e.Neuron, e.What)
}

// check compares the lengths of the slices with samples.
func (l *Layer) check(name string, samples int) error {
	fault := func(format string, args ...any) error {
		return &SampleError{name, -1, -1, fmt.Sprintf(format, args...)}
	}
	n := samples * l.Neurons
	switch {
	case l.Neurons < 1:
		return fault("has %d neurons, expected at least 1", l.Neurons)
	case l.First == nil && l.At == nil && l.Fired == nil:
		return fault("has neither spike times nor activity")
	case l.First != nil && l.At != nil:
		return fault("has both whole and fractional times, expected one of them")
	case l.First != nil && len(l.First) != n:
		return fault("has %d times, expected %d samples of %d neurons", len(l.First), samples, l.Neurons)
	case l.At != nil && len(l.At) != n:
		return fault("has %d times, expected %d samples of %d neurons", len(l.At), samples, l.Neurons)
	case l.Fired != nil && len(l.Fired) != n:
		return fault("has %d activities, expected %d samples of %d neurons", len(l.Fired), samples, l.Neurons)
	}
	return nil
}

// time is a neuron's time; k counts through the samples.
func (l *Layer) time(k int) float64 {
	switch {
	case l.First != nil:
		return float64(l.First[k])
	case l.At != nil:
		return float64(l.At[k])
	}
	return 0
}
