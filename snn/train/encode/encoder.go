package encode

import "github.com/volley-snn/volley/snn/random"

// Encoder makes spikes of pixels.
type Encoder interface {
	// Append appends which pixels spike in a tick, ascending. lanes is the sample's
	// own stream of words.
	Append(spikes []uint32, pixels []byte, tick int, lanes random.Lanes) []uint32
}
