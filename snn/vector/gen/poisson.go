package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const golden = 0x9E3779B97F4A7C15

// poisson draws the counts of a vector.Poisson, 16 an iteration: four words of
// SplitMix64, each of four draws.
func poisson() {
	const name = "poisson16"
	TEXT(name, NOSPLIT, "func(a *byte, n int, flagged *uint32) int")
	Pragma("noescape")
	Doc(name + " adds the counts of the first n targets of a Poisson, n a multiple of 16, and returns how many words it wrote to flagged.")
	a := Load(Param("a"), GP64()).(GPVirtual)
	n := Load(Param("n"), GP64())
	out := Load(Param("flagged"), GP64()).(GPVirtual)
	field := func(disp int) Mem { return Mem{Base: a, Disp: disp} }
	sums := GP64()
	MOVQ(field(0), sums)
	state, weight, low, high := YMM(), YMM(), YMM(), YMM()
	VPBROADCASTQ(field(24), state)
	VPADDQ(words("poissonStart", 0, golden, 2*golden&(1<<64-1), 3*golden&(1<<64-1)), state, state)
	VPBROADCASTD(field(32), weight)
	VBROADCASTI128(field(40), low)
	VBROADCASTI128(field(56), high)

	step := words("poissonStep", 4*golden&(1<<64-1))
	first := multiplier("poissonFirst", 0xBF58476D1CE4E5B9)
	second := multiplier("poissonSecond", 0x94D049BB133111EB)
	nibble, lower, none := YMM(), YMM(), YMM()
	VMOVDQU(words("poissonNibble", 0x000F000F000F000F), nibble)
	VMOVDQU(words("poissonLower", 0x00FF00FF00FF00FF), lower)
	VPXOR(none, none, none)
	i := GP64()
	XORQ(i, i)

	Label(name + "_loop")
	CMPQ(i, n)
	JGE(LabelRef(name + "_end"))
	u, t := YMM(), YMM()
	VPSRLQ(U8(30), state, u)
	VPXOR(state, u, u)
	VPADDQ(step, state, state)
	first(u)
	VPSRLQ(U8(27), u, t)
	VPXOR(t, u, u)
	second(u)
	VPSRLQ(U8(31), u, t)
	VPXOR(t, u, u)

	// The column's threshold and alias, as one signed word: see Poisson.
	column, entry := YMM(), YMM()
	VPAND(nibble, u, column)
	VPSHUFB(column, low, t)
	VPSLLW(U8(8), column, column)
	VPSHUFB(column, high, entry)
	VPBLENDVB(lower, t, entry, entry)
	count, doubt := YMM(), YMM()
	VPCMPGTW(u, entry, t)
	VPBLENDVB(t, u, entry, count)
	VPAND(nibble, count, count)
	VPXOR(u, entry, doubt)
	VPSRLW(U8(4), doubt, doubt)
	VPCMPEQW(none, doubt, doubt)
	flags := GP32()
	VPMOVMSKB(doubt, flags)
	TESTL(flags, flags)
	JNZ(LabelRef(name + "_doubt"))

	Label(name + "_add")
	at := func(k int) Mem { return Mem{Base: sums, Index: i, Scale: 4, Disp: 32 * k} }
	VPSRLD(U8(16), count, t)
	VPBLENDW(U8(0xAA), none, count, count)
	VPMULLD(weight, count, count)
	VPADDD(at(0), count, count)
	VMOVDQU(count, at(0))
	VPMULLD(weight, t, t)
	VPADDD(at(1), t, t)
	VMOVDQU(t, at(1))
	ADDQ(U8(16), i)
	JMP(LabelRef(name + "_loop"))

	Label(name + "_doubt")
	MOVL(i.As32(), Mem{Base: out})
	MOVL(flags, Mem{Base: out, Disp: 4})
	ADDQ(U8(8), out)
	VPANDN(count, doubt, count)
	JMP(LabelRef(name + "_add"))

	Label(name + "_end")
	VZEROUPPER()
	start := Load(Param("flagged"), GP64())
	SUBQ(start, out)
	SHRQ(U8(2), out)
	Store(out, ReturnIndex(0))
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
	lo := YMM()
	VMOVDQU(words(name+"Low", factor&(1<<32-1)), lo)
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
