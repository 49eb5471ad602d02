package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// arrays are float32 arrays of one length, by number, in a table of pointers.
type arrays struct{ table, i GPVirtual }

func (a arrays) at(k int) Mem {
	p := GP64()
	MOVQ(Mem{Base: a.table, Disp: 8 * k}, p)
	return Mem{Base: p, Index: a.i, Scale: 4}
}

func (a arrays) load(k int) VecVirtual {
	y := YMM()
	VMOVUPS(a.at(k), y)
	return y
}

func (a arrays) store(k int, y VecVirtual) { VMOVUPS(y, a.at(k)) }

// every is a float32 argument in every lane.
func every(name string) VecVirtual {
	y := YMM()
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(p.Addr, y)
	return y
}

// loop writes a function that goes over arrays, eight numbers at a time.
func loop(name, more, doc string, prepare func(), body func(a arrays)) {
	TEXT(name, NOSPLIT, "func(arrays **float32, n int"+more+")")
	Pragma("noescape")
	Doc(name + " " + doc + "; n is a multiple of 8 above 0.")
	a := arrays{argument("arrays"), GP64()}
	n := argument("n")
	XORQ(a.i, a.i)
	if prepare != nil {
		prepare()
	}
	Label(name + "_loop")
	body(a)
	ADDQ(U8(8), a.i)
	CMPQ(a.i, n)
	JL(LabelRef(name + "_loop"))
	VZEROUPPER()
	RET()
}

func times(a, b VecVirtual) VecVirtual {
	y := YMM()
	VMULPS(a, b, y)
	return y
}

func plus(a, b VecVirtual) VecVirtual {
	y := YMM()
	VADDPS(a, b, y)
	return y
}

// minus is a - b.
func minus(a, b VecVirtual) VecVirtual {
	y := YMM()
	VSUBPS(b, a, y)
	return y
}

func elementwise() {
	loop("addAVX2", "", "is Add: out, x", nil, func(a arrays) {
		a.store(0, plus(a.load(0), a.load(1)))
	})
	loop("addProductAVX2", "", "is AddProduct: out, x, y", nil, func(a arrays) {
		a.store(0, plus(a.load(0), times(a.load(1), a.load(2))))
	})
	loop("twoAffineAVX2", "", "is TwoAffine: out, x, a, y, b, c", nil, func(a arrays) {
		a.store(0, plus(plus(times(a.load(1), a.load(2)), times(a.load(3), a.load(4))), a.load(5)))
	})
	loop("filterStepAVX2", "", "is Filter.Step: d, v, d0, v0, current, A, A1, B, B1", nil, func(a arrays) {
		d := plus(times(a.load(7), a.load(2)), times(a.load(8), a.load(4)))
		a.store(0, d)
		a.store(1, plus(times(a.load(5), a.load(3)), times(a.load(6), d)))
	})
	loop("filterBackAVX2", "", "is Filter.Back: out, V, D, A, B of the gradient, spike, slope, d, v0, d0, current, A, A1, B, B1", nil, func(a arrays) {
		x := plus(times(a.load(5), a.load(6)), a.load(1))
		y := plus(times(a.load(12), x), a.load(2))
		a.store(3, plus(a.load(3), times(x, minus(a.load(8), a.load(7)))))
		a.store(4, plus(a.load(4), times(y, minus(a.load(9), a.load(10)))))
		a.store(1, times(a.load(11), x))
		a.store(2, times(a.load(13), y))
		a.store(0, times(a.load(14), y))
	})
	var mean, slope, inverse VecVirtual
	loop("normalFinishAVX2", ", mean, slope, inverse float32", "ends NormalizeBack: out, x", func() {
		mean, slope, inverse = every("mean"), every("slope"), every("inverse")
	}, func(a arrays) {
		a.store(0, times(inverse, minus(minus(a.load(0), mean), times(a.load(1), slope))))
	})
	var factor VecVirtual
	loop("scaleAVX2", ", factor float32", "multiplies: x", func() { factor = every("factor") }, func(a arrays) {
		a.store(0, times(a.load(0), factor))
	})
	adam()
}

func adam() {
	var c [9]VecVirtual
	var table GPVirtual
	loop("adamAVX2", ", constants *float32", "is Adam.Step: x, g, m, v", func() {
		table = argument("constants")
		for k := range c {
			c[k] = YMM()
			VBROADCASTSS(Mem{Base: table, Disp: 4 * k}, c[k])
		}
	}, func(a arrays) {
		const beta1, rest1, beta2, rest2, root, epsilon, rate, keep, decay = 0, 1, 2, 3, 4, 5, 6, 7, 8
		x := a.load(0)
		g := plus(a.load(1), times(c[decay], x))
		m := plus(times(c[beta1], a.load(2)), times(c[rest1], g))
		a.store(2, m)
		v := plus(times(c[beta2], a.load(3)), times(c[rest2], times(g, g)))
		a.store(3, v)
		VSQRTPS(v, v)
		d := plus(times(v, c[root]), c[epsilon])
		VDIVPS(d, m, m)
		a.store(0, minus(times(x, c[keep]), times(c[rate], m)))
	})
}
