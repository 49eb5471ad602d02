package plasticity

import (
	"unsafe"

	"github.com/volley-snn/volley/snn/vector"
)

//go:generate sh -c "cd internal/asmgen && go run . -out ../../additive_amd64.s -stubs ../../additivestub_amd64.go -pkg plasticity"

// assembled does the first part of a row in whole registers, and says how far it
// came, and whether it stopped before eight synapses with a target that may have
// more spikes pending than its record holds. The caller's loop is the reference:
// the same operations in the same order.
func assembled[T Index](c *Crossing, row, next Row[T]) (done int, stopped bool) {
	n := len(row.W) &^ (lanes - 1)
	targets, narrow := any(row.Targets).([]uint16)
	if n == 0 || !narrow || !vector.Available() {
		return 0, false
	}
	_, _ = targets[n-1], c.Sums[len(c.Records)-1]
	done = additiveRow((*byte)(unsafe.Pointer(&c.AdditiveRow)), &row.W[0], &targets[0], n, (*byte)(unsafe.Pointer(&c.Records[0])), &c.Sums[0],
		unsafe.SliceData(next.W), unsafe.SliceData(any(next.Targets).([]uint16)))
	return done, done < n
}
