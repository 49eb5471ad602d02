package train

import (
	"github.com/volley-snn/volley/snn/train/encode"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/plastic"
)

// Config of a training.
type Config struct {
	Seed          uint64
	Batch, Shards int
	Encoder       encode.Encoder
	Augmentation  Augmentation // of the samples that are learned
	Optimizer     optimize.Optimizer
	Rate          optimize.Schedule // of learning, by epoch
	ClipNorm      float64           // of the gradient; 0: none
	RateTarget    float64           // spikes a neuron and tick
	RateWeight    float64           // the loss gains RateWeight (rate - RateTarget)^2
	ReadoutOnly   bool              // the optimizer changes the readout alone
	V0            [2]float32        // uniform bounds of potentials at a trial's start
	LastSpike     bool              // spike times are those of last spikes, as the published rule has it
	Rules         []WeightRule
}

// WeightRule is SSDP on a weight of the network.
type WeightRule struct {
	Weight int // the parameter's number: recurrent.InputWeight or recurrent.RecurrentWeight
	Window int // ticks of the windows that a trial is cut into, each a sample to the rule; 0: the trial is one
	plastic.Config
}
