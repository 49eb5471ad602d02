package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// finish rounds a row of 64-bit sums into a row of weights. A sum s below 2^51 is
// the low bits of the float64 2^52 + 2^51 + s, so it converts by one integer and
// one exact floating-point operation.
func finish() {
	const name = "finishAVX2"
	TEXT(name, NOSPLIT, "func(dw *float32, sum, v *int64, n int, u int64, quantum, a, y float32, x, q *float32)")
	Pragma("noescape")
	Doc(name + " is finisher.finish for n weights, a multiple of 8; x is nil without a rank-two term.")
	dw, sum, v, n, x, q := argument("dw"), argument("sum"), argument("v"), argument("n"), argument("x"), argument("q")
	u, magic, zero := YMM(), YMM(), YMM()
	VPBROADCASTQ(address("u"), u)
	VMOVDQU(repeated("finishMagic", 0x4338000000000000), magic)
	VPADDQ(magic, u, u)
	VPXOR(zero, zero, zero)
	quantum, a, y := YMM(), YMM(), YMM()
	VBROADCASTSS(address("quantum"), quantum)
	VBROADCASTSS(address("a"), a)
	VBROADCASTSS(address("y"), y)
	i := GP64()
	XORQ(i, i)

	Label(name + "_loop")
	var four [2]VecVirtual
	for k := range four {
		t := YMM()
		at := func(p Register) Mem { return Mem{Base: p, Index: i, Scale: 8, Disp: 32 * k} }
		VMOVDQU(at(sum), t)
		VPADDQ(at(v), t, t)
		VPADDQ(u, t, t)
		VSUBPD(magic, t, t)
		four[k] = XMM()
		VCVTPD2PSY(t, four[k])
		VMOVDQU(zero, at(sum))
	}
	d := YMM()
	VINSERTF128(U8(1), four[1], four[0].AsY(), d)
	VMULPS(quantum, d, d)
	at := func(p Register) Mem { return Mem{Base: p, Index: i, Scale: 4} }
	rankTwo(name+"_plain", d, a, y, at(x), at(q), x)
	VADDPS(at(dw), d, d)
	VMOVUPS(d, at(dw))
	ADDQ(U8(8), i)
	CMPQ(i, n)
	JL(LabelRef(name + "_loop"))
	VZEROUPPER()
	RET()
}

// rankTwo takes a x + y q from d, unless pointer p is nil.
func rankTwo(label string, d, a, y VecVirtual, x, q Mem, p GPVirtual) {
	TESTQ(p, p)
	JZ(LabelRef(label))
	s, t := YMM(), YMM()
	VMULPS(x, a, s)
	VMULPS(q, y, t)
	VADDPS(t, s, s)
	VSUBPS(s, d, d)
	Label(label)
}
