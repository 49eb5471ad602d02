package neuron

// start is a copy of a group's fields, to reset them from. An array of equal
// elements is kept as one of them.
type start []Field

func startOf(fields []Field) start {
	kept := make(start, len(fields))
	for k, f := range fields {
		kept[k].Floats, kept[k].Ints = shortest(f.Floats), shortest(f.Ints)
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
