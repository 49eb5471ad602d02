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
