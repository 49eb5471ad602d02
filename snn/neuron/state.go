package neuron

import "github.com/volley-snn/volley/snn"

// start is a copy of a group's fields, to reset them from. An array of equal
// elements is kept as one of them.
type start []Field

func startOf(fields []Field) start {
	kept := make(start, len(fields))
	for k, f := range fields {
		kept[k].Floats, kept[k].Float32s, kept[k].Ints = shortest(f.Floats), shortest(f.Float32s), shortest(f.Ints)
	}
	return kept
}

func shortest[T comparable](x []T) []T {
	for i := range x {
		if x[i] != x[0] {
			return append([]T(nil), x...)
		}
	}
	return append([]T(nil), x[:min(len(x), 1)]...)
}

func (s start) restore(fields []Field) {
	for k, f := range fields {
		refill(f.Floats, s[k].Floats)
		refill(f.Float32s, s[k].Float32s)
		refill(f.Ints, s[k].Ints)
	}
}

func refill[T any](x, from []T) {
	if len(from) != 1 {
		copy(x, from)
		return
	}
	for i := range x {
		x[i] = from[0]
	}
}

// flushFields makes what is tiny in a group's state 0, in the ticks for that.
func flushFields(g Group, t snn.Tick) {
	if !flushes[float64](t) {
		return
	}
	for _, f := range g.Fields() {
		flushAll(f.Floats)
	}
}
