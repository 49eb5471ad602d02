// Package surrogate has slopes that stand for the derivative of a spike, a step
// function of the distance u of the membrane potential from its threshold.
package surrogate
