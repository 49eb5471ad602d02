// Package plastic has SSDP as a rule of training: after every batch, or before the
// optimizer's step as the paper's single-layer code has it, the weights between two
// spiking layers change by who fired together in the batch's samples.
//
// Weights lie by source, row i of source i, so that to [batch.Rule] source and
// target change places: its values do not tell them apart.
package plastic
