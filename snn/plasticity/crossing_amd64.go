package plasticity

import (
	"unsafe"

	"github.com/volley-snn/volley/snn/vector"
)

//go:generate sh -c "cd internal/asmgen && go run . -out ../../crossing_amd64.s -stubs ../../crossingstub_amd64.go -pkg plasticity"

// assembled takes a spike over synapses k and on, eight at once, up to eight of
// which one has a target with more spikes pending than its record holds, and says
// how many it did.
func assembled[T Index](c, next *Crossing[T], k int, t Targets, sums []int32) int {
	n := (len(c.W) - k) &^ (lanes - 1)
	if n == 0 || !assembles[T]() {
		return 0
	}
	narrow := any(c.Onto).([]uint16)
	w, onto := c.W[k:k+n], narrow[k:k+n]
	_, _ = t.Earlier[len(t.Records)-1], sums[len(t.Records)-1]
	kernel := [2][2]func(*byte, *float32, *uint16, int, *byte, *byte, *int32, *float32, *uint16) int{
		{crossing, crossingSoftMinus}, {crossingSoftPlus, crossingSoft},
	}[bit(c.SoftPlus)][bit(c.SoftMinus)]
	return kernel((*byte)(unsafe.Pointer(&c.PairRow)), &w[0], &onto[0], n,
		(*byte)(unsafe.Pointer(&t.Records[0])), (*byte)(unsafe.Pointer(&t.Earlier[0])), &sums[0],
		unsafe.SliceData(next.W), unsafe.SliceData(any(next.Onto).([]uint16)))
}

// delivered adds the first weights of a row, and says how many.
func delivered[W float32 | float64, T Index](w []W, onto []T, inverse float64, sums []int32) int {
	single, ok := any(w).([]float32)
	n := len(w) &^ (lanes - 1)
	if n == 0 || !ok || !assembles[T]() {
		return 0
	}
	narrow := any(onto).([]uint16)
	delivery(float32(inverse), &single[0], &narrow[0], n, &sums[0])
	return n
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// assembles reports whether the assembly takes such rows on this processor.
func assembles[T Index]() bool {
	_, narrow := any(T(0)).(uint16)
	return narrow && vector.Available()
}
