package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	golden   = 0x9E3779B97F4A7C15
	one      = 1023 << 52 // bits of 1.0
	two52    = 1075 << 52 // and of 2^52
	spanBits = 48
	first    = 1023 << 4
)

// normals draws four normal deviates an iteration: words of SplitMix64, the span
// that each lies in, and its polynomial.
func normals() {
	const name = "normals4"
	TEXT(name, NOSPLIT, "func(a *byte, out *float64, n int)")
	Pragma("noescape")
	Doc(name + " sets n numbers of out, n a positive multiple of 4, and the least and the largest of them in a, a normalDraws.")
	a := Load(Param("a"), GP64())
	out := Load(Param("out"), GP64())
	n := Load(Param("n"), GP64())
	field := func(k int) Mem { return Mem{Base: a, Disp: 8 * k} }
	table := GP64()
	MOVQ(field(0), table)
	state, low, high := YMM(), YMM(), YMM()
	VPBROADCASTQ(field(1), state)
	VPADDQ(words("normalStart", 0, golden, 2*golden&(1<<64-1), 3*golden&(1<<64-1)), state, state)
	VBROADCASTSD(field(4), low)
	VBROADCASTSD(field(5), high)
	mixFirst := multiplier("mixFirst", 0xBF58476D1CE4E5B9)
	mixSecond := multiplier("mixSecond", 0x94D049BB133111EB)
	step := words("normalStep", 4*golden&(1<<64-1))
	bit, base, unit, fraction, spanBase := words("normalBit", 1), words("normalTwo52", two52), words("normalOne", one), words("normalFraction", 1<<spanBits-1), words("normalFirst", first)

	Label(name + "_loop")
	w, t := YMM(), YMM()
	VPSRLQ(U8(30), state, w)
	VPXOR(state, w, w)
	VPADDQ(step, state, state)
	mixFirst(w)
	VPSRLQ(U8(27), w, t)
	VPXOR(t, w, w)
	mixSecond(w)
	VPSRLQ(U8(31), w, t)
	VPXOR(t, w, w)

	// min(u, 1-u) in units of 2^-53, as a number: its low bits name the span and
	// say how far in it.
	upper := YMM()
	VPXOR(t, t, t)
	VPCMPGTQ(w, t, upper)
	VPXOR(upper, w, w)
	VPSRLQ(U8(12), w, w)
	VPADDQ(w, w, w)
	VPOR(bit, w, w)
	VPOR(base, w, w)
	VSUBPD(base, w, w)
	span := YMM()
	VPSRLQ(U8(spanBits), w, span)
	VPSUBQ(spanBase, span, span)
	VPAND(fraction, w, w)
	VPSLLQ(U8(4), w, w)
	VPOR(unit, w, w)
	VSUBPD(unit, w, w)

	rows := rowsOf(table, span)
	x := YMM()
	c4, c5 := pair(rows, 32)
	VMULPD(c5, w, x)
	VADDPD(c4, x, x)
	c2, c3 := pair(rows, 16)
	VMULPD(w, x, x)
	VADDPD(c3, x, x)
	VMULPD(w, x, x)
	VADDPD(c2, x, x)
	c0, c1 := pair(rows, 0)
	VMULPD(w, x, x)
	VADDPD(c1, x, x)
	VMULPD(w, x, x)
	VADDPD(c0, x, x)
	VPSLLQ(U8(63), upper, upper)
	VPXOR(upper, x, x)
	scale := YMM()
	VBROADCASTSD(field(3), scale)
	VMULPD(scale, x, x)
	VBROADCASTSD(field(2), scale)
	VADDPD(scale, x, x)
	VMOVUPD(x, Mem{Base: out})
	VMINPD(x, low, low)
	VMAXPD(x, high, high)
	ADDQ(U8(32), out)
	SUBQ(U8(4), n)
	JNZ(LabelRef(name + "_loop"))

	across(low, func(a, b, to Op) { VMINPD(a, b, to) })
	across(high, func(a, b, to Op) { VMAXPD(a, b, to) })
	VMOVSD(low.AsX(), field(4))
	VMOVSD(high.AsX(), field(5))
	VZEROUPPER()
	RET()
}

// rowsOf is the addresses of the polynomials, of 48 bytes each, of four spans.
func rowsOf(table Register, span VecVirtual) (rows [4]Mem) {
	at, t := YMM(), YMM()
	VPSLLQ(U8(5), span, at)
	VPSLLQ(U8(4), span, t)
	VPADDQ(t, at, at)
	for k := range rows {
		if k == 2 {
			VEXTRACTI128(U8(1), at, at.AsX())
		}
		index := GP64()
		if k%2 == 0 {
			VMOVQ(at.AsX(), index)
		} else {
			VPEXTRQ(U8(1), at.AsX(), index)
		}
		rows[k] = Mem{Base: table, Index: index, Scale: 1}
	}
	return rows
}

// pair is the coefficients at disp and beside it, of four polynomials.
func pair(rows [4]Mem, disp int) (VecVirtual, VecVirtual) {
	even, odd := YMM(), YMM()
	VMOVUPD(rows[0].Offset(disp), even.AsX())
	VINSERTF128(U8(1), rows[2].Offset(disp), even, even)
	VMOVUPD(rows[1].Offset(disp), odd.AsX())
	VINSERTF128(U8(1), rows[3].Offset(disp), odd, odd)
	a, b := YMM(), YMM()
	VUNPCKLPD(odd, even, a)
	VUNPCKHPD(odd, even, b)
	return a, b
}

// across leaves in lane 0 what op makes of the four lanes.
func across(x VecVirtual, op func(a, b, to Op)) {
	t := YMM()
	VEXTRACTF128(U8(1), x, t.AsX())
	op(t.AsX(), x.AsX(), x.AsX())
	VUNPCKHPD(x.AsX(), x.AsX(), t.AsX())
	op(t.AsX(), x.AsX(), x.AsX())
}

// quanta rounds to a grid by adding 1.5 2^52, whose low bits are then the number.
func quanta() {
	const name = "quanta4"
	TEXT(name, NOSPLIT, "func(x *float64, inverse float64, out *int32, n int) float64")
	Pragma("noescape")
	Doc(name + " sets n numbers of out, n a positive multiple of 4, and returns the largest |x|.")
	x := Load(Param("x"), GP64())
	out := Load(Param("out"), GP64())
	n := Load(Param("n"), GP64())
	inverse, most, magic, signs := YMM(), YMM(), YMM(), YMM()
	scale, err := Param("inverse").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSD(scale.Addr, inverse)
	VPXOR(most, most, most)
	VMOVUPD(words("quantaMagic", math.Float64bits(0x1.8p52)), magic)
	VMOVUPD(words("quantaSigns", 1<<63-1), signs)
	Label(name + "_loop")
	v, t := YMM(), YMM()
	VMOVUPD(Mem{Base: x}, v)
	VANDPD(signs, v, t)
	VMAXPD(t, most, most)
	VMULPD(inverse, v, v)
	VADDPD(magic, v, v)
	VEXTRACTF128(U8(1), v, t.AsX())
	VSHUFPS(U8(0x88), t.AsX(), v.AsX(), v.AsX())
	VMOVUPS(v.AsX(), Mem{Base: out})
	ADDQ(U8(32), x)
	ADDQ(U8(16), out)
	SUBQ(U8(4), n)
	JNZ(LabelRef(name + "_loop"))
	across(most, func(a, b, to Op) { VMAXPD(a, b, to) })
	Store(most.AsX(), ReturnIndex(0))
	VZEROUPPER()
	RET()
}

// words is a constant of four 64-bit words, or one repeated.
func words(name string, w ...uint64) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for k := range 4 {
		DATA(8*k, U64(w[k%len(w)]))
	}
	return m
}

// multiplier returns what multiplies 64-bit lanes by a constant: from the three
// products of halves that matter.
func multiplier(name string, factor uint64) func(x VecVirtual) {
	lo := words(name+"Low", factor&(1<<32-1))
	hi := words(name+"High", factor>>32)
	return func(x VecVirtual) {
		cross, other := YMM(), YMM()
		VPMULUDQ(hi, x, cross)
		VPSRLQ(U8(32), x, other)
		VPMULUDQ(lo, other, other)
		VPMULUDQ(lo, x, x)
		VPADDQ(other, cross, cross)
		VPSLLQ(U8(32), cross, cross)
		VPADDQ(cross, x, x)
	}
}
