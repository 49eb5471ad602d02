package random

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/vector"
)

// masses are the Poisson probabilities, from logarithms.
func masses(lambda float64, n int) []float64 {
	p := make([]float64, n)
	for k := range p {
		logFactorial, _ := math.Lgamma(float64(k) + 1)
		p[k] = math.Exp(float64(k)*math.Log(lambda) - lambda - logFactorial)
	}
	return p
}

// chiSquare compares counts with expectations, cells below 8 pooled, and returns
// it in standard deviations above its mean.
func chiSquare(observed []int, expected []float64) (sigmas float64) {
	chi2, freedom := 0.0, -1.0
	restObserved, restExpected := 0.0, 0.0
	for k, e := range expected {
		if e < 8 {
			restObserved, restExpected = restObserved+float64(observed[k]), restExpected+e
			continue
		}
		d := float64(observed[k]) - e
		chi2, freedom = chi2+d*d/e, freedom+1
	}
	if restExpected > 1 {
		d := restObserved - restExpected
		chi2, freedom = chi2+d*d/restExpected, freedom+1
	}
	if freedom < 1 {
		return 0
	}
	return (chi2 - freedom) / math.Sqrt(2*freedom)
}

// The law, for small means, the brunel example's, the largest of one table, and
// sums of several; over targets, and over the ticks of one target.
func TestPoissonCounts(t *testing.T) {
	const n = 1_000_000
	for _, lambda := range []float64{0.001, 0.3, 1.8195, 3.5, 11, 40} {
		table := NewPoissonTable(lambda)
		key := Seed(3, Poisson)
		for _, along := range []struct {
			name string
			draw func(k int) int
		}{
			{"targets", func(k int) int { return table.Draw(key, k) }},
			{"ticks", func(k int) int { return table.Draw(key.Sub(uint64(k)), 5) }},
		} {
			observed := make([]int, 300)
			sum, sum2 := 0.0, 0.0
			for k := range n {
				x := along.draw(k)
				observed[x]++
				sum += float64(x)
				sum2 += float64(x) * float64(x)
			}
			expected := masses(lambda, len(observed))
			for k := range expected {
				expected[k] *= n
			}
			mean := sum / n
			variance := sum2/n - mean*mean
			if sigmas := chiSquare(observed, expected); sigmas > 5 {
				t.Errorf("lambda %v along %s: chi-square is %.1f standard deviations high", lambda, along.name, sigmas)
			}
			if off := math.Abs(mean-lambda) / math.Sqrt(lambda/n); off > 4.5 {
				t.Errorf("lambda %v along %s: mean %v is %.1f standard deviations off", lambda, along.name, mean, off)
			}
			if off := math.Abs(variance-lambda) / math.Sqrt((lambda+2*lambda*lambda)/n); off > 4.5 {
				t.Errorf("lambda %v along %s: variance %v is %.1f standard deviations off", lambda, along.name, variance, off)
			}
		}
	}
}

// Draws of two targets, of two ticks, and of a word's four parts are independent:
// their joint counts are products, and their correlations vanish.
func TestPoissonDrawsAreIndependent(t *testing.T) {
	const lambda, ticks, targets = 1.8195, 4000, 128
	table := NewPoissonTable(lambda)
	counts := make([][]int, ticks)
	for k := range counts {
		counts[k] = make([]int, targets)
		key := Seed(8, Poisson).Sub(uint64(k))
		for i := range counts[k] {
			counts[k][i] = table.Draw(key, i)
		}
	}
	single := masses(lambda, 12)
	for _, lag := range []struct{ ticks, targets int }{
		{0, 1}, {0, 2}, {0, 4}, {0, 7}, {0, 8}, {0, 9}, {0, 16}, {0, 64}, {1, 0}, {2, 0}, {16, 0}, {1, 1}, {1, -1}, {1, 4}, {3, 8},
	} {
		joint := make([]int, 144)
		covariance, pairs := 0.0, 0
		for k := range ticks - lag.ticks {
			for i := max(0, -lag.targets); i < targets-max(0, lag.targets); i++ {
				x, y := counts[k][i], counts[k+lag.ticks][i+lag.targets]
				joint[min(x, 11)*12+min(y, 11)]++
				covariance += (float64(x) - lambda) * (float64(y) - lambda)
				pairs++
			}
		}
		expected := make([]float64, len(joint))
		for x := range 12 {
			for y := range 12 {
				expected[x*12+y] = float64(pairs) * single[x] * single[y]
			}
		}
		if sigmas := chiSquare(joint, expected); sigmas > 5 {
			t.Errorf("lag %+v: joint counts are %.1f standard deviations off", lag, sigmas)
		}
		if correlation := covariance / float64(pairs) / lambda; math.Abs(correlation)*math.Sqrt(float64(pairs)) > 4.5 {
			t.Errorf("lag %+v: correlation %v in %d pairs", lag, correlation, pairs)
		}
	}
}

// The 12 bits that decide most draws and the 60 that decide the rest give the
// table's probabilities: checked on the table, as draws cannot resolve them.
func TestPoissonTableIsExact(t *testing.T) {
	for _, lambda := range []float64{0, 1e-6, 0.2, 1.8195, 3.5} {
		table := NewPoissonTable(lambda)
		mass := make([]float64, mostCounts+1)
		for c := range columns {
			own := float64(table.threshold[c]) / (1 << 60) / columns
			mass[c] += own
			mass[table.alias[c]] += 1./columns - own
		}
		if start := table.entry[columns-1] >> 4; start != -2048 || slices.Contains(table.alias[:columns-1], columns-1) {
			t.Errorf("lambda %v: the tail is drawn without doubt (%d, %v)", lambda, start, table.alias)
		}
		tail, below := mass[columns-1], 0.0
		if tail > 0 {
			for k, chance := range table.tail {
				mass[columns-1+k] = tail * (float64(chance)/0x1p64 - below)
				below = float64(chance) / 0x1p64
			}
			mass[table.bound] = tail * (1 - below)
		}
		want := masses(max(lambda, 1e-300), len(mass))
		for k := range mass {
			if math.Abs(mass[k]-want[k]) > 1e-14*want[k]+1e-17 {
				t.Errorf("lambda %v: chance of %d is %g, want %g", lambda, k, mass[k], want[k])
			}
		}
		beyond := 0.0
		for _, m := range masses(max(lambda, 1e-300), 100)[table.Bound()+1:] {
			beyond += m
		}
		if table.Bound() > mostCounts || beyond > 1e-20 || table.Bound() > 0 && beyond+want[table.Bound()] < 1e-20 {
			t.Errorf("lambda %v: bound %d, and %g is beyond it", lambda, table.Bound(), beyond)
		}
	}
}

// Added counts are Draw's, wherever the slice starts and ends; and what is in
// doubt is among them.
func TestPoissonAdder(t *testing.T) {
	if !vector.Available() {
		t.Log("this processor has no vector code: only the reference is tested")
	}
	for _, lambda := range []float64{0, 0.01, 1.8, 3.5, 14} {
		table := NewPoissonTable(lambda)
		adder := NewPoissonAdder(table)
		inDoubt := 0
		for first := range 37 {
			for n := range 71 {
				key := Seed(uint64(n), Poisson).Sub(uint64(first))
				got, want := make([]int32, n), make([]int32, n)
				for i := range got {
					got[i], want[i] = int32(i), int32(i)-12345*int32(table.Draw(key, first+i))
				}
				adder.Add(key, first, got, -12345)
				if !slices.Equal(got, want) {
					t.Fatalf("lambda %v, targets %d to %d:\n%v, want\n%v", lambda, first, first+n, got, want)
				}
				inDoubt += len(adder.doubts)
			}
		}
		if vector.Available() && inDoubt == 0 && lambda > 0 {
			t.Errorf("lambda %v: no draw was in doubt, so that is not compared", lambda)
		}
	}
}

func BenchmarkPoissonAdd(b *testing.B) {
	const n = 10_000
	sums := make([]int32, n)
	perTarget := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/target")
	}
	for _, lambda := range []float64{0.1, 1.8} {
		table := NewPoissonTable(lambda)
		b.Run(fmt.Sprintf("vector/%v", lambda), func(b *testing.B) {
			adder := NewPoissonAdder(table)
			for i := 0; b.Loop(); i++ {
				adder.Add(Key(i), 0, sums, 3)
			}
			perTarget(b)
		})
		b.Run(fmt.Sprintf("reference/%v", lambda), func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				AddPoisson([]*PoissonTable{table}, nil, Key(i), 0, sums, 3)
			}
			perTarget(b)
		})
	}
}
