// Package ode integrates small systems of ordinary differential equations in
// steps that adapt to the error. It is deterministic: the bits of the result
// depend on the state and the step alone, on every machine.
package ode

// Max is the largest number of variables.
const Max = 8

// Vector holds the variables of a system, or their slopes.
type Vector [Max]float64

// System is dy/dt = f(y). Slope writes f(y) to dydt, and must not keep either.
type System interface {
	Slope(y, dydt *Vector)
}

// Tolerance is the error that a step may make in variable i:
//
//	Abs + Rel (State |y_i| + Slope h |dy_i/dt|)
//
// with y and its slope taken at the end of the step.
type Tolerance struct {
	Abs, Rel     float64
	State, Slope float64
}

// Absolute is a tolerance that is the same at all times.
func Absolute(err float64) Tolerance { return Tolerance{Abs: err} }

// BySlope is a tolerance of err plus err times what the step moves the variable.
func BySlope(err float64) Tolerance { return Tolerance{Abs: err, Rel: err, Slope: 1} }
