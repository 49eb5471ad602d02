package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// iafPscExp advances the neurons of a vector.IafPscExp, eight an iteration.
func iafPscExp(name string, f float) {
	TEXT(name, NOSPLIT, "func(a *byte, n int, fired *uint32) int")
	Pragma("noescape")
	Doc(name + " updates the first n neurons of an IafPscExp, n a multiple of 8, clears their sums, and returns how many fired.")
	a := arguments{base: Load(Param("a"), GP64()).(GPVirtual), slices: 8, f: f}
	n := Load(Param("n"), GP64())
	out := Load(Param("fired"), GP64()).(GPVirtual)
	v, ex, in, r := a.slice(0), a.slice(1), a.slice(2), a.slice(3)
	sumEx, sumIn := a.slice(4), a.slice(5)
	const current, threshold = 6, 7
	const (
		p22 = iota
		p21Ex
		p21In
		p20
		p11Ex
		p11In
		quantumEx
		quantumIn
		iE
		constant // iE*p20
		vTh
		vReset
	)
	kept := map[int]VecVirtual{}
	for _, k := range []int{p22, p21Ex, p21In, p11Ex, p11In, quantumEx, quantumIn, constant, vTh} {
		kept[k] = a.every(k)
	}
	zero := YMM()
	VPXOR(zero, zero, zero)
	i := GP64()
	XORQ(i, i)
	masks := GP32()

	for _, p := range []GPVirtual{sumEx, sumIn} {
		TESTQ(p, p)
		JZ(LabelRef(name + "_any"))
	}
	for _, k := range []int{current, threshold} {
		CMPQ(a.pointer(k), U8(0))
		JNE(LabelRef(name + "_any"))
	}
	// loop is the loop over all neurons; a plain one has input by both receptors, no
	// current and no thresholds of its own, and so nothing to ask in it.
	loop := func(name string, plain bool) {
		Label(name)
		CMPQ(i, n)
		JGE(LabelRef(name + "_end"))
		// A neuron is refractory where r > 0: adding the mask (-1) counts down.
		refractory := YMM()
		left := YMM()
		VMOVDQU(Mem{Base: r, Index: i, Scale: 4}, left)
		VPCMPGTD(zero, left, refractory)
		VPADDD(refractory, left, left)
		VMOVDQU(left, Mem{Base: r, Index: i, Scale: 4})
		for part := range 8 / f.lanes {
			label := func(s string) string { return fmt.Sprintf("%s_%s%d", name, s, part) }
			at := func(base GPVirtual) Mem {
				return Mem{Base: base, Index: i, Scale: uint8(f.bytes), Disp: part * 32}
			}
			x, y, next, term := YMM(), YMM(), YMM(), YMM()
			// arrive adds a receptor's sums to its current and clears them.
			arrive := func(label string, sums GPVirtual, quantum VecVirtual, current VecVirtual) {
				add := func() {
					ints := Mem{Base: sums, Index: i, Scale: 4, Disp: part * f.lanes * 4}
					f.fromInts(ints, term)
					f.mul(quantum, term, term)
					f.add(term, current, current)
					f.clear(zero, ints)
				}
				if plain {
					add()
					return
				}
				optional(label, sums, add)
			}
			f.move(at(ex), x)
			f.move(at(in), y)
			f.mul(at(v), kept[p22], next)
			f.mul(x, kept[p21Ex], term)
			f.add(term, next, next)
			f.mul(y, kept[p21In], term)
			f.add(term, next, next)
			if !plain {
				CMPQ(a.pointer(current), U8(0))
				JNE(LabelRef(label("current")))
			}
			f.add(kept[constant], next, next)
			Label(label("driven"))
			blocked := refractory
			if f.widensMaskInTwo {
				blocked = YMM()
				if part == 0 {
					VPMOVSXDQ(refractory.AsX(), blocked)
				} else {
					VEXTRACTI128(U8(1), refractory, blocked.AsX())
					VPMOVSXDQ(blocked.AsX(), blocked)
				}
			}
			f.move(at(v), term)
			f.blend(blocked, term, next, next)
			f.move(next, at(v))

			f.mul(kept[p11Ex], x, x)
			arrive(label("noex"), sumEx, kept[quantumEx], x)
			f.move(x, at(ex))
			f.mul(kept[p11In], y, y)
			arrive(label("noin"), sumIn, kept[quantumIn], y)
			f.move(y, at(in))

			if !plain {
				CMPQ(a.pointer(threshold), U8(0))
				JNE(LabelRef(label("threshold")))
			}
			f.compare(greaterOrEqual, kept[vTh], next, term)
			Label(label("compared"))
			if part == 0 {
				f.signs(term, masks)
			} else {
				high := GP32()
				f.signs(term, high)
				SHLL(U8(f.lanes), high)
				ORL(high, masks)
			}
			if plain {
				continue
			}
			// What is rare stands behind the loop.
			later(func() {
				Label(label("current"))
				f.broadcast(a.number(iE), term)
				f.add(at(a.slice(current)), term, term)
				other := YMM()
				f.broadcast(a.number(p20), other)
				f.mul(other, term, term)
				f.add(term, next, next)
				JMP(LabelRef(label("driven")))
				Label(label("threshold"))
				f.add(at(a.slice(threshold)), kept[vTh], term)
				f.compare(greaterOrEqual, term, next, term)
				JMP(LabelRef(label("compared")))
			})
		}
		TESTL(masks, masks)
		JNZ(LabelRef(name + "_fire"))
		Label(name + "_next")
		ADDQ(U8(8), i)
		JMP(LabelRef(name))

		Label(name + "_fire")
		fire(name, f, masks, i, out, a.number(vReset), a.int(), v, r)
		JMP(LabelRef(name + "_next"))
		behind()

		Label(name + "_end")
		finish(out)
	}
	loop(name+"_plain", true)
	loop(name+"_any", false)
}

// fire resets the neurons i+k, k the bits of masks in ascending order, and
// writes them to out.
func fire(name string, f float, masks Register, i Register, out GPVirtual, vReset, refractory Mem, v, r GPVirtual) {
	reset, ticks := XMM(), GP32()
	f.moveOne(vReset, reset)
	MOVL(refractory, ticks)
	Label(name + "_bit")
	j, rest := GP64(), GP32()
	BSFL(masks, j.As32())
	ADDQ(i, j)
	MOVL(j.As32(), Mem{Base: out})
	ADDQ(U8(4), out)
	f.moveOne(reset, Mem{Base: v, Index: j, Scale: uint8(f.bytes)})
	MOVL(ticks, Mem{Base: r, Index: j, Scale: 4})
	LEAL(Mem{Base: masks, Disp: -1}, rest)
	ANDL(rest, masks)
	JNZ(LabelRef(name + "_bit"))
}

// finish returns the number of words written to out since the start.
func finish(out GPVirtual) {
	VZEROUPPER()
	start := Load(Param("fired"), GP64())
	SUBQ(start, out)
	SHRQ(U8(2), out)
	Store(out, ReturnIndex(0))
	RET()
}

var deferred []func()

// later keeps code that stands behind the loop.
func later(code func()) { deferred = append(deferred, code) }

// behind emits what later kept.
func behind() {
	for _, code := range deferred {
		code()
	}
	deferred = nil
}
