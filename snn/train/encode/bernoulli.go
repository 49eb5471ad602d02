package encode

import (
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// Bernoulli lets a pixel of brightness x, 0 to 1, spike in tick k with probability
// Gain exp(-Decay k) x, at most 1.
type Bernoulli struct {
	Gain, Decay float64

	below [][256]uint32 // by tick and pixel: a word below it is a spike; all ones: always
}

// NewBernoulli encodes trials of so many ticks. The published single-layer network
// has gain 20 and decay 5/9.
func NewBernoulli(gain, decay float64, ticks int) *Bernoulli {
	b := &Bernoulli{Gain: gain, Decay: decay, below: make([][256]uint32, ticks)}
	for k := range b.below {
		strength := gain * pinned.Exp(-decay*float64(k))
		for x := range 256 {
			p := strength * float64(x) / 255
			b.below[k][x] = uint32(min(p*(1<<32), 1<<32-1))
		}
	}
	return b
}

// Append is Encoder's. Pixel i of tick k draws word k*len(pixels)+i.
func (b *Bernoulli) Append(spikes []uint32, pixels []byte, tick int, lanes random.Lanes) []uint32 {
	below, word := &b.below[tick], uint32(tick*len(pixels))
	for i, x := range pixels {
		most := below[x]
		if most == 0 {
			continue
		}
		if most == 1<<32-1 || lanes.At(word+uint32(i)) < most {
			spikes = append(spikes, uint32(i))
		}
	}
	return spikes
}
