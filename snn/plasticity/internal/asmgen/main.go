// Command asmgen writes the assembly of package plasticity: go generate ./snn/plasticity.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// lanes is how many synapses are taken at once.
const lanes = 8

// recordBytes is the size of a PostRecord: Down[0] to Down[6], then Up.
const recordBytes = 32

// Places of the numbers in an AdditiveRow.
const (
	plus = 4 * iota
	since
	minus
	most
	inverse
)

// less is VCMP's predicate that is false for NaN, as Go's < is.
const less = U8(0x11)

func main() {
	ConstraintExpr("amd64")
	additive()
	Generate()
}

// additive takes a source's spike over its synapses. Eight records are read as
// rows and turned into columns, one a field.
func additive() {
	const name = "additiveRow"
	TEXT(name, NOSPLIT, "func(row *byte, w *float32, targets *uint16, n int, records *byte, sums *int32, nextW *float32, nextTargets *uint16) int")
	Pragma("noescape")
	Doc(name+" does the first n synapses of a row, n a multiple of 8, up to eight of which one",
		"may have more spikes pending than its record holds, and returns how many it did.")
	row := Load(Param("row"), GP64())
	w, targets := Load(Param("w"), GP64()), Load(Param("targets"), GP64())
	n := Load(Param("n"), GP64())
	records, sums := Load(Param("records"), GP64()), Load(Param("sums"), GP64())
	nextW, nextTargets := Load(Param("nextW"), GP64()), Load(Param("nextTargets"), GP64())
	quanta := AllocLocal(4 * lanes)
	number := func(at int) Mem { return Mem{Base: row, Disp: at} }
	every := func(at int) VecVirtual {
		y := YMM()
		VBROADCASTSS(number(at), y)
		return y
	}
	rising, behind := every(plus), every(since)
	k := GP64()
	XORQ(k, k)

	Label("loop")
	CMPQ(k, n)
	JGE(LabelRef("end"))
	PREFETCHT0(Mem{Base: nextW, Index: k, Scale: 4})
	PREFETCHT0(Mem{Base: nextTargets, Index: k, Scale: 2})
	target := func(lane int) GPVirtual {
		j := GP64()
		MOVWQZX(Mem{Base: targets, Index: k, Scale: 2, Disp: 2 * lane}, j)
		return j
	}
	var low, high [4]VecVirtual
	for lane := range 4 {
		a, b := target(lane), target(lane+4)
		SHLQ(U8(5), a)
		SHLQ(U8(5), b)
		half := func(disp int) VecVirtual {
			y := YMM()
			VBROADCASTF128(Mem{Base: records, Index: a, Scale: 1, Disp: disp}, y)
			VINSERTF128(U8(1), Mem{Base: records, Index: b, Scale: 1, Disp: disp}, y, y)
			return y
		}
		low[lane], high[lane] = half(0), half(recordBytes/2)
	}
	later := transposed(high) // Down[4], Down[5], Down[6], Up
	x := YMM()
	VMOVUPS(Mem{Base: w, Index: k, Scale: 4}, x)
	add := func(down VecVirtual) {
		mask := YMM()
		VCMPPS(less, behind, down, mask)
		VMULPS(rising, down, down)
		VANDPS(mask, down, down)
		VADDPS(down, x, x)
	}
	oldest, more := YMM(), GP32()
	VCMPPS(less, behind, later[2], oldest)
	VMOVMSKPS(oldest, more)
	TESTL(more, more)
	JNZ(LabelRef("end"))
	add(later[1])
	add(later[0])
	falling := every(minus)
	VMULPS(later[3], falling, falling)
	recent := transposed(low)
	for age := 3; age >= 0; age-- {
		add(recent[age])
	}
	bound, zero := every(most), YMM()
	VMINPS(bound, x, x)
	VSUBPS(falling, x, x)
	VXORPS(zero, zero, zero)
	VMAXPS(zero, x, x)
	VMOVUPS(x, Mem{Base: w, Index: k, Scale: 4})
	grid := every(inverse)
	VMULPS(grid, x, x)
	VCVTPS2DQ(x, x)
	VMOVDQU(x, quanta)
	for lane := range lanes {
		j, q := target(lane), GP32()
		MOVL(quanta.Offset(4*lane), q)
		ADDL(q, Mem{Base: sums, Index: j, Scale: 4})
	}
	ADDQ(U8(lanes), k)
	JMP(LabelRef("loop"))

	Label("end")
	VZEROUPPER()
	Store(k, ReturnIndex(0))
	RET()
}

// transposed turns half rows, row k beside row k+4, into four columns of eight.
func transposed(rows [4]VecVirtual) (columns [4]VecVirtual) {
	even, odd := [2]VecVirtual{YMM(), YMM()}, [2]VecVirtual{YMM(), YMM()}
	for pair := range 2 {
		a, b := rows[2*pair], rows[2*pair+1]
		VUNPCKLPS(b, a, even[pair])
		VUNPCKHPS(b, a, odd[pair])
	}
	for k := range columns {
		columns[k] = YMM()
	}
	VUNPCKLPD(even[1], even[0], columns[0])
	VUNPCKHPD(even[1], even[0], columns[1])
	VUNPCKLPD(odd[1], odd[0], columns[2])
	VUNPCKHPD(odd[1], odd[0], columns[3])
	return columns
}
