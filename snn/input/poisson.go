package input

import (
	"fmt"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// Poisson is a population of independent Poisson processes. In a tick of length
// dt a neuron of rate r spikes with probability 1 - exp(-r dt).
type Poisson struct {
	N       int
	RateHz  Values
	Profile Curve // factor on all rates; 1 before its first time. With a rate of 1 Hz its values are rates in Hz.
}

// Size is N.
func (p Poisson) Size() int { return p.N }

// Check returns what is wrong with the recipe.
func (p Poisson) Check(dtMs float64) []string {
	faults := append(append(checkSize(p.N, dtMs), p.RateHz.check("rate", "Hz", p.N, 0)...), p.Profile.Check("rate_profile", 0)...)
	if len(faults) == 0 {
		if mean := eventsPerTick(p.RateHz.largest(), dtMs); mean > mostPerTick {
			faults = append(faults, tooMany("rate", mean, dtMs))
		}
	}
	return faults
}

func checkSize(n int, dtMs float64) (faults []string) {
	if n < 1 {
		faults = append(faults, fmt.Sprintf("size must be at least 1, is %d", n))
	}
	if !(dtMs > 0) {
		faults = append(faults, fmt.Sprintf("dt must be > 0 ms, is %g ms", dtMs))
	}
	return faults
}

// New makes the source of a slice. Cost: about one logarithm a spike, and one
// more for each neuron and block of 1,024 ticks.
func (p Poisson) New(s Slice) Source {
	src := &poisson{key: s.Key.Sub(forSpikes), lo: s.Lo, ticksPerEvent: p.RateHz.of(s), profile: p.Profile.steps(s.DtMs, 1)}
	for i, hz := range src.ticksPerEvent {
		src.ticksPerEvent[i] = ticksPerEvent(hz, s.DtMs)
	}
	return src
}

// ticksPerEvent is the mean gap of a process, +Inf for rate 0.
func ticksPerEvent(hz, dtMs float64) float64 { return 1000 / float64(hz*dtMs) }

type poisson struct {
	noTrials
	key           random.Key
	lo            int
	ticksPerEvent []float64
	profile       steps
	raster        raster
	pieces        []piece
}

// piece is a part of a block with one factor on the rates.
type piece struct {
	end    int // offset in the block, exclusive
	factor float64
}

// noTrials is the Begin of a source without items.
type noTrials struct{}

func (noTrials) Begin(Trial) {}

func (p *poisson) Spikes(t snn.Tick, dst []uint32) []uint32 {
	if !p.raster.covers(t) {
		p.fill(blockOf(t))
	}
	return p.raster.at(t, dst)
}

func (p *poisson) fill(block int64) {
	from := snn.Tick(block << blockBits)
	p.raster.reset(from, blockTicks)
	p.pieces = p.profile.within(from, blockTicks, p.pieces[:0])
	for i, gap := range p.ticksPerEvent {
		train := gapTrain(p.key.Sub(uint64(p.lo+i)), block)
		for k := train.next(gap, 0, p.pieces); k < blockTicks; k = train.next(gap, k+1, p.pieces) {
			p.raster.add(k, uint32(i))
		}
	}
	p.raster.sort(false)
}

// within cuts the span (from, from+ticks] into pieces of one factor each.
func (s steps) within(from snn.Tick, ticks int, dst []piece) []piece {
	to := from + snn.Tick(ticks)
	for k := s.piece(from + 1); ; k++ {
		end := min(s.end(k), to)
		dst = append(dst, piece{int(end - from), s.values[k]})
		if end == to {
			return dst
		}
	}
}

// train reads the gaps of one neuron in one block of ticks.
type train struct {
	key  random.Key
	word uint64
}

// gapTrain starts the gaps of a block: a block has at most blockTicks spikes and
// one gap more, so the words of different blocks never meet.
func gapTrain(key random.Key, block int64) train {
	return train{key, uint64(block) * (2 * blockTicks)}
}

// next is the offset of the first spike at or after offset k, or some offset
// beyond the last piece. A unit exponential, stretched by the mean gap, is used
// up by the pieces at the speed of their factors; its floor in ticks is
// geometric with success probability 1 - exp(-factor/ticksPerEvent).
func (t *train) next(ticksPerEvent float64, k int, pieces []piece) int {
	left := -float64(pinned.Log(t.key.Uniform(t.word)) * ticksPerEvent)
	t.word++
	for _, p := range pieces {
		if k >= p.end {
			continue
		}
		if room := float64(float64(p.end-k) * p.factor); left >= room {
			left -= room
			k = p.end
			continue
		}
		return min(k+int(left/p.factor), p.end-1)
	}
	return pieces[len(pieces)-1].end
}
