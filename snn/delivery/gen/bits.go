package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// bits counts, for 256 targets at a time, in how many of the rows each target's
// bit is set, and adds weight times the count to its sum. Counts are kept as
// planes of bits: plane p holds bit p of each target's count.
func bits(planes int) {
	name := fmt.Sprintf("addBits%dASM", planes)
	TEXT(name, NOSPLIT, "func(bitmap *byte, rows *uint64, n int, chunks int, weight int32, sums *int32)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds weight to the sums of the targets whose bits are set, once a row.", name),
		fmt.Sprintf("rows: n offsets of rows in bitmap, n a multiple of 4, at most %d rows not all 0.", 1<<planes-1))
	label := func(s string) string { return fmt.Sprintf("bits%d_%s", planes, s) }
	bitmap := Load(Param("bitmap"), GP64())
	list := Load(Param("rows"), GP64())
	n := Load(Param("n"), GP64())
	chunks := Load(Param("chunks"), GP64())
	w := Load(Param("weight"), GP32())
	sums := Load(Param("sums"), GP64())
	counts := AllocLocal(256)

	Label(label("chunk"))
	SUBQ(Imm(1), chunks)
	JLT(LabelRef(label("end")))
	c := make([]reg.VecVirtual, planes)
	for p := range c {
		c[p] = YMM()
		VPXOR(c[p], c[p], c[p])
	}
	row, rest, at := GP64(), GP64(), GP64()
	MOVQ(list, at)
	MOVQ(n, rest)
	load := func(k int) reg.VecVirtual {
		v := YMM()
		MOVQ(Mem{Base: at, Disp: 8 * k}, row)
		VMOVDQU(Mem{Base: bitmap, Index: row, Scale: 1}, v)
		PREFETCHT0(Mem{Base: bitmap, Index: row, Scale: 1, Disp: 128})
		return v
	}
	// full adds the bits a and b to plane s and returns the carry.
	full := func(s, a, b reg.VecVirtual) reg.VecVirtual {
		carry := YMM()
		VPXOR(a, b, b)     // a^b
		VPXOR(a, s, carry) // a^s
		VPXOR(b, s, s)     // sum
		VPAND(b, carry, carry)
		VPXOR(a, carry, carry) // majority
		return carry
	}
	// ripple adds the bits a to plane p and what is above it.
	ripple := func(p int, a reg.VecVirtual) {
		for ; p < planes; p++ {
			if p < planes-1 {
				carry := YMM()
				VPAND(c[p], a, carry)
				VPXOR(a, c[p], c[p])
				a = carry
				continue
			}
			VPXOR(a, c[p], c[p])
		}
	}
	four := func(k int) reg.VecVirtual {
		t1 := full(c[0], load(k), load(k+1))
		t2 := full(c[0], load(k+2), load(k+3))
		return full(c[1], t1, t2)
	}
	Label(label("eight"))
	SUBQ(Imm(8), rest)
	JLT(LabelRef(label("four")))
	ripple(3, full(c[2], four(0), four(4)))
	ADDQ(Imm(64), at)
	JMP(LabelRef(label("eight")))
	Label(label("four"))
	ADDQ(Imm(8), rest)
	JZ(LabelRef(label("counts")))
	ripple(2, four(0))

	Label(label("counts"))
	spread(c, counts)
	weight := YMM()
	VMOVD(w, weight.AsX())
	VPBROADCASTD(weight.AsX(), weight)
	for k := range 32 {
		x := YMM()
		VPMOVZXBD(counts.Offset(8*k), x)
		VPMULLD(weight, x, x)
		VPADDD(Mem{Base: sums, Disp: 32 * k}, x, x)
		VMOVDQU(x, Mem{Base: sums, Disp: 32 * k})
	}
	ADDQ(Imm(32), bitmap)
	ADDQ(U32(1024), sums)
	JMP(LabelRef(label("chunk")))
	Label(label("end"))
	VZEROUPPER()
	RET()
}

// spread turns planes of bits into bytes: the count of target 32 b + i of the
// chunk stood at bit b of byte i of every plane.
func spread(c []reg.VecVirtual, counts Mem) {
	mask := func(b byte, name string) Mem {
		if m, ok := masks[name]; ok {
			return m
		}
		m := GLOBL(name, RODATA|NOPTR)
		for i := range 4 {
			DATA(8*i, U64(0x0101010101010101*uint64(b)))
		}
		masks[name] = m
		return m
	}
	m1, m2, m4 := mask(0x55, "everySecond"), mask(0x33, "everyFourth"), mask(0x0F, "everyEighth")
	// pair merges fields of width w of a (low) and b (high) into fields of 2w:
	// first those that stood at even places, then at odd ones.
	pair := func(a, b reg.VecVirtual, w uint64, m Mem) (even, odd reg.VecVirtual) {
		mm, t := YMM(), YMM()
		even, odd = YMM(), YMM()
		VMOVDQU(m, mm)
		VPAND(mm, b, t)
		VPSLLW(Imm(w), t, t)
		VPAND(mm, a, even)
		VPOR(t, even, even)
		VPSRLW(Imm(w), a, t)
		VPAND(mm, t, t)
		VPANDN(b, mm, odd)
		VPOR(t, odd, odd)
		return even, odd
	}
	var nibbles [4][]reg.VecVirtual // of targets at bits b and b+4: low planes, high planes
	for p := 0; p < len(c); p += 4 {
		e01, o01 := pair(c[p], c[p+1], 1, m1)
		e23, o23 := pair(c[p+2], c[p+3], 1, m1)
		n0, n2 := pair(e01, e23, 2, m2)
		n1, n3 := pair(o01, o23, 2, m2)
		for b, v := range []reg.VecVirtual{n0, n1, n2, n3} {
			nibbles[b] = append(nibbles[b], v)
		}
	}
	for b, v := range nibbles {
		var low, high reg.VecVirtual
		if len(v) == 2 {
			low, high = pair(v[0], v[1], 4, m4)
		} else {
			mm := YMM()
			low, high = YMM(), YMM()
			VMOVDQU(m4, mm)
			VPAND(mm, v[0], low)
			VPSRLW(Imm(4), v[0], high)
			VPAND(mm, high, high)
		}
		VMOVDQU(low, counts.Offset(32*b))
		VMOVDQU(high, counts.Offset(32*(b+4)))
	}
}

var masks = map[string]Mem{}
