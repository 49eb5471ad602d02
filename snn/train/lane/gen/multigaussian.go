package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// exp is lane.exp, in place.
func exp(x VecVirtual) {
	VMAXPS(number(-87.33654), x, x)
	k, t, y := YMM(), YMM(), YMM()
	mul(number(1.44269504088896341), x, k)
	add(number(12582912), k, k)
	VSUBPS(number(12582912), k, k)
	mul(number(0.693359375), k, t)
	VSUBPS(t, x, x)
	mul(number(-2.12194440e-4), k, t)
	VSUBPS(t, x, x)
	VMOVUPS(number(1./720), y)
	for _, c := range []float64{1. / 120, 1. / 24, 1. / 6, 0.5, 1, 1} {
		mul(x, y, y)
		add(number(c), y, y)
	}
	VCVTTPS2DQ(k, k)
	VPADDD(word(127), k, k)
	VPSLLD(U8(23), k, k)
	mul(k, y, x)
}

func multiGaussian() {
	TEXT("multiGaussianAVX2", NOSPLIT, "func(out, u *float32, n int)")
	Pragma("noescape")
	Doc("multiGaussianAVX2 is multiGaussian of n numbers, a multiple of 8 above 0.")
	out, u, n := argument("out"), argument("u"), argument("n")
	i := GP64()
	XORQ(i, i)
	Label("gaussians")
	x := YMM()
	VMOVUPS(Mem{Base: u, Index: i, Scale: 4}, x)
	slope(x)
	VMOVUPS(x, Mem{Base: out, Index: i, Scale: 4})
	ADDQ(U8(8), i)
	CMPQ(i, n)
	JL(LabelRef("gaussians"))
	VZEROUPPER()
	RET()
}

// slope is lane.multiGaussian, in place.
func slope(x VecVirtual) {
	left, right := YMM(), YMM()
	add(number(0.5), x, left)
	VSUBPS(number(0.5), x, right)
	mul(x, x, x)
	mul(number(-2), x, x)
	exp(x)
	for _, side := range []VecVirtual{left, right} {
		mul(side, side, side)
		mul(number(-1./18), side, side)
		exp(side)
	}
	add(right, left, left)
	mul(number(1.15*0.79788456080286535588), x, x)
	mul(number(-0.15*0.13298076013381089265), left, left)
	add(left, x, x)
}
