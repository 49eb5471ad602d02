package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// compress lists the states below silent, eight at a time.
func compress() {
	const name = "compressAVX2"
	TEXT(name, NOSPLIT, "func(dst *uint32, states *int32, n int, silent int32, order *[256][8]byte) (count int, outside int32)")
	Pragma("noescape")
	Doc(name+" is compressPortable for n states, a multiple of 8 above 0, except that outside",
		"is not 0 where a state is. It writes up to 8 entries past the last. order lists",
		"the set bits of each byte.")
	dst, states, n, order := argument("dst"), argument("states"), argument("n"), argument("order")
	silent, neurons, eight, outside := YMM(), YMM(), YMM(), YMM()
	word, low := GP32(), XMM()
	Load(Param("silent"), word)
	MOVD(word, low)
	VPBROADCASTD(low, silent)
	first := GLOBL("compressFirst", RODATA|NOPTR)
	DATA(0, U64(0x0706050403020100))
	VPMOVZXBD(first, neurons)
	MOVL(U32(8), word)
	MOVD(word, low)
	VPBROADCASTD(low, eight)
	VPXOR(outside, outside, outside)
	start := GP64()
	MOVQ(dst, start)

	Label(name + "_loop")
	s, t, pack := YMM(), YMM(), YMM()
	VMOVDQU(Mem{Base: states}, s)
	VPSUBD(s, silent, t)
	VPOR(s, t, t)
	VPOR(t, outside, outside)
	VPCMPGTD(s, silent, t)
	mask := GP32()
	VMOVMSKPS(t, mask)
	VPSLLD(U8(16), s, pack)
	VPOR(neurons, pack, pack)
	VPADDD(eight, neurons, neurons)
	VPMOVZXBD(Mem{Base: order, Index: mask.As64(), Scale: 8}, t)
	VPERMD(pack, t, pack)
	VMOVDQU(pack, Mem{Base: dst})
	POPCNTL(mask, mask)
	LEAQ(Mem{Base: dst, Index: mask.As64(), Scale: 4}, dst)
	ADDQ(U8(32), states)
	SUBQ(U8(8), n)
	JNZ(LabelRef(name + "_loop"))

	SUBQ(start, dst)
	SHRQ(U8(2), dst)
	Store(dst, Return("count"))
	signs := GP32()
	VMOVMSKPS(outside, signs)
	Store(signs, Return("outside"))
	VZEROUPPER()
	RET()
}
