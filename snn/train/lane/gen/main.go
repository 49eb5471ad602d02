// Command gen writes the assembly of package lane: go generate ./snn/train/lane.
package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64")
	multiGaussian()
	elementwise()
	sums()
	above()
	Generate()
}

func argument(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// constants are numbers in every lane, each once.
var constants = map[uint32]Mem{}

// number is a float32 in every lane.
func number(x float64) Mem { return word(math.Float32bits(float32(x))) }

func word(bits uint32) Mem {
	if m, ok := constants[bits]; ok {
		return m
	}
	m := GLOBL("number"+hex(bits), RODATA|NOPTR)
	for k := range 8 {
		DATA(4*k, U32(bits))
	}
	constants[bits] = m
	return m
}

func hex(x uint32) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 8)
	for k := range out {
		out[k] = digits[x>>(28-4*k)&15]
	}
	return string(out)
}

func mul(a Op, b, out VecVirtual) { VMULPS(a, b, out) }
func add(a Op, b, out VecVirtual) { VADDPS(a, b, out) }
