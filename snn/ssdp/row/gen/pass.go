package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// lanes is how many synapses are taken at once.
const lanes = 8

// Places in a row.Pass.
const (
	shares     = 0
	onto       = 24
	steps      = 48
	stepCount  = 56
	history    = 72
	sums       = 96
	low        = 120
	span       = 128
	nextShares = 136
	nextOnto   = 160
	first      = 184
)

// Places in a row.Step of float32, and its size.
const (
	stepPost  = 0
	stepPlus  = 24
	stepAdd   = 48
	stepMinus = 56
	stepAge   = 60
	stepDrawA = 64
	stepDrawB = 68
	stepSize  = 72
)

// levels is row.Levels.
const levels = math.MaxUint16

// pass takes the steps and the spike of a row.Pass over its synapses, eight an
// iteration.
type pass struct {
	name   string
	soft   bool
	narrow bool // shares of 16 bits

	a, share, onto, step, behind GPVirtual
	one, sign                    VecVirtual
	v, x, drawn                  VecVirtual // the shares; of 16 bits, their levels, and what their draws begin with
}

func (p *pass) label(s string) string { return p.name + "_" + s }

// place is 8 bytes of the Pass.
func (p *pass) place(at int) Mem { return Mem{Base: p.a, Disp: at} }

func (p *pass) of(at int) GPVirtual {
	r := GP64()
	MOVQ(p.place(at), r)
	return r
}

func (p *pass) write() {
	TEXT(p.name, NOSPLIT, "func(pass *byte, n int)")
	Pragma("noescape")
	Doc(p.name + " takes the steps and the spike of a Pass over its first n synapses, n a multiple of 8.")
	p.a = Load(Param("pass"), GP64()).(GPVirtual)
	end := Load(Param("n"), GP64()).(GPVirtual)
	p.share, p.onto = p.of(shares), p.of(onto)
	LEAQ(Mem{Base: p.onto, Index: end, Scale: 2}, end)
	p.behind = GP64()
	IMUL3Q(Imm(stepSize), p.place(stepCount), p.behind)
	ADDQ(p.place(steps), p.behind)
	aheadShare, aheadOnto := p.of(nextShares), p.of(nextOnto)
	lowest, wide := YMM(), YMM()
	VBROADCASTSD(p.place(low), lowest)
	VBROADCASTSD(p.place(span), wide)
	p.one, p.sign = YMM(), YMM()
	VMOVUPS(every("one", math.Float32bits(1)), p.one)
	VMOVUPS(every("sign", 1<<31), p.sign)
	p.v, p.x, p.drawn, p.step = YMM(), YMM(), YMM(), GP64()

	Label(p.label("loop"))
	CMPQ(p.onto, end)
	JGE(LabelRef(p.label("end")))
	PREFETCHT0(Mem{Base: aheadShare})
	PREFETCHT0(Mem{Base: aheadOnto})
	p.load()
	MOVQ(p.place(steps), p.step)
	CMPQ(p.step, p.behind)
	JGE(LabelRef(p.label("settled")))
	p.takeSteps()
	p.store()
	Label(p.label("settled"))
	to := p.of(sums)
	TESTQ(to, to)
	JZ(LabelRef(p.label("next")))
	p.deliver(to, lowest, wide)
	Label(p.label("next"))
	for _, r := range []GPVirtual{p.share, aheadShare} {
		ADDQ(U8(lanes*p.size()), r)
	}
	for _, r := range []GPVirtual{p.onto, aheadOnto} {
		ADDQ(U8(lanes*2), r)
	}
	JMP(LabelRef(p.label("loop")))
	Label(p.label("end"))
	VZEROUPPER()
	RET()
}

// size is the bytes of a share.
func (p *pass) size() int {
	if p.narrow {
		return 2
	}
	return 4
}

func (p *pass) load() {
	if !p.narrow {
		VMOVUPS(Mem{Base: p.share}, p.v)
		return
	}
	VPMOVZXWD(Mem{Base: p.share}, p.x)
	p.toShares()
	base := YMM()
	VPBROADCASTD(p.place(first), base)
	VPMOVZXWD(Mem{Base: p.onto}, p.drawn)
	VPADDD(base, p.drawn, p.drawn)
	VPMULLD(every("laneStep", 0x9E3779B9), p.drawn, p.drawn)
}

// toShares makes shares of levels.
func (p *pass) toShares() {
	VCVTDQ2PS(p.x, p.v)
	VMULPS(every("unit", math.Float32bits(1.0/levels)), p.v, p.v)
}

func (p *pass) store() {
	if !p.narrow {
		VMOVUPS(p.v, Mem{Base: p.share})
		return
	}
	high, both := XMM(), XMM()
	VEXTRACTI128(U8(1), p.x, high)
	VPACKUSDW(high, p.x.AsX(), both)
	VMOVDQU(both, Mem{Base: p.share})
}

// takeSteps changes the shares by all steps.
func (p *pass) takeSteps() {
	Label(p.label("step"))
	d, lose := YMM(), YMM()
	post := GP64()
	MOVQ(Mem{Base: p.step, Disp: stepPost}, post)
	TESTQ(post, post)
	JZ(LabelRef(p.label("silent")))
	p.active(post, d, lose)
	JMP(LabelRef(p.label("change")))
	Label(p.label("silent"))
	p.silent(d, lose)
	Label(p.label("change"))
	VSUBPS(lose, d, d)
	if p.narrow {
		p.round(d)
	} else {
		zero := YMM()
		VXORPS(zero, zero, zero)
		VADDPS(d, p.v, p.v)
		VMAXPS(p.v, zero, p.v)
		VMINPS(p.v, p.one, p.v)
	}
	ADDQ(Imm(stepSize), p.step)
	CMPQ(p.step, p.behind)
	JL(LabelRef(p.label("step")))
}

// active sets what the pairs gain and lose in the window of a step that knows what
// each target did.
func (p *pass) active(post GPVirtual, gain, lose VecVirtual) {
	plus := GP64()
	MOVQ(Mem{Base: p.step, Disp: stepPlus}, plus)
	minus := YMM()
	p.gather(func(lane int, put func(part int, from Mem)) {
		j, tick := p.target(lane), GP64()
		MOVLQZX(Mem{Base: post, Index: j, Scale: 8, Disp: 4}, tick)
		put(0, Mem{Base: plus, Index: tick, Scale: 4})
		put(1, Mem{Base: post, Index: j, Scale: 8})
	}, gain, minus)
	besides, fired := YMM(), YMM()
	VBROADCASTSS(Mem{Base: p.step, Disp: stepAdd}, besides)
	VBROADCASTSS(Mem{Base: p.step, Disp: stepAdd + 4}, fired)
	VBLENDVPS(minus, fired, besides, besides)
	VANDNPS(minus, p.sign, minus)
	VADDPS(besides, minus, lose)
	if p.soft {
		room := YMM()
		VSUBPS(p.v, p.one, room)
		VMULPS(room, gain, gain)
		VMULPS(p.v, lose, lose)
	}
}

// silent sets what the pairs lose in the window of a step that takes the same of
// all whose target fired.
func (p *pass) silent(gain, lose VecVirtual) {
	past, bits := p.of(history), YMM()
	p.gather(func(lane int, put func(part int, from Mem)) {
		put(0, Mem{Base: past, Index: p.target(lane), Scale: 4})
	}, bits)
	age, shift := GP32(), XMM()
	MOVL(Mem{Base: p.step, Disp: stepAge}, age)
	XORL(U8(31), age)
	VMOVD(age, shift)
	VPSLLD(shift, bits, bits)
	VPSRAD(U8(31), bits, bits)
	VBROADCASTSS(Mem{Base: p.step, Disp: stepMinus}, lose)
	VANDPS(bits, lose, lose)
	if p.soft {
		VMULPS(p.v, lose, lose)
	}
	VXORPS(gain, gain, gain)
}

// round moves the levels by a change of the shares, each to one of the two levels
// that it lies between.
func (p *pass) round(d VecVirtual) {
	VMINPS(d, p.one, d)
	least, x, shifted := YMM(), YMM(), YMM()
	VORPS(p.one, p.sign, least)
	VMAXPS(d, least, d)
	VMULPS(every("levels", math.Float32bits(levels)), d, d)

	VPBROADCASTD(Mem{Base: p.step, Disp: stepDrawA}, x)
	VPADDD(p.drawn, x, x)
	VPSRLD(U8(16), x, shifted)
	VPXOR(shifted, x, x)
	VPMULLD(every("laneFirst", 0x7FEB352D), x, x)
	VPSRLD(U8(15), x, shifted)
	VPXOR(shifted, x, x)
	VPBROADCASTD(Mem{Base: p.step, Disp: stepDrawB}, shifted)
	VPXOR(shifted, x, x)
	VPMULLD(every("laneSecond", 0x846CA68B), x, x)
	VPSRLD(U8(16), x, shifted)
	VPXOR(shifted, x, x)

	// 23 bits in [1, 2), less what leaves odd multiples of 2^-24
	VPSRLD(U8(9), x, x)
	VPOR(p.one, x, x)
	VSUBPS(every("laneBase", math.Float32bits(1-0x1p-24)), x, x)
	VADDPS(x, d, d)
	VROUNDPS(U8(1), d, d)
	VCVTTPS2DQ(d, d)
	VPADDD(d, p.x, p.x)
	VPXOR(x, x, x)
	VPMAXSD(x, p.x, p.x)
	VPMINSD(every("most", levels), p.x, p.x)
	p.toShares()
}

// deliver adds the weights to the sums of their targets.
func (p *pass) deliver(to GPVirtual, lowest, wide VecVirtual) {
	for half := range 2 {
		part, w := p.v.AsX(), YMM()
		if half == 1 {
			part = XMM()
			VEXTRACTF128(U8(1), p.v, part)
		}
		VCVTPS2PD(part, w)
		VMULPD(wide, w, w)
		VADDPD(lowest, w, w)
		quanta := XMM()
		VCVTPD2DQY(w, quanta)
		for pair := range 2 {
			q := GP64() // two quanta: a store that is read back in parts would stall
			if pair == 0 {
				VMOVQ(quanta, q)
			} else {
				VPEXTRQ(U8(1), quanta, q)
			}
			lane := 4*half + 2*pair
			ADDL(q.As32(), Mem{Base: to, Index: p.target(lane), Scale: 4})
			SHRQ(U8(32), q)
			ADDL(q.As32(), Mem{Base: to, Index: p.target(lane + 1), Scale: 4})
		}
	}
}

// target reads the target of a lane.
func (p *pass) target(lane int) GPVirtual {
	j := GP64()
	MOVWQZX(Mem{Base: p.onto, Disp: 2 * lane}, j)
	return j
}

// gather fills registers lane by lane: each says where the lane of each comes from.
// Where this was measured, a pass with the gather instruction takes a quarter longer.
func (p *pass) gather(each func(lane int, put func(part int, from Mem)), out ...VecVirtual) {
	high := make([]VecVirtual, len(out))
	for k := range high {
		high[k] = XMM()
	}
	for lane := range lanes {
		each(lane, func(part int, from Mem) {
			to := out[part].AsX()
			if lane >= 4 {
				to = high[part]
			}
			if lane%4 == 0 {
				VMOVSS(from, to)
			} else {
				VINSERTPS(U8(lane%4<<4), from, to, to)
			}
		})
	}
	for k, y := range out {
		VINSERTF128(U8(1), high[k], y, y)
	}
}

var constants = map[string]Mem{}

// every is a constant of 32 bytes: a word eight times.
func every(name string, word uint32) Mem {
	m, ok := constants[name]
	if !ok {
		m = GLOBL(name, RODATA|NOPTR)
		for k := range lanes {
			DATA(4*k, U32(word))
		}
		constants[name] = m
	}
	return m
}
