// Package recurrent is the single-layer network of the SSDP paper: inputs, one
// recurrent layer of spiking neurons, and a readout of their mean activity.
//
//	I_t = LN(W_in x_t + b_in) + LN(W_rec s_{t-1} + b_rec)
//	d_t = B d_{t-1} + (1 - B) I_t,  B = sigmoid(tau_n)
//	v_t = A v_{t-1} + (1 - A) d_t,  A = exp(-1/max(tau_m, 0.01))
//	s_t = 1 where v_t > threshold, no reset
//	out = LN(W_out mean_t s_t + b_out)
//
// d_0 = 0, v_0 is drawn for every sample. tau_m and tau_n are learned. Weights lie
// by source: row i has those of source i, as forward sums and gradients read them.
// The gradient goes back through time by hand, with a surrogate for the slope of
// the spike.
//
// Source: the official code of arXiv 2505.14841, Single_layer_SSDP.
package recurrent
