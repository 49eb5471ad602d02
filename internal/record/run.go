package record

import "github.com/volley-snn/volley/snn"

// FormatVersion is the version of the directory's layout and of run.json.
const FormatVersion = 1

// Status says how far a run got.
type Status string

// The states of a run. A directory that says running while nothing runs belongs
// to a run that was killed.
const (
	Running     Status = "running"
	Complete    Status = "complete"
	Interrupted Status = "interrupted"
	Failed      Status = "failed"
)

// Run is run.json: all that is needed to know what was run, to run it again,
// and to read the other files.
type Run struct {
	Format  int    `json:"volley_run"` // FormatVersion; also what marks a directory as a run's
	ID      string `json:"run_id"`
	Status  Status `json:"status"`
	Error   string `json:"error,omitempty"`   // why the run failed
	Started string `json:"started,omitempty"` // RFC 3339

	Command []string `json:"command,omitempty"` // as it was typed, the program first

	Model       string `json:"model"`
	Description string `json:"description,omitempty"`
	ModelDigest string `json:"model_digest"`
	ModelText   string `json:"model_text"` // after includes and overrides

	DtMs       float64 `json:"dt_ms"`
	DurationMs float64 `json:"duration_ms"`
	DiscardMs  float64 `json:"discard_ms"`

	Versions Versions `json:"versions"`
	Seeds    Seeds    `json:"seeds"`

	Populations []Population `json:"populations"` // model order, then inputs
	Projections []Projection `json:"projections"`
	Plan        Plan         `json:"plan"`

	// WeightQuanta is the grid that weights lie on, in the receptor's unit, by
	// population, then receptor.
	WeightQuanta map[string]map[string]float64 `json:"weight_quanta,omitempty"`

	WallS      Cost   `json:"wall_s"`
	CPUS       Cost   `json:"cpu_s"`
	SpikeHash  string `json:"spike_hash"`
	WeightHash string `json:"weight_hash"`

	WeightHistograms []WeightHistogram `json:"weight_histograms,omitempty"` // one a plastic projection
	Phases           []Phase           `json:"phases,omitempty"`            // of a protocol, in order

	// Recorded says whose spikes the table of spikes holds; all, where it is absent.
	Recorded []Recording `json:"recorded_spikes,omitempty"`

	Injected *Injected `json:"injected,omitempty"` // where spikes came from outside

	Files []File `json:"files,omitempty"` // filled in by Dir.Finish
}

// Injected is the journal of what was injected into a run.
type Injected struct {
	File     string `json:"file"`
	SHA256   string `json:"sha256"`
	Spikes   int64  `json:"spikes"`
	Bytes    int64  `json:"bytes"`
	Replayed bool   `json:"replayed,omitempty"` // the run repeats another's: nobody could inject
}

// Versions name the program and the machine.
type Versions struct {
	Volley string `json:"volley"`
	Go     string `json:"go"`
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	CPU    string `json:"cpu,omitempty"`
}

// Seeds are the seeds of the network, of the initial state and of the input.
type Seeds struct {
	Network uint64 `json:"network"`
	Initial uint64 `json:"initial"`
	Input   uint64 `json:"input"`
}

// Population is where a population's GIDs lie: First inclusive, End exclusive.
type Population struct {
	Name  string  `json:"name"`
	Model string  `json:"model"`
	First snn.GID `json:"first"`
	End   snn.GID `json:"end"`
	Input bool    `json:"input,omitempty"` // spike sources rather than neurons
}

// Size is the number of neurons.
func (p Population) Size() int64 { return int64(p.End) - int64(p.First) }

// Projection is a projection as it was built.
type Projection struct {
	Name     string `json:"name"`
	Source   string `json:"source"`
	Target   string `json:"target"`
	Rule     string `json:"rule"`
	Synapse  string `json:"synapse_model"`
	Layout   string `json:"layout"`           // list, bitmap, packed or procedural
	Reason   string `json:"reason,omitempty"` // why that layout
	Synapses int64  `json:"synapses"`
	Bytes    int64  `json:"bytes"` // of memory, indices included

	// WeightQuantum is the grid that the weights lie on, in the receptor's unit.
	// With weight_bits 16 it is coarser than the receptor's in weight_quanta.
	WeightQuantum float64 `json:"weight_quantum,omitempty"`
}

// Plan is which partition lies where.
type Plan struct {
	IntervalTicks int64       `json:"interval_ticks"`
	Partitions    []Partition `json:"partitions"`
}

// Partition is one partition of a plan.
type Partition struct {
	ID       int     `json:"id"`
	Node     string  `json:"node,omitempty"`
	Ranges   []Slice `json:"ranges"`
	Neurons  int64   `json:"neurons"`
	Synapses int64   `json:"synapses"` // incoming
	Bytes    int64   `json:"bytes"`    // of these
}

// Slice is part of a population, in GIDs: First inclusive, End exclusive.
type Slice struct {
	Population string  `json:"population"`
	First      snn.GID `json:"first"`
	End        snn.GID `json:"end"`
}

// Recording is the GIDs, First inclusive, End exclusive, whose spikes in
// (StartMs, StopMs] were written. Recordings may overlap.
type Recording struct {
	First   snn.GID `json:"first"`
	End     snn.GID `json:"end"`
	StartMs float64 `json:"start_ms"`
	StopMs  float64 `json:"stop_ms"`
}

// WeightHistogram counts a projection's weights before and after the run.
// Bin k spans [Edges[k], Edges[k+1]), the last one its upper edge too.
type WeightHistogram struct {
	Projection string    `json:"projection"`
	Unit       string    `json:"unit,omitempty"`
	Edges      []float64 `json:"edges"` // len(Before)+1, rising
	Before     []int64   `json:"before"`
	After      []int64   `json:"after"`
}

// Phase is one phase of a protocol.
type Phase struct {
	Name       string  `json:"name"`
	StartMs    float64 `json:"start_ms"`
	EndMs      float64 `json:"end_ms"`
	Trials     int64   `json:"trials"`
	Repeats    int64   `json:"repeats"` // trials shown again because too few neurons fired
	Plasticity bool    `json:"plasticity"`

	MeanSpikes Number `json:"mean_spikes"` // of the watched population, a trial
	Accuracy   Number `json:"accuracy"`    // fraction decided rightly; null where nothing is decided

	Blocks []Block `json:"blocks,omitempty"` // the phase, a stretch of trials at a time
}

// Block sums up a stretch of trials.
type Block struct {
	FirstTrial int64  `json:"first_trial"`
	Trials     int64  `json:"trials"`
	Repeats    int64  `json:"repeats"`
	MeanSpikes Number `json:"mean_spikes"`
	Accuracy   Number `json:"accuracy"`
}

// File is a file of the run's directory.
type File struct {
	Name  string `json:"name"` // relative to the directory, with slashes
	Rows  int64  `json:"rows,omitempty"`
	Bytes int64  `json:"bytes"`
}
