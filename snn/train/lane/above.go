package lane

// Above sets the bits of which numbers of x lie above a threshold, eight a byte,
// the lowest first, and returns them: in bits, where there is room.
func Above(bits []byte, x []float32, threshold float32) []byte {
	n := (len(x) + 7) / 8
	if cap(bits) < n {
		bits = make([]byte, n)
	}
	bits = bits[:n]
	from := whole(len(x))
	if from > 0 {
		aboveAVX2(&bits[0], &x[0], from, threshold)
	}
	clear(bits[from/8:])
	for k, y := range x[from:] {
		if y > threshold {
			bits[(from+k)/8] |= 1 << ((from + k) % 8)
		}
	}
	return bits
}
