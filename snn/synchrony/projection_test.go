package synchrony

import (
	"math"
	"testing"
)

// between runs sources and targets through a projection's counter. Where both
// are the same population, the targets' raster is that of the sources later by a
// delay.
func between(p *Projection, window int, sources, targets trains) map[Measure][]float64 {
	c, gauge, out := p.NewCounter(p.Sources, p.Targets), p.Gauge(), map[Measure][]float64{}
	counts := make([]int64, p.Len())
	for k := range sources {
		c.Sources(k%window+1, sources[k])
		c.Targets(k%window+1, targets[k])
		if k%window == window-1 {
			c.Close(counts)
			for _, v := range gauge.Add(counts) {
				out[v.Measure] = append(out[v.Measure], v.Value)
			}
		}
	}
	return out
}

func TestIndependentProjection(t *testing.T) {
	p := NewProjection(Projection{Sources: 60, Targets: 20}, 200, 20)
	got := between(p, 200, poisson(1, 60_000, repeat(0.002, 60), steady), poisson(2, 60_000, repeat(0.004, 20), steady))
	expect(t, "C_corrected", got[CCorrected], 0)
	expect(t, "S", got[S], (1-math.Pow(0.998, 200))*(1-math.Pow(0.996, 200)))
}

// A volley a window, its place drawn anew: the targets answer 3 ms on.
func TestVolleysAcrossAProjection(t *testing.T) {
	sources, targets := make(trains, 20_000), make(trains, 20_000)
	places := poisson(4, 100, repeat(0.01, 150), steady) // some tick below 150
	for w := range 100 {
		at := w * 200
		if len(places[w]) > 0 {
			at += int(places[w][0])
		}
		for i := range uint32(10) {
			sources[at] = append(sources[at], i)
			targets[at+30] = append(targets[at+30], i)
		}
	}
	k := NewKernel(200, 20)
	got := between(NewProjection(Projection{Sources: 10, Targets: 20}, 200, 20), 200, sources, targets)
	for w, x := range got[C] {
		if math.Abs(x-k.At(6)) > 1e-12 || got[S][w] != 0.5 {
			t.Fatalf("window %d: C %v, expected %v; S %v, expected 0.5", w, x, k.At(6), got[S][w])
		}
	}
	if m, se := mean(got[CCorrected][10:]); m < 5*se {
		t.Errorf("C_corrected is %v +- %v, expected it above what earlier windows give", m, se)
	}
}

// In a population that projects to itself a neuron's pair with itself is left
// out: here each fires alone, always 6 bins after what reaches it from itself.
func TestSelfPairsAreLeftOut(t *testing.T) {
	sources, targets := make(trains, 200), make(trains, 200)
	for i := range uint32(2) {
		at := 10 + 100*int(i)
		sources[at], targets[at+30] = []uint32{i}, []uint32{i}
	}
	p := NewProjection(Projection{Sources: 2, Targets: 2, Same: true}, 200, 20)
	k := NewKernel(200, 20)
	// Two pairs are left: 100+30 ticks and 100-30 ticks apart.
	if got, want := between(p, 200, sources, targets)[C][0], (k.At(26)+k.At(14))/2; math.Abs(got-want) > 1e-12 {
		t.Errorf("C is %v, expected %v", got, want)
	}
}

func TestKernel(t *testing.T) {
	for _, c := range []struct {
		window int
		sigma  float64
	}{{200, 20}, {7, 1}, {1, 5}, {10_000, 3}, {200, math.Inf(1)}} {
		k := NewKernel(c.window, c.sigma)
		if k.Bin(1) != 0 || k.Bin(c.window) != k.Bins()-1 || k.Bins() > 256 {
			t.Errorf("%+v: bins %d, of the last tick %d", c, k.Bins(), k.Bin(c.window))
		}
		for d := range k.Bins() {
			at := float64(d*k.width) / c.sigma
			near := math.Exp(-at * at / 2)
			if tolerance := 0.6 * float64(k.width) / c.sigma * 1.01; math.Abs(k.At(d)-near) > tolerance {
				t.Errorf("%+v: kernel %d bins apart is %v, at their middles %v", c, d, k.At(d), near)
			}
		}
	}
	pre, post := []float64{1, 0, 2}, []float64{0, 3, 1}
	k := NewKernel(3, 1)
	want := 1*3*math.Exp(-0.5) + 1*math.Exp(-2) + 2*3*math.Exp(-0.5) + 2
	if got := Sum(k, pre, post); math.Abs(got-want) > 1e-12 {
		t.Errorf("sum is %v, expected %v", got, want)
	}
}
