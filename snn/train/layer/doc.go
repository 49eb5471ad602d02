// Package layer has layers without memory, forward and backward, on rows: a row is
// a sample in a step, or a place in one. A layer keeps what Backward needs of the
// last Forward; gradients of parameters are added to what is there.
package layer
