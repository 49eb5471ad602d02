package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// ahead is how many runs before its turn a run's first two lines are asked for.
// The rest is asked for as long as the second run before it is read.
const ahead = 6

// rows is the loop over runs that list and packed kernels share.
type rows struct {
	name              string
	width             int // bytes a synapse
	payload, runs     reg.Register
	left              reg.GPVirtual
	at, count, target reg.GPVirtual // cursor, synapses left of the run, scratch
	next              reg.GPVirtual // lines of a later run that are asked for
}

// each emits the loop: block handles perBlock synapses at r.at, few, where there is
// that, some of the rest, one handles one.
func (r *rows) each(perBlock int, block func(), perFew int, few func(), one func()) {
	label := func(s string) string { return r.name + "_" + s }
	Label(label("run"))
	SUBQ(Imm(1), r.left)
	JLT(LabelRef(label("end")))
	start := func(run int, into reg.GPVirtual) {
		MOVL(Mem{Base: r.runs, Disp: 8 * run}, into.As32())
		switch r.width {
		case 2:
			LEAQ(Mem{Base: r.payload, Index: into, Scale: 2}, into)
		case 4:
			LEAQ(Mem{Base: r.payload, Index: into, Scale: 4}, into)
		case 5:
			LEAQ(Mem{Base: into, Index: into, Scale: 4}, into)
			ADDQ(r.payload, into)
		case 6:
			LEAQ(Mem{Base: into, Index: into, Scale: 2}, into)
			LEAQ(Mem{Base: r.payload, Index: into, Scale: 2}, into)
		}
	}
	start(ahead, r.next)
	PREFETCHT0(Mem{Base: r.next})
	PREFETCHT0(Mem{Base: r.next, Disp: 64})
	start(2, r.next)
	MOVL(Mem{Base: r.runs, Disp: 4}, r.count.As32())
	MOVL(Mem{Base: r.runs}, r.at.As32())
	SUBQ(r.at, r.count)
	start(0, r.at)
	ADDQ(Imm(8), r.runs)

	Label(label("block"))
	SUBQ(Imm(uint64(perBlock)), r.count)
	JLT(LabelRef(label("rest")))
	PREFETCHT0(Mem{Base: r.next, Disp: 128})
	ADDQ(Imm(uint64(perBlock*r.width)), r.next)
	block()
	ADDQ(Imm(uint64(perBlock*r.width)), r.at)
	JMP(LabelRef(label("block")))

	Label(label("rest"))
	ADDQ(Imm(uint64(perBlock)), r.count)
	if few != nil {
		Label(label("few"))
		SUBQ(Imm(uint64(perFew)), r.count)
		JLT(LabelRef(label("last")))
		few()
		ADDQ(Imm(uint64(perFew*r.width)), r.at)
		JMP(LabelRef(label("few")))
		Label(label("last"))
		ADDQ(Imm(uint64(perFew)), r.count)
	}
	Label(label("one"))
	SUBQ(Imm(1), r.count)
	JLT(LabelRef(label("run")))
	one()
	ADDQ(Imm(uint64(r.width)), r.at)
	JMP(LabelRef(label("one")))

	Label(label("end"))
	RET()
}

func newRows(name string, width int) *rows {
	r := &rows{name: name, width: width}
	r.payload = Load(Param("payload"), GP64())
	r.runs = Load(Param("runs"), GP64())
	r.left = Load(Param("n"), GP64()).(reg.GPVirtual)
	r.at, r.count, r.next, r.target = GP64(), GP64(), GP64(), GP64()
	return r
}

// list adds one weight to the sums of 2-byte targets.
func list() {
	TEXT("addListASM", NOSPLIT, "func(payload *uint16, runs *uint64, n int, weight int32, sums *int32)")
	Pragma("noescape")
	Doc("addListASM adds weight to the sums of the targets of n runs; runs has paddingRuns more.")
	r := newRows("list", 2)
	weight := Load(Param("weight"), GP32())
	sums := Load(Param("sums"), GP64())
	four := GP64()
	add := func(target reg.GPVirtual) { ADDL(weight, Mem{Base: sums, Index: target, Scale: 4}) }
	addFour := func(disp int) {
		MOVQ(Mem{Base: r.at, Disp: disp}, four)
		for range 3 {
			MOVWLZX(four.As16(), r.target.As32())
			add(r.target)
			SHRQ(Imm(16), four)
		}
		add(four)
	}
	r.each(32, func() {
		for k := range 8 {
			addFour(8 * k)
		}
	}, 4, func() { addFour(0) }, func() {
		MOVWLZX(Mem{Base: r.at}, r.target.As32())
		add(r.target)
	})
}

// packed adds each synapse's own weight: 16 bits in steps of scale, 24 or 32 bits.
func packed(width int) {
	name := fmt.Sprintf("addPacked%dASM", width)
	signature := "func(payload *byte, runs *uint64, n int, sums *int32)"
	if width == 4 {
		signature = "func(payload *byte, runs *uint64, n int, scale int32, sums *int32)"
	}
	TEXT(name, NOSPLIT, signature)
	Pragma("noescape")
	Doc(fmt.Sprintf("%s adds the weights of n runs of %d-byte records; runs has paddingRuns more.", name, width))
	r := newRows(fmt.Sprintf("packed%d", width), width)
	var scale reg.Register
	if width == 4 {
		scale = Load(Param("scale"), GP32())
	}
	sums := Load(Param("sums"), GP64())
	weight := GP64()
	one := func(k int) {
		record := Mem{Base: r.at, Disp: k * width}
		switch width {
		case 4:
			MOVL(record, weight.As32())
			MOVWLZX(weight.As16(), r.target.As32())
			SARL(Imm(16), weight.As32())
			IMULL(scale, weight.As32())
		case 5:
			MOVWLZX(record, r.target.As32())
			MOVL(record.Offset(1), weight.As32())
			SARL(Imm(8), weight.As32())
		case 6: // two bytes more than the record
			MOVQ(record, weight)
			MOVWLZX(weight.As16(), r.target.As32())
			SHRQ(Imm(16), weight)
		}
		ADDL(weight.As32(), Mem{Base: sums, Index: r.target, Scale: 4})
	}
	r.each(8, func() {
		for k := range 8 {
			one(k)
		}
	}, 0, nil, func() { one(0) })
}
