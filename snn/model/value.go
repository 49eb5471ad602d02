package model

import "github.com/volley-snn/volley/snn/random"

// Value is a parameter that may differ between neurons or synapses. Exactly one
// form is set; all numbers are in the unit of the parameter they stand for.
//
// In YAML: a quantity (20 mV), a distribution ({uniform: {min: 0 mV, max: 20 mV}},
// {normal: {mean: 1.5 ms, std: 0.75 ms, min: 0.1 ms, bounds: redraw}}, lognormal,
// exponential), a list ([1 ms, 2 ms]), or a column of a CSV file
// ({file: neurons.csv, column: V_m0_mV}), one row a neuron in order.
type Value struct {
	Dist   random.Distribution // constant or drawn, where List is nil and File is empty
	List   []float64           // a list parameter, or one value a neuron
	File   string              // CSV file, relative to the model or the data directory
	Column string              // its column
}

// Const is the same x for all.
func Const(x float64) Value { return Value{Dist: random.Const(x)} }

// Uniform is drawn between low and high.
func Uniform(low, high float64) Value {
	return Value{Dist: random.Distribution{Kind: random.Uniform, A: low, B: high}}
}

// Normal is drawn with a mean and standard deviation.
func Normal(mean, std float64) Value {
	return Value{Dist: random.Distribution{Kind: random.Normal, A: mean, B: std}}
}

// Lognormal is drawn with a mean and standard deviation of the logarithm.
func Lognormal(mean, std float64) Value {
	return Value{Dist: random.Distribution{Kind: random.Lognormal, A: mean, B: std}}
}

// Exponential is drawn with a mean.
func Exponential(mean float64) Value {
	return Value{Dist: random.Distribution{Kind: random.Exponential, A: mean}}
}

// Within is v with draws outside [low, high] drawn again.
func (v Value) Within(low, high float64) Value {
	v.Dist.Bounded, v.Dist.Min, v.Dist.Max, v.Dist.Bounds = true, low, high, random.Redraw
	return v
}

// Clipped is v with draws outside [low, high] set to the nearer bound.
func (v Value) Clipped(low, high float64) Value {
	v = v.Within(low, high)
	v.Dist.Bounds = random.Clip
	return v
}

// Values is one number a neuron, or a list parameter.
func Values(x ...float64) Value { return Value{List: x} }

// ColumnOf is one number a neuron, from a column of a CSV or Parquet file.
func ColumnOf(file, column string) Value { return Value{File: file, Column: column} }
