// Command gen writes the assembly of package matrix: go generate ./snn/train/matrix.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("amd64")
	tile()
	sumRows()
	peak()
	Generate()
}

func argument(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// tile multiplies a panel of 6 rows by a panel of 16 columns: twelve sums in
// registers, two loads and six broadcasts a step.
func tile() {
	const name = "tileFMA"
	const rows = 6
	TEXT(name, NOSPLIT, "func(c *float32, stride int, a, b *float32, depth int)")
	Pragma("noescape")
	Doc(name + " is tilePortable; stride is in bytes.")
	c, stride, a, b, depth := argument("c"), argument("stride"), argument("a"), argument("b"), argument("depth")
	var sums [rows][2]VecVirtual
	at := GP64()
	MOVQ(c, at)
	for r := range rows {
		for h := range 2 {
			sums[r][h] = YMM()
			VMOVUPS(Mem{Base: at, Disp: 32 * h}, sums[r][h])
		}
		ADDQ(stride, at)
	}
	step := func(k int) {
		var columns [2]VecVirtual
		for h := range 2 {
			columns[h] = YMM()
			VMOVUPS(Mem{Base: b, Disp: 64*k + 32*h}, columns[h])
		}
		for r := range rows {
			x := YMM()
			VBROADCASTSS(Mem{Base: a, Disp: 4*rows*k + 4*r}, x)
			for h := range 2 {
				VFMADD231PS(columns[h], x, sums[r][h])
			}
		}
	}
	const unrolled = 4
	Label("tile_four")
	CMPQ(depth, U8(unrolled))
	JL(LabelRef("tile_one"))
	for k := range unrolled {
		step(k)
	}
	ADDQ(U32(4*rows*unrolled), a)
	ADDQ(U32(64*unrolled), b)
	SUBQ(U8(unrolled), depth)
	JMP(LabelRef("tile_four"))
	Label("tile_one")
	TESTQ(depth, depth)
	JZ(LabelRef("tile_end"))
	step(0)
	ADDQ(U8(4*rows), a)
	ADDQ(U8(64), b)
	DECQ(depth)
	JMP(LabelRef("tile_one"))
	Label("tile_end")
	for r := range rows {
		for h := range 2 {
			VMOVUPS(sums[r][h], Mem{Base: c, Disp: 32 * h})
		}
		ADDQ(stride, c)
	}
	VZEROUPPER()
	RET()
}

// sumRows adds listed rows of 64 columns: eight sums in registers.
func sumRows() {
	const name = "sumRowsAVX2"
	TEXT(name, NOSPLIT, "func(c, rows *float32, index *uint32, n int)")
	Pragma("noescape")
	Doc(name + " is sumRowsPortable.")
	c, rows, index, n := argument("c"), argument("rows"), argument("index"), argument("n")
	var sums [8]VecVirtual
	for h := range sums {
		sums[h] = YMM()
		VMOVUPS(Mem{Base: c, Disp: 32 * h}, sums[h])
	}
	add := func(k int) {
		row := GP64()
		MOVL(Mem{Base: index, Disp: 4 * k}, row.As32())
		SHLQ(U8(8), row)
		for h := range sums {
			VADDPS(Mem{Base: rows, Index: row, Scale: 1, Disp: 32 * h}, sums[h], sums[h])
		}
	}
	Label("rows_two")
	CMPQ(n, U8(2))
	JL(LabelRef("rows_one"))
	add(0)
	add(1)
	ADDQ(U8(8), index)
	SUBQ(U8(2), n)
	JMP(LabelRef("rows_two"))
	Label("rows_one")
	TESTQ(n, n)
	JZ(LabelRef("rows_end"))
	add(0)
	Label("rows_end")
	for h := range sums {
		VMOVUPS(sums[h], Mem{Base: c, Disp: 32 * h})
	}
	VZEROUPPER()
	RET()
}

// peak is as many fused products as a core can do: twelve chains, no memory.
func peak() {
	TEXT("peakFMA", NOSPLIT, "func(n int)")
	Doc("peakFMA does 96 n fused products.")
	n := argument("n")
	var sums [12]VecVirtual
	for k := range sums {
		sums[k] = YMM()
		VXORPS(sums[k], sums[k], sums[k])
	}
	x := YMM()
	VXORPS(x, x, x)
	Label("peak_loop")
	for k := range sums {
		VFMADD231PS(x, x, sums[k])
	}
	DECQ(n)
	JNZ(LabelRef("peak_loop"))
	VZEROUPPER()
	RET()
}
