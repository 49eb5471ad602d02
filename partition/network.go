package partition

import "github.com/volley-snn/volley/snn"

// Network is what a plan asks of a network.
type Network struct {
	Groups []Group // populations and inputs: all GIDs, ascending
	Arrows []Arrow

	// Costs is what each GID costs to simulate, in any unit.
	Costs []float64

	Sums []Sum
	// Watches are statistics that only the recorder is told.
	Watches []Watch

	// Everyone hears everyone: how long a trial lasts depends on spikes of all.
	Everyone bool
}

// Group is a population or an input.
type Group struct {
	Range     snn.Range
	RateHz    float64 // expected of a neuron
	BytesEach float64 // memory of a neuron with its incoming synapses
	BytesPart float64 // of a part that has any of the neurons: indices of their sources
}

// Arrow says that spikes of one group go to another, by their places among the groups.
type Arrow struct{ Source, Target int }

// Sum is a statistic that all who hold neurons of a group contribute to and need.
type Sum struct {
	Name  string
	Group int

	// Steps is the fewest steps in a window: a sum must be back before the next one ends.
	Steps int
	Bytes float64 // of a share, or of the sum, by step: that of a window by its steps
}

// Watch is a statistic of which each part that has neurons of a group tells the
// recorder its share.
type Watch struct {
	Group int
	Bytes float64 // of a share, by step
}

// Node is a place for partitions.
type Node struct {
	Name        string
	Threads     int   // at least 1
	MemoryBytes int64 // that partitions may take; 0 is not known
}
