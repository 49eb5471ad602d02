package batch

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/ssdp"
)

// Params of the Gaussian rule.
type Params struct {
	Ticks      int            // of a trial: spike times are 0 to Ticks-1
	SigmaTicks float64        // width of the Gaussian; +Inf counts any two spikes of a trial alike
	APlus      float64        // potentiation of a simultaneous pair; in the chance form the learning rate of all
	ABase      float64        // depression, in the sentinel and depress forms
	OneSilent  ssdp.OneSilent // what a pair gets of which one fired
	Beta       float64        // strength of the chance term
	Horizon    int            // batches over which participation and histograms run
	Quirks     Quirks
}

// Corrected is the default rule for trials of so many ticks: amplitude as
// published for single-layer networks, width one tick.
func Corrected(ticks int) Params {
	return Params{Ticks: ticks, SigmaTicks: 1, APlus: 1.5e-4, OneSilent: ssdp.Chance, Beta: 1, Horizon: 100}
}

// Published is the official Gaussian rule with its quirks. The spiking
// transformer has APlus 1e-4.
func Published(ticks int) Params {
	return Params{Ticks: ticks, SigmaTicks: 1, APlus: 1.5e-4, ABase: 5e-5, OneSilent: ssdp.Sentinel, Horizon: 100, Quirks: PublishedQuirks()}
}

// PublishedDopamine is the rule that DA-SSDP gates.
func PublishedDopamine(ticks int) Params {
	p := Published(ticks)
	p.APlus, p.ABase = 1.5e-3, 5e-4
	return p
}

// Check returns what is wrong with the parameters.
func (p Params) Check() []error {
	var faults []error
	fault := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	finite := func(x float64) bool { return x >= 0 && !math.IsInf(x, 0) }
	fault(p.Ticks >= 1, "a trial must be at least one tick, is %d", p.Ticks)
	fault(p.SigmaTicks > 0, "sigma must be > 0, is %g ticks", p.SigmaTicks)
	fault(finite(p.APlus), "A_plus must be >= 0, is %g", p.APlus)
	fault(finite(p.ABase), "A_base must be >= 0, is %g", p.ABase)
	fault(finite(p.Beta), "beta must be >= 0, is %g", p.Beta)
	fault(p.Horizon >= 1, "horizon must be at least one batch, is %d", p.Horizon)
	switch p.OneSilent {
	case ssdp.Chance, ssdp.Sentinel, ssdp.None, ssdp.Depress:
	default:
		fault(false, "one_silent must be chance, sentinel, none or depress, is %q", p.OneSilent)
	}
	fault(p.OneSilent != ssdp.Chance || !p.Quirks.BothSilentDepress, "one_silent: chance takes nothing from pairs that are both silent; the published depression of both goes with sentinel, none or depress")
	return faults
}
