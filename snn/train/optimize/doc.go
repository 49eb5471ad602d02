// Package optimize changes parameters by their gradients: SGD with momentum, Adam
// and AdamW, on all parameters of a network as one vector; learning-rate schedules;
// and limits to a gradient's norm.
//
// Sources: Kingma and Ba 2015 (Adam); Loshchilov and Hutter 2019 (AdamW); the
// forms of both, and of SGD, are PyTorch's.
package optimize
