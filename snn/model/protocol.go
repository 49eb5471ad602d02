package model

// Protocol presents items to an input, in phases of trials.
//
// A trial presents one item for Present, then rests for Rest. Where a phase has
// MinSpikes, a trial in which Watch fired fewer spikes is repeated with the
// item's rates multiplied by Boost, at most Repeats times.
type Protocol struct {
	Input   string   `yaml:"input" required:"true" ref:"input" doc:"input that presents the items"`
	Watch   string   `yaml:"watch" required:"true" ref:"population" doc:"population whose spikes a trial counts"`
	Present float64  `yaml:"present" unit:"ms" required:"true" doc:"time an item is shown"`
	Rest    float64  `yaml:"rest" min:"0" unit:"ms" doc:"silence after it"`
	Reset   []string `yaml:"reset" ref:"populations" doc:"populations whose state is set back when a trial starts; all for every one"`
	Phases  []Phase  `yaml:"phases" required:"true" doc:"phases, by name, in order"`
}

// All stands for every population where a list of them is expected.
const All = "all"

// Phase is a run of trials under the same conditions.
type Phase struct {
	Name        string  `yaml:"-"`
	Set         string  `yaml:"set" required:"true" doc:"item set of the input"`
	First       int     `yaml:"first" min:"0" doc:"first item"`
	Count       int     `yaml:"count" min:"0" doc:"number of items; 0 is all from the first on"`
	Epochs      int     `yaml:"epochs" default:"1" min:"1" doc:"passes over the items"`
	Order       string  `yaml:"order" default:"sequential" enum:"sequential,shuffled" doc:"shuffled draws a new order each epoch"`
	Plasticity  bool    `yaml:"plasticity" default:"true" doc:"do weights change"`
	Homeostasis bool    `yaml:"homeostasis" default:"true" doc:"do thresholds and normalisation act"`
	Anneal      float64 `yaml:"anneal" default:"1" min:"0" max:"1" doc:"factor that learning rates and threshold steps reach, linearly, at the end of the phase"`

	MinSpikes int     `yaml:"min_spikes" min:"0" doc:"fewer spikes of the watched population repeat the trial"`
	Boost     float64 `yaml:"boost" default:"1.4" min:"1" doc:"factor on the item's rates at each repeat"`
	Repeats   int     `yaml:"repeats" default:"3" min:"0" doc:"repeats at most"`
}
