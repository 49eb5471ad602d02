package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tree adds up the lanes of y as lane.tree does, into the lowest of the result.
func tree(y VecVirtual) VecVirtual {
	high, x := XMM(), y.AsX()
	VEXTRACTF128(U8(1), y, high)
	VADDPS(high, x, high)
	other := XMM()
	VMOVHLPS(high, high, other)
	VADDPS(other, high, high)
	VMOVSHDUP(high, other)
	VADDSS(other, high, high)
	return high
}

func nothing() VecVirtual {
	y := YMM()
	VXORPS(y, y, y)
	return y
}

// fold writes a function that goes over arrays and returns sums.
func fold(name, parameters, results, doc string, n int, prepare func(), body func(a arrays, sums []VecVirtual)) {
	TEXT(name, NOSPLIT, "func(arrays **float32, n int"+parameters+") "+results)
	Pragma("noescape")
	Doc(name + " " + doc + "; n is a multiple of 8 above 0.")
	a := arrays{argument("arrays"), GP64()}
	length := argument("n")
	XORQ(a.i, a.i)
	var sums []VecVirtual
	for range n {
		sums = append(sums, nothing())
	}
	if prepare != nil {
		prepare()
	}
	Label(name + "_loop")
	body(a, sums)
	ADDQ(U8(8), a.i)
	CMPQ(a.i, length)
	JL(LabelRef(name + "_loop"))
	for k, s := range sums {
		Store(tree(s), ReturnIndex(k))
	}
	VZEROUPPER()
	RET()
}

func sums() {
	fold("sumAVX2", "", "float32", "is the sum: x", 1, nil, func(a arrays, s []VecVirtual) {
		VADDPS(a.at(0), s[0], s[0])
	})
	var mean VecVirtual
	fold("centerAVX2", ", mean float32", "float32", "shifts x by its mean and returns the sum of squares: x", 1, func() { mean = every("mean") }, func(a arrays, s []VecVirtual) {
		d := minus(a.load(0), mean)
		a.store(0, d)
		VADDPS(times(d, d), s[0], s[0])
	})
	fold("scaledSumsAVX2", "", "(sum, along float32)", "starts NormalizeBack: out, g, scale, x", 2, nil, func(a arrays, s []VecVirtual) {
		y := times(a.load(1), a.load(2))
		a.store(0, y)
		VADDPS(y, s[0], s[0])
		VADDPS(times(y, a.load(3)), s[1], s[1])
	})
}

// above writes which numbers lie above a threshold, a bit each.
func above() {
	const name = "aboveAVX2"
	TEXT(name, NOSPLIT, "func(bits *byte, x *float32, n int, threshold float32)")
	Pragma("noescape")
	Doc(name + " sets the bits of bits where x is above the threshold; n is a multiple of 8 above 0.")
	bits, x, n := argument("bits"), argument("x"), argument("n")
	threshold := every("threshold")
	Label(name + "_loop")
	y := YMM()
	mask := GP32()
	VMOVUPS(Mem{Base: x}, y)
	VCMPPS(U8(0x1E), threshold, y, y) // greater than, false for NaN
	VMOVMSKPS(y, mask)
	MOVB(mask.As8(), Mem{Base: bits})
	ADDQ(U8(32), x)
	INCQ(bits)
	SUBQ(U8(8), n)
	JG(LabelRef(name + "_loop"))
	VZEROUPPER()
	RET()
}
