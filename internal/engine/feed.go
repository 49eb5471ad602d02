package engine

import (
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Feed is where the spikes of injected populations come from.
type Feed interface {
	// Spikes is what they emit in the ticks (from, to], nil where they are silent;
	// valid until the next call. After an error the run cannot go on.
	Spikes(from, to snn.Tick) (*kernel.Batch, error)
}
