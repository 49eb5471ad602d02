package synchrony

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// trains is a spike raster: who fires at tick 1, 2, ...
type trains [][]uint32

// poisson draws each neuron's spikes a tick with its own chance, times modulation(tick).
func poisson(seed uint64, ticks int, chances []float64, modulation func(int) float64) trains {
	out := make(trains, ticks)
	for i, p := range chances {
		key := random.Seed(seed, random.Spikes).Sub(uint64(i))
		for t := range out {
			if q := p * modulation(t); q > 0 && key.Uniform(uint64(t)) < q {
				out[t] = append(out[t], uint32(i))
			}
		}
	}
	return out
}

func steady(int) float64 { return 1 }

// measure runs a raster of n neurons through the counters of slices that end at
// cuts, and returns each measure window by window, where it was reported.
func measure(t *testing.T, p *Population, raster trains, cuts ...int) map[Measure][]float64 {
	t.Helper()
	cuts = append(cuts, p.Neurons)
	var counters []*PopulationCounter
	lo := 0
	for _, hi := range cuts {
		counters = append(counters, p.NewCounter(hi-lo))
		lo = hi
	}
	gauge, out := p.Gauge(), map[Measure][]float64{}
	sum, part := make([]int64, p.Len()), make([]int64, p.Len())
	for k, fired := range raster {
		tick := k%p.Ticks + 1
		lo := 0
		for c, hi := range cuts {
			var own []uint32
			for _, i := range fired {
				if int(i) >= lo && int(i) < hi {
					own = append(own, i-uint32(lo))
				}
			}
			counters[c].Spikes(tick, own)
			lo = hi
		}
		if tick < p.Ticks {
			continue
		}
		clear(sum)
		for _, c := range counters {
			c.Close(part)
			for j, n := range part {
				sum[j] += n
			}
		}
		for _, v := range gauge.Add(sum) {
			out[v.Measure] = append(out[v.Measure], v.Value)
		}
	}
	return out
}

// mean is the mean of what is defined, with its standard error.
func mean(xs []float64) (m, se float64) {
	n, sum, squares := 0.0, 0.0, 0.0
	for _, x := range xs {
		if !math.IsNaN(x) {
			n++
			sum += x
			squares += x * x
		}
	}
	m = sum / n
	return m, math.Sqrt(max(squares/n-m*m, 0) / (n - 1))
}

func expect(t *testing.T, what string, xs []float64, want float64) {
	t.Helper()
	m, se := mean(xs)
	if !(math.Abs(m-want) <= 4*se+1e-9) {
		t.Errorf("%s is %.5f +- %.5f, expected %g", what, m, se, want)
	}
}

func windows(n int) *Population {
	return NewPopulation(Population{Neurons: n, Ticks: 200, WindowMs: 20, Bins: 10}, 20, 1000)
}

func TestIndependentPoissonIsNotSynchronous(t *testing.T) {
	lognormal := make([]float64, 100)
	for i := range lognormal {
		lognormal[i] = random.Distribution{Kind: random.Lognormal, A: -6, B: 1.2, Min: math.Inf(-1), Max: math.Inf(1)}.Draw(random.Seed(3, random.Parameters), uint64(i))
	}
	for name, chances := range map[string][]float64{
		"20 Hz": repeat(0.002, 100), "2 to 200 Hz": append(repeat(0.0002, 50), repeat(0.02, 50)...), "lognormal": lognormal,
	} {
		got := measure(t, windows(len(chances)), poisson(1, 100_000, chances, steady))
		expect(t, name+": kappa", got[KappaMeasure], 0)
		expect(t, name+": C_corrected", got[CCorrected], 0)
		expect(t, name+": fano", got[FanoMeasure], 1)
		expect(t, name+": chi_corrected", got[ChiCorrected], 0)
		total, still := 0.0, 0.0
		for _, p := range chances {
			total += p * 10_000 / float64(len(chances))
			still += math.Pow(1-p, 200) / float64(len(chances))
		}
		expect(t, name+": rate", got[Rate], total)
		expect(t, name+": participation", got[Participation], 1-still)
		if len(got[KappaMeasure]) != 500 || len(got[ChiMeasure]) != 10 {
			t.Errorf("%s: %d windows and %d spans, expected 500 and 10", name, len(got[KappaMeasure]), len(got[ChiMeasure]))
		}
	}
}

func repeat(x float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}

// Everyone does what one Poisson neuron does.
func TestPerfectSynchrony(t *testing.T) {
	raster := poisson(2, 60_000, []float64{0.005}, steady)
	for k, fired := range raster {
		if len(fired) > 0 {
			for i := uint32(1); i < 30; i++ {
				raster[k] = append(raster[k], i)
			}
		}
	}
	got := measure(t, windows(30), raster)
	kernel := NewKernel(200, 20).At(0)
	for m, want := range map[Measure]float64{KappaMeasure: 1, ChiMeasure: 1, ChiCorrected: 1, C: kernel} {
		seen := 0
		for _, x := range got[m] {
			if !math.IsNaN(x) {
				seen++
				if math.Abs(x-want) > 1e-12 {
					t.Fatalf("%s is %v, expected %v", m, x, want)
				}
			}
		}
		if seen < 5 {
			t.Errorf("%s is defined in %d windows", m, seen)
		}
	}
	if kernel < 0.99 {
		t.Errorf("the kernel within a bin is %v: bins are too wide", kernel)
	}
	expect(t, "fano", got[FanoMeasure], 30)
}

// Half the neurons do what the others did 8 ms, four bins, before: the pairs
// within a half are together, those across never are.
func TestShiftedCopy(t *testing.T) {
	raster := make(trains, 20_000)
	for k := 0; k < len(raster); k += 200 {
		for i := range uint32(20) {
			at := k + 50
			if i >= 10 {
				at += 80
			}
			raster[at] = append(raster[at], i)
		}
	}
	got := measure(t, windows(20), raster)
	// 2 bins of 10 neurons: pairs 2*90, E = (400-20)/10 = 38, most = 19*20 - 38.
	for _, x := range got[KappaMeasure] {
		if math.Abs(x-(180-38)/342.0) > 1e-12 {
			t.Fatalf("kappa is %v", x)
		}
	}
	k := NewKernel(200, 20)
	want := (180*k.At(0) + 200*k.At(80/5)) / 380
	for _, x := range got[C] {
		if math.Abs(x-want) > 1e-12 {
			t.Fatalf("C is %v, expected %v", x, want)
		}
	}
}

// A rate that all share and that changes within the window raises kappa, though
// given the rate the neurons are independent: kappa cannot tell the two apart.
func TestCommonModulationRaisesKappa(t *testing.T) {
	got := measure(t, windows(100), poisson(5, 60_000, repeat(0.002, 100), func(tick int) float64 {
		return 1 + math.Sin(2*math.Pi*float64(tick)/200) // one period a window
	}))
	m, se := mean(got[KappaMeasure])
	if m < 10*se {
		t.Errorf("kappa is %v +- %v under a modulated rate, expected it well above 0", m, se)
	}
	// It stands in the earlier windows too, so C0 holds it.
	expect(t, "C_corrected", got[CCorrected], 0)
}

func TestUndefinedMeasures(t *testing.T) {
	silent := measure(t, windows(10), make(trains, 10_000))
	for _, m := range []Measure{KappaMeasure, C, C0, CCorrected, FanoMeasure, ChiMeasure, ChiCorrected} {
		if len(silent[m]) == 0 {
			t.Errorf("silence: %s is not reported", m)
		}
		for _, x := range silent[m] {
			if !math.IsNaN(x) {
				t.Errorf("silence: %s is %v", m, x)
			}
		}
	}
	for _, x := range append(silent[Rate], silent[Participation]...) {
		if x != 0 {
			t.Errorf("silence: rate or participation is %v", x)
		}
	}
	one := measure(t, windows(1), poisson(1, 20_000, []float64{0.01}, steady))
	for _, m := range []Measure{KappaMeasure, C, CCorrected, ChiCorrected} {
		for _, x := range one[m] {
			if !math.IsNaN(x) {
				t.Fatalf("one neuron: %s is %v", m, x)
			}
		}
	}
	for _, x := range one[ChiMeasure] {
		if math.Abs(x-1) > 1e-12 {
			t.Errorf("one neuron: chi is %v", x)
		}
	}
	first := measure(t, windows(20), poisson(1, 200, repeat(0.01, 20), steady))
	if x := first[C0][0]; !math.IsNaN(x) || math.IsNaN(first[C][0]) || math.IsNaN(first[KappaMeasure][0]) || first[ChiMeasure] != nil {
		t.Errorf("one window: %v", first)
	}
}

// The cut changes no bit, and each measure is what its definition says of the
// whole raster, counted another way.
func TestCountsAgainstDefinitions(t *testing.T) {
	const n = 40
	raster := poisson(9, 20_000, append(repeat(0.03, n/2), repeat(0.001, n/2)...), func(tick int) float64 { return 1 + math.Sin(float64(tick)/70) })
	for k := range raster { // a neuron may fire twice in a tick
		if len(raster[k]) > 0 {
			raster[k] = append([]uint32{raster[k][0]}, raster[k]...)
		}
	}
	p := NewPopulation(Population{Neurons: n, Ticks: 170, WindowMs: 17, Bins: 7}, 20, 1000) // bins that do not divide the window
	want := measure(t, p, raster)
	for _, cuts := range [][]int{{0}, {1, 2, 3}, {13, 13, 30}} {
		got := measure(t, p, raster, cuts...)
		for m, xs := range want {
			for w, x := range xs {
				if math.Float64bits(x) != math.Float64bits(got[m][w]) {
					t.Fatalf("cut at %v: %s of window %d is %v, uncut %v", cuts, m, w, got[m][w], x)
				}
			}
		}
	}
	for w := range want[KappaMeasure] {
		kappa, fano := naive(raster[w*170:(w+1)*170], n, 7)
		if math.Abs(kappa-want[KappaMeasure][w]) > 1e-12 || math.Abs(fano-want[FanoMeasure][w]) > 1e-12 {
			t.Fatalf("window %d: kappa %v and fano %v, by definition %v and %v", w, want[KappaMeasure][w], want[FanoMeasure][w], kappa, fano)
		}
	}
	if got, want := want[ChiMeasure][0], naiveChi(raster[:59*170], n, 170, 3); math.Abs(got-want) > 1e-12 { // 59 windows are the first second
		t.Errorf("chi is %v, by definition %v", got, want)
	}
}

// naive counts coincident pairs and those of all deals of bins, pair by pair.
func naive(raster trains, n, bins int) (kappa, fano float64) {
	fired, counts := make([][]float64, n), make([]float64, bins)
	for i := range fired {
		fired[i] = make([]float64, bins)
	}
	for k, who := range raster {
		b := k * bins / len(raster)
		for _, i := range who {
			fired[i][b] = 1
			counts[b]++
		}
	}
	var together, chance, most, c = 0.0, 0.0, 0.0, make([]float64, n)
	for i := range fired {
		for _, x := range fired[i] {
			c[i] += x
		}
	}
	for i := range fired {
		for j := range fired {
			if i == j {
				continue
			}
			for b := range bins {
				together += fired[i][b] * fired[j][b]
			}
			chance += c[i] * c[j] / float64(bins)
			most += (c[i] + c[j]) / 2
		}
	}
	m, v := 0.0, 0.0
	for _, x := range counts {
		m += x / float64(bins)
	}
	for _, x := range counts {
		v += (x - m) * (x - m) / float64(bins-1)
	}
	return (together - chance) / (most - chance), v / m
}

func naiveChi(raster trains, n, window, perWindow int) float64 {
	bins := len(raster) / window * perWindow
	x := make([][]float64, n+1) // the last is the mean
	for i := range x {
		x[i] = make([]float64, bins)
	}
	for k, who := range raster {
		for _, i := range who {
			b := k/window*perWindow + k%window*perWindow/window
			x[i][b]++
			x[n][b] += 1 / float64(n)
		}
	}
	variance := func(xs []float64) (v float64) {
		m := 0.0
		for _, x := range xs {
			m += x / float64(bins)
		}
		for _, x := range xs {
			v += (x - m) * (x - m) / float64(bins)
		}
		return v
	}
	each := 0.0
	for i := range n {
		each += variance(x[i]) / float64(n)
	}
	return math.Sqrt(variance(x[n]) / each)
}

func TestDroppedWindowLeavesNothing(t *testing.T) {
	p := windows(5)
	c, fresh := p.NewCounter(5), p.NewCounter(5)
	a, b := make([]int64, p.Len()), make([]int64, p.Len())
	for n := range uint32(3) { // the spikes of chi's span stay, those of the dropped window go
		c.Spikes(3, []uint32{0, 1, 1, 4})
		c.count()
		c.Spikes(9, []uint32{2, 2})
		c.Drop()
		for _, k := range []*PopulationCounter{c, fresh} {
			k.Spikes(50, []uint32{1, 2, n})
		}
		c.Close(a)
		fresh.Close(b)
		for k := range a {
			if a[k] != b[k] {
				t.Fatalf("window %d: count %d is %d after a dropped window, %d without it", n, k, a[k], b[k])
			}
		}
	}
}

// More spikes in a window than wait at a time count like those of small slices.
func TestManySpikesAWindow(t *testing.T) {
	const n = 300
	p := windows(n)
	raster := poisson(7, 1000, repeat(0.9, n), steady)
	want, got := measure(t, p, raster), measure(t, p, raster, 50, 100, 150, 200, 250)
	if spikes := want[Rate][0] * n * 0.02; spikes < 2*waitMost {
		t.Fatalf("only %v spikes in a window", spikes)
	}
	for m := range want {
		for w, x := range want[m] {
			if math.Float64bits(x) != math.Float64bits(got[m][w]) {
				t.Errorf("%s of window %d is %v, of slices %v", m, w, x, got[m][w])
			}
		}
	}
}

func TestOnlyWhatIsAskedFor(t *testing.T) {
	p := NewPopulation(Population{Neurons: 5, Ticks: 200, WindowMs: 20, Bins: 10, Measures: []Measure{KappaMeasure}}, 20, 1000)
	got := measure(t, p, poisson(1, 2000, repeat(0.01, 5), steady))
	if len(got) != 1 || len(got[KappaMeasure]) != 10 || p.Len() != 22 {
		t.Errorf("got %v from %d counts", got, p.Len())
	}
}

func BenchmarkSpikes(b *testing.B) {
	p := windows(10_000)
	raster := poisson(1, 2000, repeat(0.003, 10_000), steady)
	c, counts := p.NewCounter(10_000), make([]int64, p.Len())
	spikes := 0
	for b.Loop() {
		for k, fired := range raster {
			c.Spikes(k%200+1, fired)
			spikes += len(fired)
			if k%200 == 199 {
				c.Close(counts)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spikes), "ns/spike")
}
