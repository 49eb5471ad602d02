// Command asmgen writes the assembly of package plasticity: go generate ./snn/plasticity.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// lanes is how many synapses are taken at once.
const lanes = 8

// Places of the numbers in a PairRow.
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
	delivery()
	crossing("crossing", false, false)
	crossing("crossingSoftPlus", true, false)
	crossing("crossingSoftMinus", false, true)
	crossing("crossingSoft", true, true)
	Generate()
}

// crossing takes a source's spike over its synapses. Eight records of 16 bytes
// are read as rows and turned into columns, one a field.
func crossing(name string, softPlus, softMinus bool) {
	TEXT(name, NOSPLIT, "func(row *byte, w *float32, targets *uint16, n int, records, earlier *byte, sums *int32, nextW *float32, nextTargets *uint16) int")
	Pragma("noescape")
	Doc(name+" does the first n synapses of a row, n a multiple of 8, up to eight of which one has a",
		"target with more spikes pending than its record holds, and returns how many it did.")
	row := Load(Param("row"), GP64())
	w, targets := Load(Param("w"), GP64()), Load(Param("targets"), GP64())
	n := Load(Param("n"), GP64())
	records, earlier, sums := Load(Param("records"), GP64()), Load(Param("earlier"), GP64()), Load(Param("sums"), GP64())
	nextW, nextTargets := Load(Param("nextW"), GP64()), Load(Param("nextTargets"), GP64())
	number := func(at int) Mem { return Mem{Base: row, Disp: at} }
	every := func(at int) VecVirtual {
		y := YMM()
		VBROADCASTSS(number(at), y)
		return y
	}
	rising, behind, bound := every(plus), every(since), every(most)
	k := GP64()
	XORQ(k, k)

	Label(name + "_loop")
	CMPQ(k, n)
	JGE(LabelRef(name + "_end"))
	PREFETCHT0(Mem{Base: nextW, Index: k, Scale: 4})
	PREFETCHT0(Mem{Base: nextTargets, Index: k, Scale: 2})
	target := func(lane int) GPVirtual { return targetOf(targets, k, lane) }
	fields := func(base Register) [4]VecVirtual {
		var rows [4]VecVirtual
		for lane := range rows {
			a, b := target(lane), target(lane+4)
			ADDQ(a, a) // times 16, with the scale
			ADDQ(b, b)
			rows[lane] = YMM()
			VBROADCASTF128(Mem{Base: base, Index: a, Scale: 8}, rows[lane])
			VINSERTF128(U8(1), Mem{Base: base, Index: b, Scale: 8}, rows[lane], rows[lane])
		}
		return transposed(rows)
	}
	x := YMM()
	add := func(down VecVirtual) {
		mask := YMM()
		VCMPPS(less, behind, down, mask)
		VMULPS(rising, down, down)
		VANDPS(mask, down, down)
		if softPlus {
			room := YMM()
			VSUBPS(x, bound, room)
			VMULPS(room, down, down)
		}
		VADDPS(down, x, x)
		if softPlus {
			VMINPS(bound, x, x)
		}
	}
	anyPending := func(down VecVirtual, label string) {
		mask, some := YMM(), GP32()
		VCMPPS(less, behind, down, mask)
		VMOVMSKPS(mask, some)
		TESTL(some, some)
		JNZ(LabelRef(label))
	}

	recent := fields(records) // three spikes and the trace
	VMOVUPS(Mem{Base: w, Index: k, Scale: 4}, x)
	anyPending(recent[2], name+"_more")
	Label(name + "_recent")
	for age := 2; age >= 0; age-- {
		add(recent[age])
	}
	falling := every(minus)
	VMULPS(recent[3], falling, falling)
	if !softPlus { // steps up are alike: to stop at the bound once is to stop at each
		VMINPS(bound, x, x)
	}
	if softMinus {
		VMULPS(x, falling, falling)
	}
	VSUBPS(falling, x, x)
	zero := YMM()
	VXORPS(zero, zero, zero)
	VMAXPS(zero, x, x)
	VMOVUPS(x, Mem{Base: w, Index: k, Scale: 4})
	grid := every(inverse)
	VMULPS(grid, x, x)
	VCVTPS2DQ(x, x)
	addTo(sums, target, x)
	ADDQ(U8(lanes), k)
	JMP(LabelRef(name + "_loop"))

	Label(name + "_more")
	older := fields(earlier)
	anyPending(older[3], name+"_end")
	for age := 2; age >= 0; age-- {
		add(older[age])
	}
	JMP(LabelRef(name + "_recent"))

	Label(name + "_end")
	VZEROUPPER()
	Store(k, ReturnIndex(0))
	RET()
}

// transposed turns rows of four, row k beside row k+4, into four columns of eight.
func transposed(rows [4]VecVirtual) (columns [4]VecVirtual) {
	even, odd := [2]VecVirtual{YMM(), YMM()}, [2]VecVirtual{YMM(), YMM()}
	for pair := range 2 {
		a, b := rows[2*pair], rows[2*pair+1]
		VUNPCKLPS(b, a, even[pair])
		VUNPCKHPS(b, a, odd[pair])
	}
	for k, pair := range [2][2]VecVirtual{even, odd} {
		columns[2*k], columns[2*k+1] = YMM(), YMM()
		VUNPCKLPD(pair[1], pair[0], columns[2*k])
		VUNPCKHPD(pair[1], pair[0], columns[2*k+1])
	}
	return columns
}

// delivery adds weights as they are to the sums of their targets.
func delivery() {
	const name = "delivery"
	TEXT(name, NOSPLIT, "func(inverse float32, w *float32, targets *uint16, n int, sums *int32)")
	Pragma("noescape")
	Doc(name + " adds the first n weights of a row, n a multiple of 8, to the sums of their targets.")
	grid := YMM()
	Load(Param("inverse"), grid.AsX())
	VBROADCASTSS(grid.AsX(), grid)
	w, targets := Load(Param("w"), GP64()), Load(Param("targets"), GP64())
	n, sums := Load(Param("n"), GP64()), Load(Param("sums"), GP64())
	k := GP64()
	XORQ(k, k)
	Label(name + "_loop")
	CMPQ(k, n)
	JGE(LabelRef(name + "_end"))
	x := YMM()
	VMULPS(Mem{Base: w, Index: k, Scale: 4}, grid, x)
	VCVTPS2DQ(x, x)
	addTo(sums, func(lane int) GPVirtual { return targetOf(targets, k, lane) }, x)
	ADDQ(U8(lanes), k)
	JMP(LabelRef(name + "_loop"))
	Label(name + "_end")
	VZEROUPPER()
	RET()
}

// targetOf reads the target of synapse k + lane.
func targetOf(targets, k Register, lane int) GPVirtual {
	j := GP64()
	MOVWQZX(Mem{Base: targets, Index: k, Scale: 2, Disp: 2 * lane}, j)
	return j
}

// addTo adds eight quanta to the sums of eight targets, which may be the same.
func addTo(sums Register, target func(lane int) GPVirtual, x VecVirtual) {
	// Two quanta at a time through an integer register: a store that is read back
	// in parts would stall.
	for half := range 2 {
		part := x.AsX()
		if half == 1 {
			part = XMM()
			VEXTRACTI128(U8(1), x, part)
		}
		for pair := range 2 {
			q := GP64()
			if pair == 0 {
				VMOVQ(part, q)
			} else {
				VPEXTRQ(U8(1), part, q)
			}
			lane := 4*half + 2*pair
			ADDL(q.As32(), Mem{Base: sums, Index: target(lane), Scale: 4})
			SHRQ(U8(32), q)
			ADDL(q.As32(), Mem{Base: sums, Index: target(lane + 1), Scale: 4})
		}
	}
}
