package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// planes is the number of digits of 7 bits that a value has.
const planes = 4

// The words of pairsum.denseArguments, by position.
const (
	argBegin = 8 * iota
	argEvents
	argPosts
	argIndex
	argTables
	argDW
	argStride
	argU
	argV
	argQuantum
	argA
	argY
	argX
	argQ
	argPatterns
	argChunks
	argCells
	argCounts
	argCross
	argCount // 64 bytes
)

// dense adds a block of 32 columns of all rows.
//
// An event of a row looks up the states of 32 pre neurons at once, in a table of
// 16 bytes for each digit of a value. Two events' digits still fit a byte. As the
// odd bytes of a register cannot be summed on their own, there are two sums of
// 16-bit words: of whole words, and of their upper bytes; the first less 256
// times the second is the sum of the lower bytes, whatever has overflowed.
func dense() {
	const name = "denseAVX2"
	TEXT(name, NOSPLIT, "func(a *byte)")
	Pragma("noescape")
	Doc(name + " adds 32 columns to all rows; a points to denseArguments.")
	a := argument("a")
	word := func(at int) Mem { return Mem{Base: a, Disp: at} }
	j, dw, index, tables, next, end := GP64(), GP64(), GP64(), GP64(), GP64(), GP64()
	XORQ(j, j)
	MOVQ(word(argDW), dw)
	MOVQ(word(argIndex), index)
	MOVQ(word(argTables), tables)
	upper := YMM()
	VMOVDQU(repeated("denseUpper", 0x0100010001000100), upper)

	Label(name + "_row")
	ahead, t := GP64(), GP64()
	MOVQ(word(argStride), ahead)
	LEAQ(Mem{Base: dw, Index: ahead, Scale: 2}, ahead)
	PREFETCHT0(Mem{Base: ahead})
	PREFETCHT0(Mem{Base: ahead, Disp: 124})
	MOVQ(word(argBegin), t)
	MOVLQSX(Mem{Base: t, Index: j, Scale: 4}, next)
	MOVLQSX(Mem{Base: t, Index: j, Scale: 4, Disp: 4}, end)
	MOVQ(word(argEvents), t)
	LEAQ(Mem{Base: t, Index: next, Scale: 8}, next)
	LEAQ(Mem{Base: t, Index: end, Scale: 8}, end)
	counts := count(name, word, j)
	words, uppers := addEvents(name, index, tables, next, end, upper)
	flush(name, word, j, dw, words, uppers, counts)
	ADDQ(word(argStride), dw)
	INCQ(j)
	CMPQ(j, word(argPosts))
	JL(LabelRef(name + "_row"))
	VZEROUPPER()
	RET()
}

// addEvents adds the digits of a row's events, from next to end.
func addEvents(name string, index, tables, next, end GPVirtual, upper VecVirtual) (words, uppers [planes]VecVirtual) {
	for p := range planes {
		words[p], uppers[p] = YMM(), YMM()
		VPXOR(words[p], words[p], words[p])
		VPXOR(uppers[p], uppers[p], uppers[p])
	}
	CMPQ(next, end)
	JGE(LabelRef(name + "_flush"))

	Label(name + "_events")
	var table [2]GPVirtual
	var states [2]VecVirtual
	for k := range table {
		sample := GP64()
		table[k], states[k] = GP64(), YMM()
		MOVL(Mem{Base: next, Disp: 8 * k}, sample.As32())
		MOVL(Mem{Base: next, Disp: 8*k + 4}, table[k].As32())
		VMOVDQU(Mem{Base: index, Index: sample, Scale: 1}, states[k])
	}
	for p := range planes {
		one, two := YMM(), YMM()
		VBROADCASTI128(Mem{Base: tables, Index: table[0], Scale: 1, Disp: 16 * p}, one)
		VBROADCASTI128(Mem{Base: tables, Index: table[1], Scale: 1, Disp: 16 * p}, two)
		VPSHUFB(states[0], one, one)
		VPSHUFB(states[1], two, two)
		VPADDB(two, one, one)
		VPADDW(one, words[p], words[p])
		VPMADDUBSW(upper, one, one)
		VPADDW(one, uppers[p], uppers[p])
	}
	ADDQ(U8(16), next)
	CMPQ(next, end)
	JL(LabelRef(name + "_events"))

	Label(name + "_flush")
	return words, uppers
}

// flush puts the digits of a row's sums together and adds them to the weights:
// columns 0 to 15 are the lower bytes, 16 to 31 the upper ones. The two lower and
// the two upper digits make integers that are exact as float32, so that the whole
// is rounded once.
func flush(name string, word func(int) Mem, j, dw GPVirtual, words, uppers [planes]VecVirtual, counts [2]VecVirtual) {
	separate(words, uppers)
	scale := repeated("denseScale", 0x4680000046800000) // 2^14
	u, v, x, q, cross := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(word(argU), u)
	MOVQ(word(argV), v)
	MOVQ(word(argX), x)
	MOVQ(j, cross)
	SHLQ(U8(8), cross)
	ADDQ(word(argCross), cross)
	for half, sums := range [2][planes]VecVirtual{words, uppers} {
		for quarter := range 2 {
			column := 16*half + 8*quarter
			var parts [2]VecVirtual // lower two digits, upper two
			for k := range parts {
				parts[k] = joined(sums, k, quarter)
				t := YMM()
				VPBROADCASTD(Mem{Base: u, Index: j, Scale: 8, Disp: 4 * k}, t)
				VPADDD(t, parts[k], parts[k])
				VPADDD(Mem{Base: v, Disp: 128*k + 4*column}, parts[k], parts[k])
			}
			addCounts(name, word, cross, parts, widened(counts[half], quarter), column)
			for _, part := range parts {
				VCVTDQ2PS(part, part)
			}
			d := YMM()
			VMULPS(scale, parts[1], d)
			VADDPS(parts[0], d, d)
			quantum := YMM()
			VBROADCASTSS(word(argQuantum), quantum)
			VMULPS(quantum, d, d)
			label := fmt.Sprintf("%s_plain%d", name, column)
			TESTQ(x, x)
			JZ(LabelRef(label))
			MOVQ(word(argA), q)
			a, y, s := YMM(), YMM(), YMM()
			VBROADCASTSS(Mem{Base: q, Index: j, Scale: 4}, a)
			MOVQ(word(argY), q)
			VBROADCASTSS(Mem{Base: q, Index: j, Scale: 4}, y)
			MOVQ(word(argQ), q)
			VMULPS(Mem{Base: x, Disp: 4 * column}, a, s)
			VMULPS(Mem{Base: q, Disp: 4 * column}, y, y)
			VADDPS(y, s, s)
			VSUBPS(s, d, d)
			Label(label)
			at := Mem{Base: dw, Disp: 4 * column}
			VADDPS(at, d, d)
			VMOVUPS(d, at)
		}
	}
}

// separate leaves in words the sums of the lower bytes alone.
func separate(words, uppers [planes]VecVirtual) {
	for p := range planes {
		t := YMM()
		VPSLLW(U8(8), uppers[p], t)
		VPSUBW(t, words[p], words[p])
	}
}

// joined is the lower two digits of eight sums, or the upper two.
func joined(sums [planes]VecVirtual, part, quarter int) VecVirtual {
	one, two := widened(sums[2*part], quarter), widened(sums[2*part+1], quarter)
	VPSLLD(U8(7), two, two)
	VPADDD(two, one, one)
	return one
}

// widened is eight of the sixteen unsigned words of y, as 32-bit integers.
func widened(y VecVirtual, half int) VecVirtual {
	x, out := y.AsX(), YMM()
	if half == 1 {
		t := XMM()
		VEXTRACTI128(U8(1), y, t)
		x = t
	}
	VPMOVZXWD(x, out)
	return out
}
