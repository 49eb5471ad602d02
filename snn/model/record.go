package model

// Records say what a run writes to files. Spikes of all populations are written
// where Spikes is nil; the spike hash always covers every spike.
type Records struct {
	Spikes  []SpikeRecord  `yaml:"spikes" doc:"whose spikes are written; an empty list writes none"`
	Signals []SignalRecord `yaml:"signals" doc:"variables recorded over time"`
	Weights []WeightRecord `yaml:"weights" doc:"snapshots of weights"`
}

// SpikeRecord writes the spikes of part of a population for part of the time.
type SpikeRecord struct {
	Population string  `yaml:"population" required:"true" ref:"spiking" doc:"population or input"`
	First      int     `yaml:"first" min:"0" doc:"first neuron, counted in the population"`
	Count      int     `yaml:"count" min:"0" doc:"number of neurons; 0 is all from the first on"`
	Start      float64 `yaml:"start" min:"0" unit:"ms" doc:"from this time"`
	Stop       float64 `yaml:"stop" unit:"ms" default:"inf" doc:"to this time"`
}

// SignalRecord samples variables of neurons every Interval.
type SignalRecord struct {
	Population string   `yaml:"population" required:"true" ref:"population" doc:"population"`
	Variables  []string `yaml:"variables" required:"true" doc:"recordables of the neuron model, or theta"`
	First      int      `yaml:"first" min:"0" doc:"first neuron, counted in the population"`
	Count      int      `yaml:"count" min:"0" doc:"number of neurons; 0 is all from the first on"`
	Start      float64  `yaml:"start" min:"0" unit:"ms" doc:"from this time"`
	Stop       float64  `yaml:"stop" unit:"ms" default:"inf" doc:"to this time"`
	Interval   float64  `yaml:"interval" unit:"ms" default:"1" doc:"span between samples"`
}

// WeightRecord writes a projection's weights at given times, or every span.
type WeightRecord struct {
	Projection string    `yaml:"projection" required:"true" ref:"projection" doc:"projection"`
	At         []float64 `yaml:"at" unit:"ms" doc:"times; the end is always written"`
	Every      float64   `yaml:"every" unit:"ms" doc:"span between snapshots"`
}

// Synchrony measures a population, or what one sends another, window by window.
type Synchrony struct {
	Name       string   `yaml:"-"`
	Population string   `yaml:"population" ref:"spiking" doc:"population or input measured"`
	Projection string   `yaml:"projection" ref:"projection" doc:"projection measured: its source against its target"`
	Window     float64  `yaml:"window" unit:"ms" default:"20" doc:"span of a window"`
	Bins       int      `yaml:"bins" default:"10" min:"2" max:"64" doc:"bins of kappa in a window"`
	Sigma      float64  `yaml:"sigma" unit:"ms" default:"2" doc:"width of the kernel in C"`
	Span       float64  `yaml:"span" unit:"ms" default:"1000" min:"1000" doc:"time over which chi is taken, rounded up to windows"`
	Measures   []string `yaml:"measures" doc:"of a population rate, participation, kappa, C, C0, C_corrected, fano, chi, chi_corrected; of a projection S, C, C0, C_corrected; by default all"`
}

// Result is a finding that the run reports in summary.json under its name.
type Result struct {
	Name string `yaml:"-"`
	Type string `yaml:"type" required:"true" enum:"detection,pairwise_kappa,classification,receptive_fields" doc:"kind of finding"`

	// receptive_fields: the weights of Count targets from an input of images, as pictures.
	Count int `yaml:"count" for:"receptive_fields" default:"25" min:"1" doc:"targets shown, evenly spaced"`

	// detection: do a projection's weights tell the planted members of its source?
	Projection string  `yaml:"projection" ref:"projection" for:"detection,receptive_fields" needs:"detection,receptive_fields" doc:"projection whose weights are read; detection averages them over targets"`
	Input      string  `yaml:"input" ref:"input" for:"pairwise_kappa" needs:"pairwise_kappa" doc:"volleys input whose spikes are compared pair by pair"`
	Bin        float64 `yaml:"bin" unit:"ms" for:"pairwise_kappa" default:"5" doc:"span in which two spikes count as together"`
	Threshold  float64 `yaml:"threshold" for:"detection,pairwise_kappa" doc:"score from which a source is called a member, fixed on other seeds"`

	// classification: label neurons in one phase, decide in another.
	Population string `yaml:"population" ref:"population" for:"classification" doc:"population whose spikes are read; by default the one that the protocol watches"`

	Label string `yaml:"label" for:"classification" needs:"classification" doc:"phase in which neurons are labelled"`
	Test  string `yaml:"test" for:"classification" needs:"classification" doc:"phase whose items are decided"`
	Rule  string `yaml:"rule" for:"classification" default:"posterior" enum:"vote,mean,posterior" doc:"how spikes decide"`
}
