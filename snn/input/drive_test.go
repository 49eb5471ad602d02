package input

import (
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/random"
)

var always = Span{StopMs: math.Inf(1)}

// counts are what a generator sends to neurons lo to hi in a tick.
func counts(d *Drive, n int, t snn.Tick) []int32 {
	sums := make([]int32, n)
	d.Add(t, sums, 1)
	return sums
}

var driveKey = random.Seed(4, random.Poisson)

func TestDriveDoesNotDependOnTheSlice(t *testing.T) {
	const n = 83
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = float64(i%5) * 9000
	}
	for name, g := range map[string]PoissonGenerator{
		"one rate":      {RateHz: Const(18195), Span: always},
		"several draws": {RateHz: Const(90000), Span: always},
		"a list":        {RateHz: Values{List: rates}, Span: always},
		"drawn rates":   {RateHz: Values{Dist: random.Distribution{Kind: random.Uniform, A: 0, B: 20000}}, Span: always},
	} {
		events := 0
		whole := g.New(Slice{Lo: 0, Hi: n, DtMs: 0.1, Key: driveKey})
		for _, cut := range [][]int{{0, 1, n}, {0, 7, 8, 40, n}, {0, 16, 33, 64, 82, n}} {
			for tick := snn.Tick(1); tick < 50; tick++ {
				want := counts(whole, n, tick)
				for _, c := range want {
					events += int(c)
				}
				var got []int32
				for k := range len(cut) - 1 {
					part := g.New(Slice{Lo: cut[k], Hi: cut[k+1], DtMs: 0.1, Key: driveKey})
					got = append(got, counts(part, cut[k+1]-cut[k], tick)...)
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s cut at %v, tick %d:\n%v, whole:\n%v", name, cut, tick, got, want)
				}
			}
		}
		if events < 10_000 {
			t.Errorf("%s: only %d events, so little is compared", name, events)
		}
	}
}

// A rate that all share is drawn as each neuron's own would be.
func TestDriveOfEqualRates(t *testing.T) {
	const n = 100
	list := slices.Repeat([]float64{12000}, n)
	shared := PoissonGenerator{RateHz: Const(12000), Span: always}.New(Slice{Hi: n, DtMs: 0.1, Key: driveKey})
	own := PoissonGenerator{RateHz: Values{List: list}, Span: always}.New(Slice{Hi: n, DtMs: 0.1, Key: driveKey})
	for tick := snn.Tick(1); tick < 100; tick++ {
		if a, b := counts(shared, n, tick), counts(own, n, tick); !slices.Equal(a, b) {
			t.Fatalf("tick %d: %v for one rate, %v for a list of it", tick, a, b)
		}
	}
}

func TestDriveFollowsProfileAndSpan(t *testing.T) {
	const n, dt = 500, 0.1
	g := PoissonGenerator{RateHz: Const(8000), Profile: Curve{TimesMs: []float64{20, 30}, Values: []float64{3, 0}}, Span: Span{StartMs: 5, StopMs: 45}}
	profile := g.Profile.steps(dt, 1)
	span := g.Span.ticks(dt)
	d := g.New(Slice{Hi: n, DtMs: dt, Key: driveKey})
	seen := map[float64]int{}
	total := map[float64]float64{}
	for tick := snn.Tick(1); tick <= 600; tick++ {
		factor := 0.0
		if span.on(tick) {
			factor = profile.values[profile.piece(tick)]
		}
		seen[factor] += n
		for _, c := range counts(d, n, tick) {
			total[factor] += float64(c)
		}
	}
	if len(seen) != 3 || total[0] != 0 {
		t.Fatalf("factors %v, counts %v: expected the factors 0, 1 and 3, and silence at 0", seen, total)
	}
	for factor, events := range total {
		want := float64(seen[factor]) * 0.8 * factor
		if math.Abs(events-want) > 4.5*math.Sqrt(want) {
			t.Errorf("factor %v: %v events, expected about %v", factor, events, want)
		}
	}
	if again := counts(d, n, 100); !slices.Equal(again, counts(g.New(Slice{Hi: n, DtMs: dt, Key: driveKey}), n, 100)) {
		t.Error("a tick that is asked for again is drawn anew")
	}
}

func TestDrivesOfTwoGeneratorsDiffer(t *testing.T) {
	const n, ticks, mean = 400, 500, 1.5
	a := PoissonGenerator{RateHz: Const(15000), Span: always}.New(Slice{Hi: n, DtMs: 0.1, Key: driveKey})
	b := PoissonGenerator{RateHz: Const(15000), Span: always}.New(Slice{Hi: n, DtMs: 0.1, Key: driveKey.Sub(1)})
	covariance := 0.0
	for tick := snn.Tick(1); tick <= ticks; tick++ {
		x, y := counts(a, n, tick), counts(b, n, tick)
		for i := range x {
			covariance += (float64(x[i]) - mean) * (float64(y[i]) - mean)
		}
	}
	if correlation := covariance / (n * ticks) / mean; math.Abs(correlation) > 4.5/math.Sqrt(n*ticks) {
		t.Errorf("two generators' counts have a correlation of %v", correlation)
	}
}

func BenchmarkDrive(b *testing.B) {
	const n = 10_000
	list := make([]float64, n)
	for i := range list {
		list[i] = float64(10000 + i%8*1000)
	}
	for name, rates := range map[string]Values{"one": Const(18195), "list": {List: list}} {
		b.Run(name, func(b *testing.B) {
			d := PoissonGenerator{RateHz: rates, Span: always}.New(Slice{Hi: n, DtMs: 0.1, Key: driveKey})
			sums := make([]int32, n)
			for t := snn.Tick(1); b.Loop(); t++ {
				d.Add(t, sums, 7)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/target")
		})
	}
}
