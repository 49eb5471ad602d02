// Command gen writes the assembly of package vector: go generate ./snn/vector.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64")
	iafPscExp("iafPscExp64", double)
	iafPscExp("iafPscExp32", single)
	iafPscDelta()
	poisson()
	collect()
	Generate()
}

// float is a width of floating-point numbers with its instructions.
type float struct {
	bytes           int
	lanes           int
	move            func(from, to Op)
	broadcast       func(from, to Op)
	mul, add, max   func(ops ...Op)
	fromInts        func(from, to Op)
	blend           func(mask, set, clear, to Op)
	compare         func(predicate, b, a, to Op)
	signs           func(from, to Op)
	moveOne         func(from, to Op)
	clear           func(zero VecVirtual, ints Op) // as many int32 as there are lanes
	widensMaskInTwo bool                           // a mask of eight int32 covers two registers of numbers
}

var double = float{
	bytes: 8, lanes: 4, widensMaskInTwo: true,
	move: func(from, to Op) { VMOVUPD(from, to) }, broadcast: func(from, to Op) { VBROADCASTSD(from, to) },
	mul: func(o ...Op) { VMULPD(o...) }, add: func(o ...Op) { VADDPD(o...) }, max: func(o ...Op) { VMAXPD(o...) },
	fromInts: func(from, to Op) { VCVTDQ2PD(from, to) },
	blend:    func(mask, set, clear, to Op) { VBLENDVPD(mask, set, clear, to) },
	compare:  func(predicate, b, a, to Op) { VCMPPD(predicate, b, a, to) },
	signs:    func(from, to Op) { VMOVMSKPD(from, to) }, moveOne: func(from, to Op) { VMOVSD(from, to) },
	clear: func(zero VecVirtual, ints Op) { VMOVDQU(zero.AsX(), ints) },
}

var single = float{
	bytes: 4, lanes: 8,
	move: func(from, to Op) { VMOVUPS(from, to) }, broadcast: func(from, to Op) { VBROADCASTSS(from, to) },
	mul: func(o ...Op) { VMULPS(o...) }, add: func(o ...Op) { VADDPS(o...) }, max: func(o ...Op) { VMAXPS(o...) },
	fromInts: func(from, to Op) { VCVTDQ2PS(from, to) },
	blend:    func(mask, set, clear, to Op) { VBLENDVPS(mask, set, clear, to) },
	compare:  func(predicate, b, a, to Op) { VCMPPS(predicate, b, a, to) },
	signs:    func(from, to Op) { VMOVMSKPS(from, to) }, moveOne: func(from, to Op) { VMOVSS(from, to) },
	clear: func(zero VecVirtual, ints Op) { VMOVDQU(zero, ints) },
}

// greaterOrEqual is VCMP's predicate that is false for NaN, as Go's >= is.
const greaterOrEqual = U8(0x1D)

// arguments reads the fields of a kernel's struct: slices first, then one
// int32, padded to 8 bytes, then numbers.
type arguments struct {
	base   GPVirtual
	slices int
	f      float
}

// slice is the pointer of slice k, in a register of its own; 0 for nil.
func (a arguments) slice(k int) GPVirtual {
	r := GP64()
	MOVQ(a.pointer(k), r)
	return r
}

func (a arguments) pointer(k int) Mem { return Mem{Base: a.base, Disp: 24 * k} }
func (a arguments) int() Mem          { return Mem{Base: a.base, Disp: 24 * a.slices} }
func (a arguments) number(k int) Mem  { return Mem{Base: a.base, Disp: 24*a.slices + 8 + a.f.bytes*k} }

// every is number k in every lane.
func (a arguments) every(k int) VecVirtual {
	y := YMM()
	a.f.broadcast(a.number(k), y)
	return y
}

// optional emits what is done where pointer p is not nil.
func optional(label string, p GPVirtual, body func()) {
	TESTQ(p, p)
	JZ(LabelRef(label))
	body()
	Label(label)
}
