// Package model says what a network is: populations, inputs, projections,
// plasticity, what to record and how to present items. Nothing in it says where
// the network runs.
//
// A model is read from YAML, where every quantity carries its unit ([Load]), or
// built in Go from these types, where a field's unit stands in its comment and
// its unit tag: the loader, the JSON Schema and the Go value have one source,
// these struct types. [Model.Validate] checks both the same way.
package model

// Model is a network and what is done with it.
type Model struct {
	Name        string `yaml:"name" required:"true" doc:"short name of the model"`
	Description string `yaml:"description" doc:"what the model is and shows, one paragraph"`

	Dt       float64 `yaml:"dt" unit:"ms" default:"0.1" doc:"length of a tick"`
	Duration float64 `yaml:"duration" unit:"ms" doc:"biological time to simulate; with a protocol, the sum of its trials"`
	Discard  float64 `yaml:"discard" unit:"ms" doc:"time at the start that rates, ISI statistics and synchrony means leave out"`
	Seeds    Seeds   `yaml:"seeds" doc:"seeds of the network, the initial state and the input"`

	Populations []Population `yaml:"populations" doc:"neurons, by name; GIDs follow this order"`
	Inputs      []Input      `yaml:"inputs" doc:"input populations (spike sources), by name; their GIDs follow the populations'"`
	Stimuli     []Stimulus   `yaml:"stimuli" doc:"generators that drive a population directly, by name"`
	Projections []Projection `yaml:"projections" doc:"connections between populations, by name"`
	Synchrony   []Synchrony  `yaml:"synchrony" doc:"group-synchrony measurements, by name"`
	Records     Records      `yaml:"records" doc:"what the run writes to files"`
	Protocol    *Protocol    `yaml:"protocol" doc:"phases and trials, where items are presented"`
	Results     []Result     `yaml:"results" doc:"what the run says it found, by name"`

	// Source is the text that the model was read from, after includes and
	// overrides; empty for a model built in Go. Its digest names the model.
	Source []byte `yaml:"-"`

	places map[string]place // where each part stands in its file
}

// Seeds separate the three kinds of chance in a run. A zero seed takes Base.
type Seeds struct {
	Base    uint64 `yaml:"base" default:"1" doc:"seed of whatever has none of its own; --seed sets it"`
	Network uint64 `yaml:"network" doc:"connections, weights, delays and drawn parameters"`
	Initial uint64 `yaml:"initial" doc:"initial state of the neurons"`
	Input   uint64 `yaml:"input" doc:"generators, input spikes and the order of trials"`
}

// Population is a named group of neurons of one model.
type Population struct {
	Name  string `yaml:"-"`
	Model string `yaml:"model" required:"true" spec:"neuron" doc:"neuron model, under NEST's name"`
	Size  int    `yaml:"size" required:"true" min:"1" doc:"number of neurons"`

	// Params and Initial are keyed by the neuron model's names and hold its units.
	Params  map[string]Value `yaml:"params" spec:"neuron.params" doc:"parameters that differ from the model's defaults"`
	Initial map[string]Value `yaml:"initial" spec:"neuron.state" doc:"initial state that differs from the model's defaults"`

	AdaptiveThreshold *AdaptiveThreshold `yaml:"adaptive_threshold" doc:"homeostatic threshold, added to V_th"`

	// Precision is how the state is kept and computed: float64, whose voltages are
	// NEST's within 1e-9 mV, or on request float32, in half the memory and about
	// two thirds of the time. In float32 the voltages of iaf_psc_exp lie within
	// 5e-5 mV of those (200 ms of NEST's trace, and 200 neurons for a second), and
	// about one spike in 10,000 falls a tick apart. Either gives the same spikes
	// under every cut.
	Precision string `yaml:"precision" default:"float64" enum:"float64,float32" doc:"how the neurons' state is kept; float32 for models that have it, within 5e-5 mV"`

	// WeightQuantum overrides the size of the grid that weights onto this
	// population lie on, by receptor name.
	WeightQuantum map[string]float64 `yaml:"weight_quantum" spec:"neuron.receptors" doc:"grid of the weights onto a receptor; a power of two of its unit"`
}

// AdaptiveThreshold raises a neuron's threshold as it fires.
//
// Two forms: Increment per spike with decay Tau (Diehl and Cook 2015), or, with
// Eta, theta += Eta*(spikes - TargetSpikes) at the end of each trial, or of each
// Every where there are no trials.
type AdaptiveThreshold struct {
	Increment    float64 `yaml:"increment" unit:"mV" doc:"added at each spike"`
	Tau          float64 `yaml:"tau" min:"0" unit:"ms" doc:"time constant of the decay; 0 never decays"`
	Eta          float64 `yaml:"eta" unit:"mV" doc:"step per spike more or less than the target"`
	TargetSpikes float64 `yaml:"target_spikes" doc:"spikes a trial (or every) that leave the threshold where it is"`
	Every        float64 `yaml:"every" min:"0" unit:"ms" doc:"span over which spikes are counted where there are no trials"`
	Min          float64 `yaml:"min" unit:"mV" default:"0" doc:"lower bound"`
	Max          float64 `yaml:"max" unit:"mV" default:"1000" doc:"upper bound"`
	Initial      float64 `yaml:"initial" unit:"mV" doc:"value at the start"`
}
