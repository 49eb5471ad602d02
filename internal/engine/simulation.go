package engine

import (
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Simulation is a network that is simulated, in this process or on the nodes of a
// cluster. Who drives it sees no difference.
type Simulation interface {
	// Compiled is the network.
	Compiled() *kernel.Network

	// Now is the tick up to which it has been simulated.
	Now() snn.Tick

	// Advance simulates up to tick to, at most to the network's Boundary, and fills
	// in what the step brought: To, Outputs, Aggregates. starts, where not nil, is a
	// trial that begins with it. After an error time stands still.
	Advance(m *Moment, to snn.Tick, starts *kernel.Trial) error

	// Settle takes in what the last step emitted, so that every update that is due
	// by now has taken effect. It is the last thing that is simulated.
	Settle() error

	// EachWeight yields the weights of a plastic projection as they are now, by
	// target, then source; target and sources count in their populations. Slices are
	// used again.
	EachWeight(p *kernel.Projection, yield func(target int, sources []uint32, weights []float64)) error

	// Account says what the simulation is made of, and what building it cost.
	Account() (*Account, error)
}

// Account is what a simulation is made of.
type Account struct {
	Holdings     map[string]kernel.Holding // by projection
	Synapses     int64
	Bytes        int64 // of the projections
	Events       int64 // synapses that spikes have crossed
	Plan         record.Plan
	Threads      int
	Nodes        int
	Build        Spent
	PeakRSSBytes int64 // of the process, or the sum of the nodes'
}
