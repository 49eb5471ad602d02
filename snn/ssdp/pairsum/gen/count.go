package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// count counts the samples in which row j and each of 32 columns are both in their
// most frequent state, four samples at a lookup: the row's pattern of four samples,
// times 16, is where in the tables of counts the columns' patterns are looked up.
// Even and odd lookups have sums of their own, as a byte has no room for 256. The
// results are words, of columns 0 to 15 and of 16 to 31. Without patterns it counts
// nothing.
func count(name string, word func(int) Mem, j GPVirtual) [2]VecVirtual {
	var sums, counts [2]VecVirtual
	for k := range sums {
		sums[k], counts[k] = YMM(), YMM()
		VPXOR(sums[k], sums[k], sums[k])
	}
	pattern, left, cells, tables, eight, at := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(word(argPatterns), pattern)
	TESTQ(pattern, pattern)
	JZ(LabelRef(name + "_counted"))
	MOVQ(word(argChunks), left)
	MOVQ(j, at)
	IMULQ(left, at)
	ADDQ(at, pattern)
	MOVQ(word(argCells), cells)
	MOVQ(word(argCounts), tables)

	Label(name + "_count")
	MOVQ(Mem{Base: pattern}, eight)
	for k := range 8 {
		MOVBLZX(eight.As8(), at.As32())
		if k < 7 {
			SHRQ(U8(8), eight)
		}
		t := YMM()
		VBROADCASTI128(Mem{Base: tables, Index: at, Scale: 1}, t)
		VPSHUFB(Mem{Base: cells, Disp: 32 * k}, t, t)
		VPADDB(t, sums[k%2], sums[k%2])
	}
	ADDQ(U8(8), pattern)
	ADDQ(U32(8*32), cells)
	SUBQ(U8(8), left)
	JG(LabelRef(name + "_count"))

	Label(name + "_counted")
	lower := YMM()
	VMOVDQU(repeated("countLower", 0x00ff00ff00ff00ff), lower)
	t := YMM()
	VPAND(lower, sums[0], counts[0])
	VPAND(lower, sums[1], t)
	VPADDW(t, counts[0], counts[0])
	VPSRLW(U8(8), sums[0], counts[1])
	VPSRLW(U8(8), sums[1], t)
	VPADDW(t, counts[1], counts[1])
	return counts
}

// addCounts adds to both parts of eight sums what the counted samples give, and what
// cross has made of the row.
func addCounts(name string, word func(int) Mem, cross GPVirtual, parts [2]VecVirtual, n VecVirtual, column int) {
	label := fmt.Sprintf("%s_uncounted%d", name, column)
	CMPQ(word(argPatterns), U8(0))
	JE(LabelRef(label))
	for k, part := range parts {
		t := YMM()
		VPMADDWD(word(argCount+32*k), n, t)
		VPADDD(t, part, part)
		VPADDD(Mem{Base: cross, Disp: 128*k + 4*column}, part, part)
	}
	Label(label)
}

// cross adds events of columns to 32 rows, and stores the sums: of each column, the 32
// rows' lower bits, then their upper bits.
func cross() {
	const name = "crossAVX2"
	TEXT(name, NOSPLIT, "func(begin *int32, events *byte, posts int, index, tables *byte, out *int32)")
	Pragma("noescape")
	Doc(name + " adds events to 32 neurons, as denseAVX2 does, and stores the sums of each of so many posts in 64 words.")
	begin, events, posts, index, tables, out := argument("begin"), argument("events"), argument("posts"), argument("index"), argument("tables"), argument("out")
	upper := YMM()
	VMOVDQU(Mem{Symbol: Symbol{Name: "denseUpper", Static: true}, Base: StaticBase}, upper)

	Label(name + "_row")
	next, end := GP64(), GP64()
	MOVLQSX(Mem{Base: begin}, next)
	MOVLQSX(Mem{Base: begin, Disp: 4}, end)
	LEAQ(Mem{Base: events, Index: next, Scale: 8}, next)
	LEAQ(Mem{Base: events, Index: end, Scale: 8}, end)
	words, uppers := addEvents(name, index, tables, next, end, upper)
	separate(words, uppers)
	for half, sums := range [2][planes]VecVirtual{words, uppers} {
		for quarter := range 2 {
			for k := range 2 {
				VMOVDQU(joined(sums, k, quarter), Mem{Base: out, Disp: 128*k + 64*half + 32*quarter})
			}
		}
	}
	ADDQ(U8(4), begin)
	ADDQ(U32(256), out)
	DECQ(posts)
	JG(LabelRef(name + "_row"))
	VZEROUPPER()
	RET()
}

// turn transposes two matrices of 32 x 32 words that lie beside each other, in
// squares of 8 x 8.
func turn() {
	const name = "turnAVX2"
	TEXT(name, NOSPLIT, "func(to, from *int32)")
	Pragma("noescape")
	Doc(name + " transposes the left 32 x 32 words of 32 rows of 64, and the right ones.")
	to, from := argument("to"), argument("from")
	across, down := GP64(), GP64()
	// down runs over blocks of 8 rows of from, across over the 8 blocks in a row, of
	// which the lower 4 are the left matrix.
	XORQ(down, down)
	Label(name + "_down")
	XORQ(across, across)
	Label(name + "_across")
	read, write, t := GP64(), GP64(), GP64()
	MOVQ(down, read)
	SHLQ(U8(11), read) // 8 rows of 256 bytes
	ADDQ(from, read)
	MOVQ(across, t)
	SHLQ(U8(5), t)
	ADDQ(t, read)
	MOVQ(across, write)
	ANDQ(U8(3), write)
	SHLQ(U8(11), write)
	ADDQ(to, write)
	MOVQ(down, t)
	SHLQ(U8(5), t)
	ADDQ(t, write)
	MOVQ(across, t)
	ANDQ(U8(4), t)
	SHLQ(U8(5), t) // the right matrix is 128 bytes on
	ADDQ(t, write)
	turnSquare(read, write)
	INCQ(across)
	CMPQ(across, U8(8))
	JL(LabelRef(name + "_across"))
	INCQ(down)
	CMPQ(down, U8(4))
	JL(LabelRef(name + "_down"))
	VZEROUPPER()
	RET()
}

// turnSquare transposes 8 x 8 words; rows are 256 bytes apart.
func turnSquare(read, write GPVirtual) {
	var a, b [8]VecVirtual
	for k := range a {
		a[k] = YMM()
		VMOVDQU(Mem{Base: read, Disp: 256 * k}, a[k])
	}
	for k := 0; k < 8; k += 2 {
		b[k], b[k+1] = YMM(), YMM()
		VPUNPCKLDQ(a[k+1], a[k], b[k])
		VPUNPCKHDQ(a[k+1], a[k], b[k+1])
	}
	for _, k := range []int{0, 1, 4, 5} {
		a[k], a[k+2] = YMM(), YMM()
		VPUNPCKLQDQ(b[k+2], b[k], a[k])
		VPUNPCKHQDQ(b[k+2], b[k], a[k+2])
	}
	// a[0], a[2], a[1], a[3] hold columns 0, 1, 2, 3 of the upper rows in their lower
	// half and 4 to 7 in their upper; a[4], a[6], a[5], a[7] those of the lower rows.
	for column, k := range []int{0, 2, 1, 3} {
		t := YMM()
		VPERM2I128(U8(0x20), a[k+4], a[k], t)
		VMOVDQU(t, Mem{Base: write, Disp: 256 * column})
		VPERM2I128(U8(0x31), a[k+4], a[k], t)
		VMOVDQU(t, Mem{Base: write, Disp: 256 * (column + 4)})
	}
}
