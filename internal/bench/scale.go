package bench

import "github.com/volley-snn/volley/internal/record"

// Scale is how the time of a model follows the threads and nodes that it runs on.
type Scale struct {
	Model string `json:"model"`

	// Weak: the network grows with the workers, by the named parameter; else it is
	// one network on ever more of them.
	Weak string `json:"weak,omitempty"`

	Runs []ScaleRun `json:"runs"`
}

// ScaleRun is one arrangement of workers. Workers are threads, of all nodes together.
type ScaleRun struct {
	Nodes      int `json:"nodes"`   // processes; 0 is a run in one process without a bus
	Threads    int `json:"threads"` // of a node
	Partitions int `json:"partitions"`

	Neurons   int64  `json:"neurons"`
	Synapses  int64  `json:"synapses"`
	SpikeHash string `json:"spike_hash"`

	BuildWallS     Spread        `json:"build_wall_s"`
	SimulateWallS  Spread        `json:"simulate_wall_s"`
	RealTimeFactor record.Number `json:"real_time_factor"`

	// Speedup is against the first run; Efficiency that by its workers, or, where the
	// network grows with them, the first run's time by this one's.
	Speedup    record.Number `json:"speedup"`
	Efficiency record.Number `json:"efficiency"`

	// Split is how nodes spent their time, the mean of them in the median run; nil in
	// one process.
	Split *Split `json:"split,omitempty"`
}

// Workers is the threads of all nodes.
func (r *ScaleRun) Workers() int { return max(r.Nodes, 1) * r.Threads }

// Split is how a node's time was spent while it simulated, and what it sent.
type Split struct {
	ComputeS  float64 `json:"compute_s"`
	ExchangeS float64 `json:"exchange_s"` // reading and writing envelopes
	WaitS     float64 `json:"wait_s"`     // for others' spikes
	BlockedS  float64 `json:"blocked_s"`  // for others, the recorder among them, to take its own

	Steps           int64   `json:"steps"`
	MessagesPerStep float64 `json:"messages_per_step"`
	BytesPerStep    float64 `json:"bytes_per_step"`
	Asks            int64   `json:"asks"` // for what was late or lost
}

// Compare fills in speed-up and efficiency.
func (s *Scale) Compare() {
	for k := range s.Runs {
		r, first := &s.Runs[k], &s.Runs[0]
		r.Speedup = record.Number(first.SimulateWallS.Median / r.SimulateWallS.Median)
		r.Efficiency = r.Speedup
		if s.Weak == "" {
			r.Efficiency = record.Number(float64(r.Speedup) * float64(first.Workers()) / float64(r.Workers()))
		}
	}
}
