package bench

import "slices"

// Exchange is what a step's exchange between node processes takes, beside the same
// messages by bare NATS between the same processes.
type Exchange struct {
	SpikesPerStep int           `json:"spikes_per_step"` // of a node
	Steps         int           `json:"steps"`           // of a round
	Rows          []ExchangeRow `json:"rows"`
}

// ExchangeRow is the exchange of a number of nodes. Times are those of a step, as
// Exchanges has them; their spread is over the rounds.
type ExchangeRow struct {
	Nodes       int   `json:"nodes"`
	Bytes       int   `json:"bytes"`        // of a step's message, the mean
	RecordBytes int   `json:"record_bytes"` // of a message to the recorder, the mean
	Bare        Delay `json:"bare"`
	Volley      Delay `json:"volley"`

	// Of the medians.
	RatioP50 float64 `json:"ratio_p50"`
	RatioP99 float64 `json:"ratio_p99"`
}

// Delay is how long something takes, in us.
type Delay struct {
	P50Us Spread `json:"p50_us"`
	P99Us Spread `json:"p99_us"`

	MeanUs Spread `json:"mean_us"`
}

// StepTimes are when a node had computed each step, and when it began the next, in ns
// by one clock of all nodes.
type StepTimes struct{ Computed, Began []int64 }

// Exchanges is what each step's exchange took, from the second on: the time from when
// the last node had begun the step before to when the last one began this one, less the
// least that the computing between them takes on a number of cores. These and that
// computing add up to a run's time, whoever was ahead of whom. All nodes have the same
// steps, at least two.
func Exchanges(nodes []StepTimes, cores int) []int64 {
	var ns []int64
	before := int64(0)
	for k := range nodes[0].Began {
		began, longest, all := int64(0), int64(0), int64(0)
		for _, n := range nodes {
			began = max(began, n.Began[k])
			if k > 0 {
				computing := n.Computed[k] - n.Began[k-1]
				longest, all = max(longest, computing), all+computing
			}
		}
		if k > 0 {
			ns = append(ns, began-before-max(longest, all/int64(cores)))
		}
		before = began
	}
	return ns
}

// DelayOf sums up rounds of measurements in ns, each with at least one.
func DelayOf(rounds [][]int64) Delay {
	var p50, p99, means []float64
	for _, ns := range rounds {
		sum := int64(0)
		for _, x := range ns {
			sum += x
		}
		means = append(means, float64(sum)/float64(len(ns))/1e3)
		ns = slices.Sorted(slices.Values(ns))
		p50 = append(p50, float64(ns[len(ns)/2])/1e3)
		p99 = append(p99, float64(ns[len(ns)*99/100])/1e3)
	}
	return Delay{SpreadOf(p50), SpreadOf(p99), SpreadOf(means)}
}

// Compare fills in the ratios.
func (r *ExchangeRow) Compare() {
	r.RatioP50 = r.Volley.P50Us.Median / r.Bare.P50Us.Median
	r.RatioP99 = r.Volley.P99Us.Median / r.Bare.P99Us.Median
}
