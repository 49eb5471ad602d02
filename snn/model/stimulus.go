package model

// Input is an input population: spike sources with GIDs. Exactly the fields of
// its Model are used; see snn/input for what each does. Those of a
// spike_train_injector spike when somebody outside says so while the run goes on,
// or where a journal of such a run does; it has a size, and nothing else.
type Input struct {
	Name  string `yaml:"-"`
	Model string `yaml:"model" required:"true" enum:"poisson,spike_times,images,events,series,volleys,spike_train_injector" doc:"kind of source"`
	Size  int    `yaml:"size" min:"1" needs:"poisson,spike_train_injector" doc:"number of sources; images, events and series know their own"`

	// poisson and volleys
	Rate    Value  `yaml:"rate" unit:"Hz" for:"poisson,volleys" needs:"poisson" doc:"rate of each source"`
	Profile *Curve `yaml:"rate_profile" for:"poisson" doc:"factor on the rate over time"`

	// volleys: a planted synchronous group (see snn/input)
	Members         int     `yaml:"members" for:"volleys" min:"0" doc:"size of the planted group; its members are drawn"`
	VolleyRate      float64 `yaml:"volley_rate" min:"0" unit:"Hz" for:"volleys" doc:"volleys a second"`
	Participation   float64 `yaml:"participation" for:"volleys" min:"0" max:"1" doc:"chance that a member joins a volley"`
	Jitter          float64 `yaml:"jitter" min:"0" unit:"ms" for:"volleys" doc:"standard deviation of a member's spike around the volley"`
	SurrogateJitter float64 `yaml:"surrogate_jitter" min:"0" unit:"ms" for:"volleys" doc:"moves each volley spike on its own: equal rates, no synchrony"`
	Like            string  `yaml:"like" for:"volleys" ref:"input" doc:"take rates, members and volley times from this input"`

	// spike_times, events and series
	File  string      `yaml:"file" for:"spike_times,series" needs:"series" doc:"CSV or Parquet file"`
	Times [][]float64 `yaml:"times" unit:"ms" for:"spike_times" doc:"spike times of each source, inline"`

	// images and events: item sets by name, chosen by a protocol's phases
	Sets     []ItemSet `yaml:"sets" for:"images,events" needs:"images,events" doc:"sets of items, by name"`
	Encoding string    `yaml:"encoding" for:"images,series" needs:"series" doc:"images: rate or latency; series: delta or threshold"`
	MaxRate  float64   `yaml:"max_rate" min:"0" unit:"Hz" for:"images" doc:"rate of a pixel of 255"`
	Floor    float64   `yaml:"floor" for:"images" min:"0" max:"255" doc:"pixels at or below it are silent"`

	// events
	Width     int     `yaml:"width" for:"events" default:"34" min:"1" max:"256" doc:"pixels of the camera, across"`
	Height    int     `yaml:"height" for:"events" default:"34" min:"1" max:"256" doc:"pixels of the camera, down"`
	TimeScale float64 `yaml:"time_scale" for:"events" default:"1" doc:"factor on the recordings' times: 0.5 plays them twice as fast"`

	// series
	Delta   float64  `yaml:"delta" for:"series" needs:"series" doc:"step, in standard deviations, that emits a spike"`
	Columns []string `yaml:"columns" for:"series" doc:"channels; by default all numeric columns"`
	Scale   float64  `yaml:"interval" min:"0" unit:"ms" for:"series" needs:"series" doc:"biological time between two rows"`
	Leading int      `yaml:"leading" min:"0" for:"series" doc:"rows from which mean and deviation are taken"`
}

// ItemSet names the files of a set of items.
type ItemSet struct {
	Name   string `yaml:"-"`
	Images string `yaml:"images" required:"true" doc:"IDX file of images, or a folder or tar of recordings"`
	Under  string `yaml:"under" doc:"of a folder or tar: take what lies under this path, such as Train"`
	Labels string `yaml:"labels" doc:"IDX file of labels; recordings have theirs in their folders' names"`
}

// Curve is piecewise constant: Values[k] from Times[k] on; before the first, 1.
type Curve struct {
	Times  []float64 `yaml:"times" unit:"ms" doc:"times at which the value changes, rising"`
	Values []float64 `yaml:"values" doc:"value from each time on"`
}

// Stimulus drives each neuron of a population; it has no GIDs. A generator's
// names are NEST's.
type Stimulus struct {
	Name   string  `yaml:"-"`
	Model  string  `yaml:"model" required:"true" enum:"poisson_generator,dc_generator,ac_generator,noise_generator,step_current_generator" doc:"kind of generator"`
	Target string  `yaml:"target" required:"true" ref:"population" doc:"population it drives"`
	Start  float64 `yaml:"start" min:"0" unit:"ms" doc:"when it starts"`
	Stop   float64 `yaml:"stop" unit:"ms" default:"inf" doc:"when it stops"`

	Rate     Value  `yaml:"rate" unit:"Hz" for:"poisson_generator" needs:"poisson_generator" doc:"rate of each target's own train"`
	Profile  *Curve `yaml:"rate_profile" for:"poisson_generator" doc:"factor on the rate over time"`
	Weight   Value  `yaml:"weight" spec:"weight" for:"poisson_generator" needs:"poisson_generator" doc:"weight of its spikes; one for all targets"`
	Receptor string `yaml:"receptor_type" for:"poisson_generator" doc:"receptor, by name or number; by default the one that takes the weight's sign"`

	Amplitude Value   `yaml:"amplitude" unit:"pA" for:"dc_generator,ac_generator" needs:"dc_generator,ac_generator" doc:"current, or its amplitude"`
	Offset    float64 `yaml:"offset" unit:"pA" for:"ac_generator" doc:"constant part"`
	Frequency float64 `yaml:"frequency" min:"0" unit:"Hz" for:"ac_generator" doc:"frequency"`
	Phase     float64 `yaml:"phase" unit:"deg" for:"ac_generator" doc:"phase at time 0"`
	Mean      float64 `yaml:"mean" unit:"pA" for:"noise_generator" doc:"mean"`
	Std       float64 `yaml:"std" min:"0" unit:"pA" for:"noise_generator" needs:"noise_generator" doc:"standard deviation"`
	Interval  float64 `yaml:"dt" unit:"ms" for:"noise_generator" default:"1" doc:"span for which a draw is held"`

	AmplitudeTimes  []float64 `yaml:"amplitude_times" unit:"ms" for:"step_current_generator" needs:"step_current_generator" doc:"times at which the current changes"`
	AmplitudeValues []float64 `yaml:"amplitude_values" unit:"pA" for:"step_current_generator" needs:"step_current_generator" doc:"current from each time on"`
}
