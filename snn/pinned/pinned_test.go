package pinned

import (
	"math"
	"math/rand/v2"
	"testing"
)

// ulps is the distance between a and b in units of b's last place.
func ulps(a, b float64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(a-b) / (math.Nextafter(math.Abs(b), math.Inf(1)) - math.Abs(b))
}

// Go's own functions are good to one unit, so two apart is the most that may be.
func TestWithinTwoUnitsOfMath(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		x := r.NormFloat64() * 30
		if d := ulps(Exp(x), math.Exp(x)); d > 2 {
			t.Fatalf("Exp(%v) is %v units off", x, d)
		}
		small := r.NormFloat64() * 0.1
		if d := ulps(Expm1(small), math.Expm1(small)); d > 2 {
			t.Fatalf("Expm1(%v) is %v units off", small, d)
		}
		if d := ulps(Log1p(small), math.Log1p(small)); d > 2 {
			t.Fatalf("Log1p(%v) is %v units off", small, d)
		}
		y := math.Exp(r.NormFloat64() * 50)
		if d := ulps(Log(y), math.Log(y)); d > 2 {
			t.Fatalf("Log(%v) is %v units off", y, d)
		}
	}
}

// Near a zero of the sine the turn's last place counts, so the error is absolute.
func TestTurnsAgainstMath(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 100_000 {
		x := r.Float64()*2 - 1
		if d := math.Abs(SinTurns(x) - math.Sin(2*math.Pi*x)); d > 1e-15 {
			t.Fatalf("SinTurns(%v) is %v off", x, d)
		}
		if d := math.Abs(CosTurns(x) - math.Cos(2*math.Pi*x)); d > 1e-15 {
			t.Fatalf("CosTurns(%v) is %v off", x, d)
		}
	}
	for k, want := range []float64{1, 0, -1, 0, 1} {
		if got := CosTurns(float64(k)/4 + 1000); got != want {
			t.Errorf("the cosine of %d quarters is %v, expected %v", k, got, want)
		}
	}
}

func TestNormQuantileAgainstErfinv(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		p := r.Float64()
		want := math.Sqrt2 * math.Erfinv(2*p-1)
		if got := NormQuantile(p); math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Fatalf("NormQuantile(%v) = %v, want %v", p, got, want)
		}
	}
}

func TestEdges(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{Exp(0), 1}, {Exp(math.Inf(-1)), 0}, {Exp(math.Inf(1)), math.Inf(1)}, {Exp(-800), 0}, {Exp(710), math.Inf(1)},
		{Log(1), 0}, {Log(0), math.Inf(-1)}, {Log(math.Inf(1)), math.Inf(1)}, {Pow(0, 2), 0}, {Pow(3, 0), 1}, {Expm1(0), 0}, {Log1p(0), 0},
		{NormQuantile(0.5), 0},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
	if !math.IsNaN(Exp(math.NaN())) || !math.IsNaN(Log(-1)) {
		t.Error("NaN must stay NaN")
	}
	if ulps(Exp(-740), math.Exp(-740)) > 1 {
		t.Errorf("subnormal Exp(-740) = %v, want %v", Exp(-740), math.Exp(-740))
	}
}

// The bits are the promise: a change here changes every run.
func TestPinnedBits(t *testing.T) {
	for _, c := range []struct {
		name string
		got  float64
		want uint64
	}{
		{"Exp(-0.005)", Exp(-0.005), 0x3fefd7246927d28b},
		{"Exp(1)", Exp(1), 0x4005bf0a8b14576a},
		{"Log(10)", Log(10), 0x40026bb1bbb55516},
	} {
		if math.Float64bits(c.got) != c.want {
			t.Errorf("%s has bits %#x, want %#x", c.name, math.Float64bits(c.got), c.want)
		}
	}
}

func BenchmarkExp(b *testing.B) {
	x, sum := -3.0, 0.0
	for b.Loop() {
		sum += Exp(x)
		x += 1e-6
	}
	_ = sum
}
