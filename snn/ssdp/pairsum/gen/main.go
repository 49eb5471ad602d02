// Command gen writes the assembly of package pairsum: go generate ./snn/ssdp/pairsum.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64")
	compress()
	scatter()
	finish()
	dense()
	cross()
	turn()
	Generate()
}

// argument reads a 64-bit argument.
func argument(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// address is the memory of an argument.
func address(name string) Mem {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// repeated is a constant of 32 bytes: a 64-bit word four times.
func repeated(name string, word uint64) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for k := range 4 {
		DATA(8*k, U64(word))
	}
	return m
}
