// Package neuron has layers of spiking neurons for training, forward and backward
// over the steps of a trial: integrate-and-fire (IF), leaky (LIF), and leaky with a
// learned leak (PLIF), with reset to a value, by subtraction, or none.
//
//	IF       h = v + x
//	LIF      h = v + (x - (v - v_reset))/tau     where input decays, too
//	         h = v - (v - v_reset)/tau + x       where it does not
//	PLIF     as LIF, with sigmoid(w) for 1/tau
//	spike    s = 1 where h >= threshold
//	reset    v = (1 - s) h + s v_reset, or h - s threshold, or h
//
// Sources: Fang et al. 2021 (PLIF); the forms are SpikingJelly's. The neuron of the
// SSDP paper's single-layer network is [lane.Filter].
package neuron
