package vector

// Collect adds from to to, number by number, and leaves zeros: sums that have
// gathered elsewhere move to where they belong. The two have the same length and do
// not overlap.
func Collect(to, from []int32) {
	mustBe(len(to), len(from))
	done := len(to) &^ 7
	if done > 0 && Available() {
		collect32(&to[0], &from[0], done)
	} else {
		done = 0
	}
	to, from = to[done:], from[done:]
	for i, x := range from {
		to[i] += x
	}
	clear(from)
}
