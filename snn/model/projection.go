package model

// Projection is a connection rule between two populations, with weights, delays
// and maybe plasticity. Names are NEST's conn_spec and syn_spec.
type Projection struct {
	Name   string `yaml:"-"`
	Source string `yaml:"source" required:"true" ref:"spiking" doc:"population or input whose spikes it carries"`
	Target string `yaml:"target" required:"true" ref:"population" doc:"population that receives them"`

	Rule      string  `yaml:"rule" required:"true" enum:"one_to_one,all_to_all,fixed_indegree,fixed_outdegree,fixed_total_number,pairwise_bernoulli,explicit" doc:"connection rule"`
	Indegree  int     `yaml:"indegree" rule:"fixed_indegree" min:"0" doc:"sources of each target"`
	Outdegree int     `yaml:"outdegree" rule:"fixed_outdegree" min:"0" doc:"targets of each source"`
	N         int     `yaml:"N" rule:"fixed_total_number" min:"0" doc:"number of synapses"`
	P         float64 `yaml:"p" rule:"pairwise_bernoulli" min:"0" max:"1" doc:"probability of each pair"`
	File      string  `yaml:"file" rule:"explicit" doc:"CSV or Parquet with columns source, target and, where they differ, weight and delay"`
	Autapses  bool    `yaml:"allow_autapses" default:"true" doc:"may a neuron project to itself"`
	Multapses bool    `yaml:"allow_multapses" default:"true" doc:"may a pair have several synapses"`

	Receptor string `yaml:"receptor_type" doc:"receptor of the target, by name or by NEST's number from 1; by default the one that takes the weight's sign"`
	Weight   Value  `yaml:"weight" spec:"weight" doc:"weight, in the receptor's unit"`
	Delay    Value  `yaml:"delay" unit:"ms" doc:"delay, at least one tick; rounded to ticks"`

	Synapse   string           `yaml:"synapse_model" default:"static_synapse" spec:"synapse" doc:"static_synapse, ssdp_synapse, or one of NEST's plastic models"`
	Params    map[string]Value `yaml:"params" spec:"synapse.params" doc:"parameters of a spike-driven plastic synapse"`
	SSDP      *SSDP            `yaml:"ssdp" doc:"parameters of ssdp_synapse"`
	Normalize *Normalize       `yaml:"normalize" doc:"homeostatic scaling of each target's incoming weights"`
	Precision string           `yaml:"precision" default:"float32" enum:"float32,float64" doc:"how plastic weights are stored"`
	Layout    string           `yaml:"layout" default:"auto" enum:"auto,list,bitmap,packed,procedural" doc:"how a static projection is stored; auto chooses by density, weights and delays"`
	Bits      int              `yaml:"weight_bits" default:"32" min:"16" max:"32" doc:"what a weight of its own may take. Static: 32 keeps it exact, 16 rounds it to a coarser grid (run.json says which). Under ssdp_synapse, 16 keeps it in 65,535 steps from w_min to w_max, each change rounded up or down by chance, right on average"`
}

// Normalize scales the incoming weights of each target so that they sum to Sum.
type Normalize struct {
	Sum   float64 `yaml:"sum" spec:"weight" required:"true" doc:"sum of a target's incoming weights, in the weight's unit"`
	Every float64 `yaml:"every" min:"0" unit:"ms" doc:"span between scalings; by default at the end of each trial that learns"`
}

// SSDP is windowed spike-synchrony-dependent plasticity (snn/ssdp).
type SSDP struct {
	Window float64 `yaml:"window" unit:"ms" default:"20" doc:"span over which synchrony is measured"`
	Phase  float64 `yaml:"phase" min:"0" unit:"ms" doc:"start of the first window; with a protocol, after the start of each trial"`
	Sigma  float64 `yaml:"sigma" inf:"true" unit:"ms" default:"2" doc:"width of the Gaussian; inf counts any coincidence in the window"`

	Eta       float64 `yaml:"eta" min:"0" default:"0.01" doc:"learning rate, in weight units"`
	Beta      float64 `yaml:"beta" default:"1" doc:"strength of the chance term"`
	APlus     float64 `yaml:"A_plus" default:"1" doc:"potentiation of a synchronous pair"`
	ABase     float64 `yaml:"A_base" default:"0.3333333333333333" doc:"depression by a silent partner, for one_silent sentinel and depress"`
	OneSilent string  `yaml:"one_silent" default:"chance" enum:"chance,sentinel,none,depress" doc:"what a pair gets when one of it was silent"`
	Pairing   string  `yaml:"pairing" default:"first" enum:"first,nearest" doc:"first spike to first spike, or to the nearest presynaptic spike"`
	Align     string  `yaml:"align" default:"arrival" enum:"arrival,emission" doc:"presynaptic time: emission plus delay, or emission"`
	Bounds    string  `yaml:"bounds" default:"soft" enum:"soft,hard" doc:"soft scales steps with the distance to the bound"`
	WMin      float64 `yaml:"w_min" spec:"weight" default:"0" doc:"lower bound"`
	WMax      float64 `yaml:"w_max" spec:"weight" required:"true" doc:"upper bound; steps are in units of w_max - w_min"`
	Horizon   int     `yaml:"horizon" default:"100" min:"1" doc:"windows over which participation runs; few windows count what is shared by slow changes of rate as chance"`

	Gate Gate `yaml:"gate" doc:"what scales a window's update"`
}

// Gate scales the update of a window by what the group did, clipped to [0, 2].
type Gate struct {
	Type    string  `yaml:"type" default:"none" enum:"none,synchrony,dopamine" doc:"what opens the gate"`
	Measure string  `yaml:"measure" default:"kappa" enum:"S,kappa" doc:"synchrony measure that the gate reads"`
	Of      string  `yaml:"of" default:"source" enum:"source,target" doc:"population whose kappa the gate reads"`
	Bins    int     `yaml:"bins" default:"10" min:"2" max:"64" doc:"bins of kappa in a window"`
	K       float64 `yaml:"k" default:"1" doc:"gain of 1 + k (x - mean)/sd"`
	Windows int     `yaml:"windows" default:"100" min:"2" doc:"windows over which mean and deviation run"`
	Warmup  int     `yaml:"warmup" default:"100" min:"0" doc:"windows before a dopamine gate is fitted; nothing changes during them"`
	Reward  string  `yaml:"reward" doc:"CSV with columns time_ms, reward: the signal that a dopamine gate is correlated with; each value holds until the next"`
	Signal  string  `yaml:"signal" default:"reward" enum:"reward,loss" doc:"whether the signal is to rise or to fall: k is its correlation with the measure, with the sign of a reward or of a loss"`
}
