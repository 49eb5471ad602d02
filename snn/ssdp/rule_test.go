package ssdp

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

const window = 200 // ticks of 0.1 ms

func params(o OneSilent, soft bool) Params {
	return Params{WindowTicks: window, SigmaTicks: 20, Eta: 0.01, Beta: 1, APlus: 1, ABase: 1. / 3, OneSilent: o, Soft: soft, Horizon: 100}
}

// firstSpike is the first tick (1 to window) of a Poisson neuron, or -1.
func firstSpike(u, hz float64) int32 {
	t := -math.Log(u) / hz * 10_000
	if t >= window {
		return -1
	}
	return int32(t) + 1
}

// pair simulates windows of two neurons and calls use with what the rule gives.
// shared is the chance that both also fire in the same tick.
func pair(r *Rule, windows int, hzPre, hzPost, shared float64, seed uint64, use func(plus, minus float64)) {
	s := random.Seed(seed, random.Surrogate).Stream()
	e := NewExpectation(r)
	pPre, pPost := NewParticipation(1, r.Horizon), NewParticipation(1, r.Horizon)
	hPre, hPost := make([]int64, e.Bins()), make([]int64, e.Bins())
	for n := range windows {
		x, y := firstSpike(s.Float64(), hzPre), firstSpike(s.Float64(), hzPost)
		if s.Float64() < shared {
			at := int32(s.Intn(window)) + 1
			if x < 0 || at < x {
				x = at
			}
			if y < 0 || at < y {
				y = at
			}
		}
		gbar, px, py := e.Value(), pPre.Of(0), pPost.Of(0)
		plus, minus := 0.0, 0.0
		switch {
		case x >= 0 && y >= 0:
			plus, minus = r.Both(int(x-y), gbar, px, py)
		case x >= 0:
			minus = r.One(int(x), gbar, py)
		case y >= 0:
			minus = r.One(int(y), gbar, px)
		}
		if n > 2*r.Horizon {
			use(plus, minus)
		}
		clear(hPre)
		clear(hPost)
		if x >= 0 {
			hPre[e.Bin(int(x))]++
		}
		if y >= 0 {
			hPost[e.Bin(int(y))]++
		}
		// A population's histogram is smooth: many neurons of these rates.
		for range 20 {
			if t := firstSpike(s.Float64(), hzPre); t >= 0 {
				hPre[e.Bin(int(t))]++
			}
			if t := firstSpike(s.Float64(), hzPost); t >= 0 {
				hPost[e.Bin(int(t))]++
			}
		}
		e.Add(hPre, hPost)
		pPre.Add([]int32{x})
		pPost.Add([]int32{y})
	}
}

// The first fixed point: independent neurons drift nowhere when beta is 1, at any rates.
func TestIndependentNeuronsDoNotDrift(t *testing.T) {
	r := New(params(Chance, false))
	for _, c := range [][2]float64{{5, 5}, {10, 40}, {40, 10}, {20, 20}, {2, 80}} {
		var sum, sum2, gain float64
		n := 0
		pair(r, 60_000, c[0], c[1], 0, 11, func(plus, minus float64) {
			d := plus - minus
			sum += d
			sum2 += d * d
			gain += plus
			n++
		})
		mean := sum / float64(n)
		// Participation is a running mean, so successive windows share its noise.
		se := math.Sqrt(sum2/float64(n)/float64(n)) * 2
		if math.Abs(mean) > 4*se {
			t.Errorf("%v Hz: drift %.3g, standard error %.3g (gain %.3g)", c, mean, se, gain/float64(n))
		}
	}
}

// The depress form has no such balance: this is what the chance term mends.
func TestDepressFormDrifts(t *testing.T) {
	r := New(params(Depress, false))
	sum := 0.0
	pair(r, 50_000, 20, 20, 0, 11, func(plus, minus float64) { sum += plus - minus })
	if sum > -1000 {
		t.Errorf("drift %v: expected a strong depression", sum)
	}
}

// The ratio of A_plus to A_base at which independent neurons would not drift in the
// depress form: it depends on the rate, so no choice serves neurons of different
// rates. The figures are the integral over the two first-spike densities of 20 ms;
// docs/SSDP.md quotes them.
func TestDepressFormBalancesAtOneRateOnly(t *testing.T) {
	r := New(params(Depress, false))
	for hz, want := range map[float64]float64{5: 82.4, 20: 17.46, 80: 1.919} {
		var plus, minus float64
		pair(r, 100_000, hz, hz, 0, 3, func(a, b float64) {
			plus += a / r.APlus
			minus += b / r.ABase
		})
		if ratio := minus / plus; math.Abs(ratio/want-1) > 0.1 {
			t.Errorf("%v Hz: balance at A_plus/A_base = %.3g, expected %v", hz, ratio, want)
		}
	}
}

// The second fixed point: soft bounds settle at R/(R + beta), R the synchrony over chance.
func TestSoftBoundsSettle(t *testing.T) {
	for _, shared := range []float64{0, 0.05, 0.2} {
		p := params(Chance, true)
		p.Eta, p.Beta = 0.005, 1.2
		r := New(p)
		var plus, minus float64
		n, u, settled := 0, 0.5, 0.0
		pair(r, 150_000, 10, 20, shared, 5, func(a, b float64) {
			plus += a
			minus += b
			u = r.Step(u, a, b, p.Eta)
			if n++; n > 50_000 {
				settled += u
			}
		})
		settled /= float64(n - 50_000)
		chance := minus / p.Beta
		ratio := plus / chance
		want := ratio / (ratio + p.Beta)
		if math.Abs(settled-want) > 0.02 {
			t.Errorf("shared %v: weight settles at %.3f, expected %.3f", shared, settled, want)
		}
		if shared == 0 && math.Abs(ratio-1) > 0.05 {
			t.Errorf("independent neurons: synchrony over chance is %.3f, expected 1", ratio)
		}
	}
}

func TestForms(t *testing.T) {
	g := func(d float64) float64 { return math.Exp(-d * d / 800) }
	for _, c := range []struct {
		form      OneSilent
		both, one float64 // minus, of a pair 10 apart and of a lone spike at tick 150
	}{
		{Chance, 0.5 * 0.3 * (0.2 + 0.4), 0.5 * 0.3 * 0.4}, {Sentinel, 0, g(50) / 3}, {None, 0, 0}, {Depress, 0, 1. / 3},
	} {
		r := New(params(c.form, false))
		plus, minus := r.Both(-10, 0.3, 0.2, 0.4)
		if math.Abs(plus-g(10)) > 1e-12 || math.Abs(minus-c.both) > 1e-12 {
			t.Errorf("%s: both gives +%v -%v", c.form, plus, minus)
		}
		if one := r.One(150, 0.3, 0.4); math.Abs(one-c.one) > 1e-12 {
			t.Errorf("%s: one gives -%v, expected -%v", c.form, one, c.one)
		}
	}
	wide := params(Chance, false)
	wide.SigmaTicks = math.Inf(1)
	if New(wide).Kernel(window) != 1 {
		t.Error("infinite width must count any coincidence alike")
	}
	if r := New(params(Chance, false)); r.Step(0.99, 10, 0, 1) != 1 || r.Step(0.01, 0, 10, 1) != 0 {
		t.Error("hard bounds must clip")
	}
}

func TestGateIsClippedAndNeutralAtFirst(t *testing.T) {
	g := Gate{K: 5, Windows: 50}
	s := random.Seed(1, random.Surrogate).Stream()
	for n := range 500 {
		x := s.Float64()
		f := g.Open(x)
		if f < 0 || f > 2 || n < 2 && f != 1 {
			t.Fatalf("window %d: factor %v", n, f)
		}
	}
	if high, low := g.Open(3), g.Open(-3); high != 2 || low != 0 {
		t.Errorf("far above the mean %v, far below %v", high, low)
	}
	if (&Gate{}).Open(7) != 1 {
		t.Error("no gate must be 1")
	}
}
