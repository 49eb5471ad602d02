package train

import (
	"slices"

	"github.com/volley-snn/volley/snn/dataset"
)

// Trials are the spikes of samples that are recorded, tick by tick.
type Trials struct {
	Inputs, Ticks int
	start         []int // of a sample's tick, and where the last ends
	spikes        []uint32
}

// Record makes trials of what an event camera of width x height pixels saw: pixel p
// turning darker is input p, turning brighter width*height + p. An input that has
// several events in a tick of so many us spikes once; events after the last tick are
// left out.
func Record(items []dataset.Recording, width, height, ticks int, tickUs float64) *Trials {
	t := &Trials{Inputs: 2 * width * height, Ticks: ticks, start: []int{0}}
	for _, r := range items {
		k := 0
		for tick := range ticks {
			from := len(t.spikes)
			for ; k < r.Len(); k++ {
				e := r.Event(k)
				if int(float64(e.TimeUs)/tickUs) > tick {
					break
				}
				input := int(e.Y)*width + int(e.X)
				if e.On {
					input += width * height
				}
				t.spikes = append(t.spikes, uint32(input))
			}
			slices.Sort(t.spikes[from:])
			t.spikes = t.spikes[:from+len(slices.Compact(t.spikes[from:]))]
			t.start = append(t.start, len(t.spikes))
		}
	}
	return t
}

// N is the number of samples.
func (t *Trials) N() int { return (len(t.start) - 1) / t.Ticks }

// Of is which inputs spike in a tick of a sample, ascending.
func (t *Trials) Of(sample, tick int) []uint32 {
	at := sample*t.Ticks + tick
	return t.spikes[t.start[at]:t.start[at+1]]
}
