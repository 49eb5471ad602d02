package protocol

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
)

// Trial is one presentation of an item to the network: it lasts (Start, End].
type Trial struct {
	input.Trial
	End         snn.Tick
	Phase       int     // which of the protocol's phases
	Number      int     // counted in its phase from 0; a repeat has its trial's number
	Plasticity  bool    // weights change
	Homeostasis bool    // thresholds and normalisation act
	Rate        float64 // factor on learning rates and threshold steps
}
