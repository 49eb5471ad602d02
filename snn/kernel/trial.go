package kernel

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
)

var inf = math.Inf(1)

// Trial is one presentation of an item to the network: it lasts (Start, End].
type Trial struct {
	input.Trial
	End         snn.Tick
	Plasticity  bool    // weights change
	Homeostasis bool    // thresholds and normalisation act
	Rate        float64 // factor on learning rates and threshold steps
}
