package record

import "encoding/json"

// Summary is summary.json, and what --json prints: the figures of a run and
// what it found.
type Summary struct {
	Model       string `json:"model"`
	ModelDigest string `json:"model_digest"`
	Seed        uint64 `json:"seed"`

	DtMs       float64 `json:"dt_ms"`
	DurationMs float64 `json:"duration_ms"` // biological time that was simulated

	Neurons        int64 `json:"neurons"` // without input populations
	Synapses       int64 `json:"synapses"`
	Spikes         int64 `json:"spikes"`          // every population and input, the whole run
	SynapticEvents int64 `json:"synaptic_events"` // spikes times their targets

	SpikeHash  string `json:"spike_hash"`  // see SpikeHash
	WeightHash string `json:"weight_hash"` // see WeightHash

	Partitions int `json:"partitions"`
	Threads    int `json:"threads"` // a node
	Nodes      int `json:"nodes"`

	WallS           Cost   `json:"wall_s"`
	CPUS            Cost   `json:"cpu_s"`
	RealTimeFactor  Number `json:"real_time_factor"` // wall time of simulating over biological time
	NsPerEvent      Number `json:"ns_per_event"`     // wall time of simulating over synaptic events
	BytesPerSynapse Number `json:"bytes_per_synapse"`
	PeakRSSBytes    int64  `json:"peak_rss_bytes"`

	// Interrupted says that the run was stopped before its time and that the
	// figures are those of DurationMs.
	Interrupted bool `json:"interrupted,omitempty"`

	Populations map[string]PopulationSummary `json:"populations"`

	// Synchrony is the mean measures of projections, after the model's discard,
	// by the name of the measurement.
	Synchrony map[string]map[string]Number `json:"synchrony,omitempty"`

	// Results is what the model is about, by result's name; free-form: numbers,
	// strings, lists, tables (a list of objects, or an object of objects).
	Results map[string]any `json:"results"`
}

// Cost is a time in seconds, of building the network and of simulating it.
type Cost struct {
	Build    float64 `json:"build"`
	Simulate float64 `json:"simulate"`
}

// PopulationSummary is what one population or input did, after the model's
// discard; Spikes alone counts the whole run.
type PopulationSummary struct {
	Size      int64             `json:"size"`
	Spikes    int64             `json:"spikes"`
	RateHz    Number            `json:"rate_hz"`
	CVISI     Number            `json:"cv_isi"`    // see Statistics
	Synchrony map[string]Number `json:"synchrony"` // mean over windows, by measure
}

// MarshalJSON writes the summary with empty objects for what is absent and null
// for what is not defined, wherever it stands in the results.
func (s Summary) MarshalJSON() ([]byte, error) {
	type plain Summary
	p := plain(s)
	p.Populations = make(map[string]PopulationSummary, len(s.Populations))
	for name, population := range s.Populations {
		if population.Synchrony == nil {
			population.Synchrony = map[string]Number{}
		}
		p.Populations[name] = population
	}
	p.Results = make(map[string]any, len(s.Results))
	for name, result := range s.Results {
		p.Results[name] = finite(result)
	}
	return json.Marshal(p)
}
