// Package batch is SSDP on the samples of a training batch: weights change by
// which neurons of two layers fire in the same sample, and how near each other.
//
// In sample b, presynaptic neuron i and postsynaptic neuron j are both active or
// not, lambda_bji = 1 or 0, and their spike times t, in ticks of a trial of T,
// give the nearness g_bji = exp(-(t_j - t_i)^2 / 2 sigma^2). A gate G_b scales a
// sample. The published Gaussian rule adds
//
//	dW_ji = 1/B sum_b G_b [ A_plus lambda g - A_base (1 - lambda) g ]
//
// with T for the time of a neuron that is silent. The corrected rule, the
// default, leaves pairs alone of which both are silent, and takes from a pair
// what chance would have given it:
//
//	dW_ji = A_plus/B sum_b G_b [ lambda g - beta/2 gbar (x_bi pbar_j + y_bj pbar_i) ]
//
// x and y are 1 for a neuron that fired, pbar is the share of samples in which it
// did, and gbar the mean nearness of independent neurons, both over the batches
// before. With beta = 1 the expected change of independent neurons is 0 at any
// rates.
//
// A training step goes: [Samples.Load] takes the spikes of a layer pair,
// [Samples.S] measures how far they fired together, [Dopamine.Gate] makes gates
// of that, and [Rule.Add] adds the change. Shards of a batch do so each for their
// samples, and the caller adds the shards' changes in a fixed order (see [Sum]).
//
// Sources: arXiv 2505.14841 (SSDP, the Gaussian and the exponential rule) and
// arXiv 2512.07194 (DA-SSDP, the gate). Where their published code and their
// words differ, [Quirks] has a switch.
package batch
