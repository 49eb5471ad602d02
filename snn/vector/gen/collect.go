package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// collect moves sums of int32, eight at a time.
func collect() {
	const name = "collect32"
	TEXT(name, NOSPLIT, "func(to, from *int32, n int)")
	Pragma("noescape")
	Doc(name + " adds the first n numbers of from to those of to, n a multiple of 8, and leaves zeros.")
	to, from, n := Load(Param("to"), GP64()), Load(Param("from"), GP64()), Load(Param("n"), GP64())
	i, zero := GP64(), YMM()
	XORQ(i, i)
	VPXOR(zero, zero, zero)
	Label(name + "_loop")
	CMPQ(i, n)
	JGE(LabelRef(name + "_end"))
	x := YMM()
	VMOVDQU(Mem{Base: from, Index: i, Scale: 4}, x)
	VPADDD(Mem{Base: to, Index: i, Scale: 4}, x, x)
	VMOVDQU(x, Mem{Base: to, Index: i, Scale: 4})
	VMOVDQU(zero, Mem{Base: from, Index: i, Scale: 4})
	ADDQ(U8(8), i)
	JMP(LabelRef(name + "_loop"))
	Label(name + "_end")
	VZEROUPPER()
	RET()
}
