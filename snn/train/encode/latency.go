package encode

import (
	"math"

	"github.com/volley-snn/volley/snn/random"
)

// Latency lets every pixel that is brighter than Least spike once, the brighter the
// earlier: white in tick 0, the darkest in the last.
type Latency struct {
	at [256]int // by pixel; -1: never
}

// NewLatency encodes trials of so many ticks; least is the brightness, 0 to 1, up
// to which a pixel is silent.
func NewLatency(least float64, ticks int) *Latency {
	l := &Latency{}
	for x := range l.at {
		l.at[x] = -1
		if y := float64(x) / 255; y > least {
			l.at[x] = int(float64((1-y)/(1-least)*float64(ticks-1)) + 0.5)
		}
	}
	return l
}

// Append is Encoder's; it draws nothing.
func (l *Latency) Append(spikes []uint32, pixels []byte, tick int, _ random.Lanes) []uint32 {
	for i, x := range pixels {
		if l.at[x] == tick {
			spikes = append(spikes, uint32(i))
		}
	}
	return spikes
}

// Brightness is that of a pixel which Latency, with least 0, lets spike in a tick:
// for trials of at most [MostTicks].
func Brightness(tick, ticks int) byte {
	if ticks < 2 {
		return 255
	}
	return byte(max(1, math.Round(255*float64(ticks-1-tick)/float64(ticks-1))))
}

// MostTicks is the longest trial whose ticks a pixel can tell apart.
const MostTicks = 128
