package spiketrain

import (
	"math"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/random"
)

// poisson draws n trains over (0, until], each neuron's chance a tick times rate(tick).
func poisson(seed uint64, n int, until snn.Tick, chance float64, rate func(snn.Tick) float64) []Train {
	trains := make([]Train, n)
	for i := range trains {
		key := random.Seed(seed, random.Spikes).Sub(uint64(i))
		for t := snn.Tick(1); t <= until; t++ {
			if key.Uniform(uint64(t)) < chance*rate(t) {
				trains[i] = append(trains[i], t)
			}
		}
	}
	return trains
}

func steady(snn.Tick) float64 { return 1 }

// renewal draws a train of n gamma intervals of integer shape, of mean ticks.
func renewal(seed uint64, n, shape int, mean float64) (train Train) {
	s := random.Seed(seed, random.Spikes).Stream()
	t := 0.0
	for range n {
		for range shape {
			t -= mean / float64(shape) * pinned.Log(s.Float64())
		}
		train = append(train, snn.Tick(math.Round(t)))
	}
	return train
}

func clock(n int, every, phase snn.Tick) (train Train) {
	for k := range n {
		train = append(train, phase+snn.Tick(k)*every)
	}
	return train
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, expected %v +- %v", what, got, want, tolerance)
	}
}

func undefined(t *testing.T, what string, x float64) {
	t.Helper()
	if !math.IsNaN(x) {
		t.Errorf("%s is %v, expected NaN", what, x)
	}
}

func TestIntervals(t *testing.T) {
	for _, shape := range []int{1, 2, 5} {
		train := renewal(1, 20_000, shape, 10_000)
		near(t, "CV of gamma intervals", CV(train), 1/math.Sqrt(float64(shape)), 0.02)
		near(t, "LV of gamma intervals", LV(train), 3/float64(2*shape+1), 0.02)
	}
	// A rate that drifts raises CV, and hardly LV.
	drifting := poisson(2, 1, 2_000_000, 0.01, func(t snn.Tick) float64 { return 1 + 0.9*math.Sin(float64(t)/30_000) })[0]
	if CV(drifting) < 1.2 {
		t.Errorf("CV under a drifting rate is %v", CV(drifting))
	}
	near(t, "LV under a drifting rate", LV(drifting), 1, 0.05)
	near(t, "CV of a clock", CV(clock(100, 50, 3)), 0, 0)
	near(t, "LV of a clock", LV(clock(100, 50, 3)), 0, 0)
	near(t, "CV of intervals 1 and 3", CV(Train{0, 1, 4}), 0.5, 1e-12)
	near(t, "LV of intervals 1 and 3", LV(Train{0, 1, 4}), 0.75, 1e-12)
	for _, train := range []Train{nil, {5}, {5, 9}, {5, 5, 5}} {
		undefined(t, "CV", CV(train))
	}
	undefined(t, "LV", LV(Train{1, 2}))
	near(t, "mean of the defined", MeanOf(CV, []Train{nil, clock(9, 5, 0), {0, 1, 4}}), 0.25, 1e-12)
	undefined(t, "mean of none", MeanOf(CV, []Train{nil}))
}

func TestSynchronization(t *testing.T) {
	trains := poisson(3, 12, 200_000, 0.002, steady)
	near(t, "of Poisson trains", Synchronization(trains, 0, 200_000), 0.25, 0.01)
	same := []Train{trains[0], trains[0], trains[0]}
	near(t, "of identical trains", Synchronization(same, 0, 200_000), 1, 0)
	// A clock and its copy a quarter of the interval later coincide, at half they do not.
	a := clock(50, 100, 10)
	near(t, "of a copy shifted a little", Synchronization([]Train{a, clock(50, 100, 35)}, 0, 6000), 1, 0)
	near(t, "of a copy shifted by half", Synchronization([]Train{a, clock(50, 100, 60)}, 0, 6000), 0, 0)
	// Spikes at 10 and 12 of one train share the spike at 11 with neither: half of
	// the interval of 2 is not beyond the distance of 1.
	near(t, "of a doublet", Synchronization([]Train{{10, 12}, {11}}, 0, 100), 0, 0)
	near(t, "of two spikes and one", Synchronization([]Train{{10, 30}, {11}}, 0, 100), 2./3, 1e-12)
	near(t, "outside the span", Synchronization([]Train{{10, 30}, {11}}, 0, 20), 1, 0)
	undefined(t, "of silence", Synchronization(make([]Train, 3), 0, 100))
	undefined(t, "of one train", Synchronization(trains[:1], 0, 100))
}

// The two-pointer walk against the definition, pair by pair of spikes.
func TestSynchronizationAgainstDefinition(t *testing.T) {
	trains := poisson(4, 6, 4000, 0.02, func(t snn.Tick) float64 { return float64(1 + t/1000%3) })
	coincident, all := 0.0, 0.0
	for i, a := range trains {
		for j, b := range trains {
			for k, x := range a {
				if i == j {
					continue
				}
				all++
				for l, y := range b {
					tau := math.Min(float64(shortest(a, k, 4000)), float64(shortest(b, l, 4000))) / 2
					if math.Abs(float64(x-y)) < tau {
						coincident++
					}
				}
			}
		}
	}
	near(t, "SPIKE-synchronization", Synchronization(trains, 0, 4000), coincident/all, 1e-12)
}

func TestCorrelation(t *testing.T) {
	trains := poisson(5, 30, 400_000, 0.002, steady)
	near(t, "of independent trains", Correlation(trains, 50, 0, 400_000), 0, 5/math.Sqrt(8000*435))
	near(t, "of identical trains", Correlation([]Train{trains[0], trains[0], trains[0]}, 50, 0, 400_000), 1, 1e-9)
	// Half of each train's spikes are common: the correlation is a half.
	common, own := poisson(6, 1, 400_000, 0.001, steady)[0], poisson(7, 20, 400_000, 0.001, steady)
	for i := range own {
		own[i] = append(own[i], common...)
		slices.Sort(own[i])
	}
	near(t, "of trains that share half", Correlation(own, 50, 0, 400_000), 0.5, 0.03)
	// Pair by pair.
	short := []Train{{1, 2, 11, 35}, {3, 12, 13, 40}, {21}, {}, clock(40, 1, 1)}
	x := [][]float64{{2, 1, 0, 1}, {1, 2, 0, 1}, {0, 0, 1, 0}}
	want := (pearson(x[0], x[1]) + pearson(x[0], x[2]) + pearson(x[1], x[2])) / 3
	near(t, "of three trains", Correlation(short, 10, 0, 40), want, 1e-9)
	undefined(t, "of trains of which one varies", Correlation(short[2:], 10, 0, 40))
}

func pearson(x, y []float64) float64 {
	n := float64(len(x))
	var mx, my, xy float64
	for k := range x {
		mx, my = mx+x[k]/n, my+y[k]/n
	}
	for k := range x {
		xy += (x[k] - mx) * (y[k] - my) / n
	}
	return xy / math.Sqrt(variance(x)*variance(y))
}

func TestKuramoto(t *testing.T) {
	a := clock(50, 100, 10)
	near(t, "of one phase", Kuramoto([]Train{a, a, a}, 7, 0, 4000), 1, 1e-12)
	near(t, "of opposite phases", Kuramoto([]Train{a, clock(50, 100, 60)}, 7, 0, 4000), 0, 1e-12)
	near(t, "of a quarter apart", Kuramoto([]Train{a, clock(50, 100, 35)}, 7, 0, 4000), math.Sqrt2/2, 1e-12)
	n := 100
	near(t, "of independent trains", Kuramoto(poisson(8, n, 100_000, 0.005, steady), 500, 1000, 99_000), math.Sqrt(math.Pi/4/float64(n)), 0.01)
	undefined(t, "of one neuron", Kuramoto([]Train{a}, 10, 0, 4000))
	undefined(t, "of single spikes", Kuramoto([]Train{{5}, {7}}, 10, 0, 4000))
}

func TestVoltageChi(t *testing.T) {
	s := random.Seed(9, random.Noise).Stream()
	v, same := make([][]float64, 50), make([][]float64, 50)
	for i := range v {
		for k := range 5000 {
			v[i] = append(v[i], -60+5*s.Float64())
			same[i] = append(same[i], v[0][k])
		}
	}
	near(t, "of independent traces", VoltageChi(v), 1/math.Sqrt(50), 0.01)
	near(t, "of identical traces", VoltageChi(same), 1, 1e-9)
	undefined(t, "of nothing", VoltageChi(nil))
	undefined(t, "of traces at rest", VoltageChi([][]float64{{-70, -70}, {-65, -65}}))
}

func TestJitterTakesCoincidencesAndLeavesRates(t *testing.T) {
	const until = 100_000
	trains := poisson(10, 40, until, 0.0015, steady)
	for _, volley := range poisson(11, 1, until, 0.001, steady)[0] {
		for i := range 20 {
			trains[i] = append(trains[i], volley)
			slices.Sort(trains[i])
		}
	}
	key := random.Seed(1, random.Surrogate)
	moved := Jitter(trains, 250, 0, until, key)
	for i := range trains {
		if len(moved[i]) != len(trains[i]) || !slices.IsSorted(moved[i]) || moved[i][0] < 1 || moved[i][len(moved[i])-1] > until {
			t.Fatalf("train %d: %d spikes became %d, from %d on", i, len(trains[i]), len(moved[i]), moved[i][0])
		}
	}
	if again := Jitter(trains[:5], 250, 0, until, key); !slices.Equal(again[4], moved[4]) {
		t.Error("where a spike goes depends on the other trains")
	}
	volleys, gone := Kappa(trains, 200, 10, 0, until), Kappa(moved, 200, 10, 0, until)
	if volleys < 0.05 || math.Abs(gone) > 0.01 {
		t.Errorf("kappa is %v with volleys and %v jittered", volleys, gone)
	}
	// A common rate that is slow against the jitter stays, and so does its kappa.
	common := poisson(12, 200, until, 0.003, func(t snn.Tick) float64 { return 1 + math.Sin(2*math.Pi*float64(t)/4000) })
	a, b := Kappa(common, 2000, 10, 0, until), Kappa(Jitter(common, 250, 0, until, key), 2000, 10, 0, until)
	if a < 0.02 || math.Abs(a-b) > 0.3*a {
		t.Errorf("kappa under a common rate is %v, jittered %v", a, b)
	}
	undefined(t, "kappa of silence", Kappa(make([]Train, 4), 200, 10, 0, until))
}
