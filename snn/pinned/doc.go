// Package pinned holds the elementary functions whose bits the simulator pins:
// Go's own differ in the last place between CPUs, and a network may not. Every
// product that is added is a fused multiply-add or is rounded first, so each
// function gives the same float64 on every machine.
package pinned

import "math"

const (
	ln2Hi = 6.93147180369123816490e-01 // leading 33 bits of ln 2
	ln2Lo = 1.90821492927058770002e-10 // ln 2 - ln2Hi
)

// horner evaluates c[0] + c[1] x + ... with fused steps.
func horner(x float64, c []float64) float64 {
	y := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		y = math.FMA(y, x, c[i])
	}
	return y
}
