package record

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/state"
)

// Statistics counts spikes and interspike intervals (ISIs) as they come, 32
// bytes a neuron. Spikes wait until there are many, since between two ticks a
// simulation drives the neurons' counts out of the caches.
//
// The ISI CV of a neuron is the standard deviation of its ISIs (divided by n,
// as in scipy.stats.variation) over their mean. That of a population is the mean
// over the neurons with at least 3 spikes after the discard, that is 2 ISIs; NaN
// where there is none. A neuron that fires twice in one tick has an ISI of 0;
// where all are 0 it has no CV and is left out.
type Statistics struct {
	populations  []Population
	clock        Clock
	discardTicks snn.Tick
	total        []int64       // spikes of the whole run, by population
	neurons      [][]neuronISI // of each population, side by side in all
	all          []neuronISI
	starts       []int // of each population in all

	waiting []uint32 // neurons that fired, by their place in all
	runs    []run    // of waiting, by tick
}

// run is the spikes waiting[.:end] that are of one tick.
type run struct {
	tick snn.Tick
	end  int
}

// waitMost is how many spikes wait at most, but for those of one tick.
const waitMost = 1 << 14

// neuronISI holds what the mean and variance of ISIs need. The sum of ISIs is
// last - first; squares are integers, at most the square of the run's ticks, so
// that int64 holds them to 3e9 ticks.
type neuronISI struct {
	span    snn.Tick // last - first
	last    snn.Tick
	squares int64
	spikes  int64
}

// NewStatistics counts the spikes of populations (and inputs) whose GID ranges
// do not overlap. Spikes before discardMs count in Spikes only.
func NewStatistics(populations []Population, dtMs, discardMs float64) *Statistics {
	s := &Statistics{populations: populations, clock: NewClock(dtMs), total: make([]int64, len(populations))}
	s.discardTicks = s.clock.Tick(discardMs)
	size := 0
	for _, p := range populations {
		s.starts = append(s.starts, size)
		size += int(p.Size())
	}
	s.all = make([]neuronISI, size)
	for k, p := range populations {
		s.neurons = append(s.neurons, s.all[s.starts[k]:s.starts[k]+int(p.Size())])
	}
	return s
}

// Append counts spikes of one tick. Ticks must not fall; GIDs come in any order
// and fastest in rising order. gids is not kept.
func (s *Statistics) Append(tick snn.Tick, gids []snn.GID) error {
	k := 0
	for _, gid := range gids {
		if k == len(s.populations) || gid < s.populations[k].First || gid >= s.populations[k].End {
			if k = populationOf(s.populations, gid); k < 0 {
				return fmt.Errorf("record: spike of GID %d at tick %d: no population has that GID", gid, tick)
			}
		}
		s.total[k]++
		if tick <= s.discardTicks && s.discardTicks > 0 {
			continue // the step that ends at the discard belongs to it
		}
		s.waiting = append(s.waiting, uint32(s.starts[k]+int(gid-s.populations[k].First)))
	}
	if n := len(s.waiting); n > 0 && (len(s.runs) == 0 || s.runs[len(s.runs)-1].end < n) {
		s.runs = append(s.runs, run{tick, n})
	}
	if len(s.waiting) >= waitMost {
		s.count()
	}
	return nil
}

// count takes in the spikes that wait.
func (s *Statistics) count() {
	from := 0
	for _, r := range s.runs {
		for _, i := range s.waiting[from:r.end] {
			n := &s.all[i]
			if n.spikes > 0 {
				isi := r.tick - n.last
				n.span += isi
				n.squares += int64(isi) * int64(isi)
			}
			n.last = r.tick
			n.spikes++
		}
		from = r.end
	}
	s.waiting, s.runs = s.waiting[:0], s.runs[:0]
}

// populationOf is the index of the population that holds gid, or -1.
func populationOf(populations []Population, gid snn.GID) int {
	for k := range populations {
		if gid >= populations[k].First && gid < populations[k].End {
			return k
		}
	}
	return -1
}

// Population sums up the k-th population after durationMs of biological time.
// Synchrony is empty; cost O(size).
func (s *Statistics) Population(k int, durationMs float64) PopulationSummary {
	s.count()
	out := PopulationSummary{Size: s.populations[k].Size(), Spikes: s.total[k], RateHz: NaN, CVISI: NaN}
	var counted, withCV int64
	var sum float64
	for _, n := range s.neurons[k] {
		counted += n.spikes
		if cv := n.cv(); n.spikes >= 3 && !math.IsNaN(cv) {
			sum += cv
			withCV++
		}
	}
	seconds := (durationMs - s.clock.Ms(s.discardTicks)) / 1000
	if out.Size > 0 && seconds > 0 {
		out.RateHz = Number(float64(counted) / (float64(out.Size) * seconds))
	}
	if withCV > 0 {
		out.CVISI = Number(sum / float64(withCV))
	}
	return out
}

// cv is the CV of the neuron's ISIs, NaN where their mean is 0.
func (n neuronISI) cv() float64 {
	count := float64(n.spikes - 1)
	mean := float64(n.span) / count
	if !(mean > 0) {
		return math.NaN()
	}
	variance := float64(n.squares)/count - float64(mean*mean)
	return math.Sqrt(max(variance, 0)) / mean
}

// Summaries is Population for all, by name.
func (s *Statistics) Summaries(durationMs float64) map[string]PopulationSummary {
	out := make(map[string]PopulationSummary, len(s.populations))
	for k, p := range s.populations {
		out[p.Name] = s.Population(k, durationMs)
	}
	return out
}

// Save writes the counts so far.
func (s *Statistics) Save(w *state.Writer) {
	s.count()
	state.PutList(w, s.total)
	for _, p := range s.neurons {
		w.Int(int64(len(p)))
		for _, n := range p {
			for _, x := range [...]int64{int64(n.span), int64(n.last), n.squares, n.spikes} {
				w.Int(x)
			}
		}
	}
}

// Load reads what Save wrote for the same populations.
func (s *Statistics) Load(r *state.Reader) {
	total := state.GetList[int64](r)
	if r.Err() == nil && len(total) != len(s.total) {
		r.Fail("statistics of %d populations, expected %d", len(total), len(s.total))
		return
	}
	copy(s.total, total)
	for k := range s.neurons {
		if n := r.Int(); r.Err() == nil && n != int64(len(s.neurons[k])) {
			r.Fail("statistics of %d neurons of %s, expected %d", n, s.populations[k].Name, len(s.neurons[k]))
			return
		}
		for i := range s.neurons[k] {
			s.neurons[k][i] = neuronISI{span: snn.Tick(r.Int()), last: snn.Tick(r.Int()), squares: r.Int(), spikes: r.Int()}
		}
	}
}
