package plastic

import (
	"errors"

	"github.com/volley-snn/volley/snn/ssdp/batch"
)

// Gate is what scales a sample's change.
type Gate string

const (
	Ungated   Gate = "none"
	Synchrony Gate = "synchrony" // opens with synchrony above its running mean
	Dopamine  Gate = "dopamine"  // DA-SSDP: opens where synchrony has gone with a falling loss
)

// Control is a change of the rule that takes one thing away, to see what it was
// worth.
type Control string

const (
	Uncontrolled   Control = "none"
	PairingShuffle Control = "pairing_shuffle" // a sample's sources with another's targets: rates stay, coincidence goes
	SynapseShuffle Control = "synapse_shuffle" // the changes go to other synapses
	Uniform        Control = "uniform"         // all synapses get the mean change
)

// Config of a rule.
type Config struct {
	Exponential bool // the exponential rule on the last tick's spikes, not the Gaussian one
	Params      batch.Params
	Decay       batch.Exponential // of the exponential rule; its amplitude comes from Anneal
	Anneal      batch.Anneal      // of the amplitude over epochs; Epochs 0: constant
	Start       int               // the first epoch that it changes weights in
	Before      bool              // before the optimizer's step
	Gate        Gate
	GateKappa   bool    // gates look at kappa, not at S
	GateK       float64 // of the synchrony gate
	Warmup      int     // epochs of the dopamine gate
	Horizon     int     // batches of the synchrony gate's running mean
	Control     Control
}

// Check returns what is wrong with it.
func (c *Config) Check() []error {
	var faults []error
	if c.Exponential {
		e := c.Decay
		e.APlus, e.AMinus = c.Anneal.Start, c.Anneal.Start
		if err := e.Check(); err != nil {
			faults = append(faults, err)
		}
	} else {
		faults = append(faults, c.Params.Check()...)
	}
	if c.Start < 0 || c.Warmup < 0 || c.Anneal.Epochs < 0 {
		faults = append(faults, errors.New("epochs must be >= 0"))
	}
	return faults
}
