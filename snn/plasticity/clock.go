package plasticity

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
)

// Clock gives exp(-t/tau) and its inverse at tick t as float32, for runs of any
// length: as a number of (1/2, 1] times a power of two, counted from a base that
// moves with time. Moving it multiplies by a power of two, which rounds nothing,
// so that no bit depends on when it moved. Ticks are turned into powers in fixed
// point, so that a difference of ticks is exact wherever it lies.
type Clock struct {
	step uint64 // log2(e) dt/tau, 40 bits of fraction
	base uint64 // whole power at the base
}

const (
	fraction = 40
	// span is the powers of two after which the base moves: with numbers of up
	// to two spans from it, float32 has room for both exponentials.
	span = 32
	// tooFine and tooCoarse bound dt/tau: neighbouring ticks must differ in
	// float32, and a tick must not pass a span.
	tooFine, tooCoarse = 0x1p-20, 8
)

// ClockServes reports whether a Clock can tell the ticks of a time constant apart.
func ClockServes(tauMs, dtMs float64) bool {
	return dtMs/tauMs >= tooFine && dtMs/tauMs <= tooCoarse
}

// NewClock makes the clock of a time constant that it serves, with its base at tick 0.
func NewClock(tauMs, dtMs float64) *Clock {
	return &Clock{step: uint64(math.Round(dtMs / tauMs * math.Log2E * (1 << fraction)))}
}

// Moment is a tick as a clock sees it: exp(-t/tau) is Fall 2^-power and exp(t/tau)
// is Rise 2^power, powers counted modulo 2^24.
type Moment struct {
	Rise  float64
	Fall  float32
	power uint32
}

// At is the moment of tick t.
func (c *Clock) At(t int64) Moment {
	phase := uint64(t) * c.step
	f := part(phase)
	return Moment{Rise: power2(f), Fall: float32(power2(-f)), power: uint32(phase >> fraction)}
}

// part is the fraction of a phase.
func part(phase uint64) float64 { return float64(phase&(1<<fraction-1)) / (1 << fraction) }

func power2(x float64) float64 { return pinned.Exp(float64(x * math.Ln2)) }

// Down is exp(-t/tau) at a moment, from the base: falling with time.
func (c *Clock) Down(m Moment) float32 { return float32(m.Fall * scale(-c.powers(m.power))) }

// Up is x exp(t/tau) at a moment, from the base: rising with time. What is
// smaller than 2^-90 x is 0.
func (c *Clock) Up(x float64, m Moment) float32 {
	return float32(float32(x*m.Rise) * scale(c.powers(m.power)))
}

// Factor is x exp(-t/tau) at a moment, from the base.
func (c *Clock) Factor(x float64, m Moment) float32 {
	return float32(float32(x/m.Rise) * scale(-c.powers(m.power)))
}

// powers is how far a power lies beyond the base: modulo 2^24, the nearest.
func (c *Clock) powers(power uint32) int32 { return int32(power-uint32(c.base)) << 8 >> 8 }

// scale is 2^k; 0 below 2^-90 and 2^90 above it, where nothing is left to tell apart.
func scale(k int32) float32 {
	if k < -90 {
		return 0
	}
	return math.Float32frombits(uint32(min(k, 90)+127) << 23)
}

// Due reports whether tick t lies a span or more beyond the base.
func (c *Clock) Due(t int64) bool { return c.powers(uint32(uint64(t)*c.step>>fraction)) >= span }

// Move puts the base at tick t and returns the powers of two that it moved by:
// what Down gave must be multiplied by 2^moved, what Up gave divided by it.
func (c *Clock) Move(t int64) (moved int32) {
	now := uint64(t) * c.step >> fraction
	moved = c.powers(uint32(now))
	c.base = now
	return moved
}

// Base is the whole power at the base; SetBase sets one that Base gave.
func (c *Clock) Base() uint64 { return c.base }

// SetBase puts the base where it was.
func (c *Clock) SetBase(base uint64) { c.base = base }
