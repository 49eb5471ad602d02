package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// iafPscDelta advances the neurons of a vector.IafPscDelta, eight an iteration.
func iafPscDelta() {
	const name = "iafPscDelta64"
	f := double
	TEXT(name, NOSPLIT, "func(a *byte, n int, fired *uint32) int")
	Pragma("noescape")
	Doc(name + " updates the first n neurons of an IafPscDelta, n a multiple of 8, and returns how many fired.")
	a := arguments{base: Load(Param("a"), GP64()).(GPVirtual), slices: 5, f: f}
	n := Load(Param("n"), GP64())
	out := Load(Param("fired"), GP64()).(GPVirtual)
	v, r, sums := a.slice(0), a.slice(1), a.slice(2)
	const current, threshold = 3, 4
	const (
		p33 = iota
		p30
		quantum
		iE
		constant // p30*iE
		vMin
		vTh
		vReset
	)
	decay, grid, constantY, lowest, highest := a.every(p33), a.every(quantum), a.every(constant), a.every(vMin), a.every(vTh)
	iEY, p30Y := a.every(iE), a.every(p30)
	zero := YMM()
	VPXOR(zero, zero, zero)
	i := GP64()
	XORQ(i, i)
	masks := GP32()

	Label(name + "_loop")
	CMPQ(i, n)
	JGE(LabelRef(name + "_end"))
	refractory, left := YMM(), YMM()
	VMOVDQU(Mem{Base: r, Index: i, Scale: 4}, left)
	VPCMPGTD(zero, left, refractory)
	VPADDD(refractory, left, left)
	VMOVDQU(left, Mem{Base: r, Index: i, Scale: 4})
	for part := range 2 {
		label := func(s string) string { return fmt.Sprintf("%s_%s%d", name, s, part) }
		at := func(base GPVirtual) Mem { return Mem{Base: base, Index: i, Scale: 8, Disp: part * 32} }
		x, next, term, blocked := YMM(), YMM(), YMM(), YMM()
		f.move(at(v), x)
		f.mul(x, decay, next)
		CMPQ(a.pointer(current), U8(0))
		JNE(LabelRef(label("current")))
		f.add(constantY, next, next)
		Label(label("driven"))
		optional(label("none"), sums, func() {
			f.fromInts(Mem{Base: sums, Index: i, Scale: 4, Disp: part * 16}, term)
			f.mul(grid, term, term)
			f.add(term, next, next)
		})
		f.max(lowest, next, next)
		if part == 0 {
			VPMOVSXDQ(refractory.AsX(), blocked)
		} else {
			VEXTRACTI128(U8(1), refractory, blocked.AsX())
			VPMOVSXDQ(blocked.AsX(), blocked)
		}
		f.blend(blocked, x, next, next)
		f.move(next, at(v))
		CMPQ(a.pointer(threshold), U8(0))
		JNE(LabelRef(label("threshold")))
		f.compare(greaterOrEqual, highest, next, term)
		Label(label("compared"))
		if part == 0 {
			f.signs(term, masks)
		} else {
			high := GP32()
			f.signs(term, high)
			SHLL(U8(4), high)
			ORL(high, masks)
		}
		later(func() {
			Label(label("current"))
			f.add(at(a.slice(current)), iEY, term)
			f.mul(p30Y, term, term)
			f.add(term, next, next)
			JMP(LabelRef(label("driven")))
			Label(label("threshold"))
			f.add(at(a.slice(threshold)), highest, term)
			f.compare(greaterOrEqual, term, next, term)
			JMP(LabelRef(label("compared")))
		})
	}
	TESTL(masks, masks)
	JNZ(LabelRef(name + "_fire"))
	Label(name + "_next")
	ADDQ(U8(8), i)
	JMP(LabelRef(name + "_loop"))

	Label(name + "_fire")
	fire(name, f, masks, i, out, a.number(vReset), a.int(), v, r)
	JMP(LabelRef(name + "_next"))
	behind()

	Label(name + "_end")
	finish(out)
}
