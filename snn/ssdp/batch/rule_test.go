package batch

import (
	"errors"
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// layerOf has given times.
func layerOf(neurons int, first ...int32) Layer { return Layer{Neurons: neurons, First: first} }

// One sample, T 4: what each kind of pair gets, by hand.
func TestValuesByHand(t *testing.T) {
	g := func(d float64) float64 { return math.Exp(-d * d / 2) }
	pre, post := layerOf(2, 1, 4), layerOf(2, 3, 4)
	for name, want := range map[string][4]float64{ // both, pre silent, post silent, neither
		"published": {1.5e-4 * g(2), -5e-5 * g(1), -5e-5 * g(3), -5e-5},
		"sentinel":  {1.5e-4 * g(2), -5e-5 * g(1), -5e-5 * g(3), 0},
		"none":      {1.5e-4 * g(2), 0, 0, 0},
		"depress":   {1.5e-4 * g(2), -5e-5, -5e-5, 0},
	} {
		s, dw := &Samples{}, make([]float32, 4)
		must(t, s.Load(1, 4, pre, post))
		must(t, New(forms(4)[name]).Add(dw, s, nil, 0, nil))
		near(t, name, dw, want[:])
	}
}

// The chance form's fixed point: independent neurons at any rates drift nowhere,
// and a group that fires together gains.
func TestIndependentNeuronsDoNotDrift(t *testing.T) {
	const samples, ticks, n, batches, burnIn = 64, 10, 24, 400, 20
	p := Corrected(ticks)
	p.APlus, p.Horizon = 1, 1000
	r := New(p)
	c := NewChance(r, n, n)
	draw := random.Seed(5, random.Surrogate).Stream()
	rate := func(i int) float64 { return 0.05 + 0.9*float64(i)/n }
	group := func(i int) bool { return i < 4 }
	s, st := &Samples{}, &Statistics{}
	sum, square, gain := make([]float64, n*n), make([]float64, n*n), 0.0
	for k := range batches {
		var pre, post []int32
		for range samples {
			volley := draw.Float64() < 0.3
			at := int32(draw.Intn(ticks))
			for side, out := range []*[]int32{&pre, &post} {
				for i := range n {
					first := int32(ticks)
					if q := rate((i * (1 + side*6)) % n); draw.Float64() < q {
						first = int32(draw.Intn(ticks)) // rates differ between the layers
					}
					if group(i) && volley {
						first = at
					}
					*out = append(*out, first)
				}
			}
		}
		must(t, s.Load(samples, ticks, layerOf(n, pre...), layerOf(n, post...)))
		dw := make([]float32, n*n)
		must(t, r.Add(dw, s, nil, 0, c))
		if k == 0 {
			for _, x := range dw {
				if x != 0 {
					t.Fatal("a change before chance is known")
				}
			}
		}
		st.Clear()
		s.Count(st)
		c.Add(st)
		if k < burnIn {
			continue
		}
		for i, x := range dw {
			sum[i] += float64(x)
			square[i] += float64(x) * float64(x)
		}
	}
	worst := 0.0
	for j := range n {
		for i := range n {
			k := j*n + i
			mean := sum[k] / (batches - burnIn)
			se := math.Sqrt(square[k]) / (batches - burnIn)
			if group(i) && group(j) {
				gain += mean / 16
				continue
			}
			if group(i) != group(j) {
				continue // the volley shares its samples with no one else, but its ticks shape gbar
			}
			worst = max(worst, math.Abs(mean)/se)
		}
	}
	// 400 pairs, of which the largest of normal deviates is about 3.1; participation
	// is a running mean, which correlates successive batches.
	if worst > 6 {
		t.Errorf("an independent pair drifts by %.1f standard errors", worst)
	}
	if gain < 0.1 {
		t.Errorf("the group gains %.3g a sample, expected about a third", gain)
	}
}

func TestMeasuresByHand(t *testing.T) {
	s, st := &Samples{}, &Statistics{}
	must(t, s.Load(2, 3, layerOf(3, 0, 3, 1 /**/, 3, 3, 3), layerOf(2, 2, 2 /**/, 0, 3)))
	if x := s.S(); x[0] != 2./3 || x[1] != 0 {
		t.Errorf("S is %v, expected 2/3 and 0", x)
	}
	s.Count(st)
	if st.S() != 1./3 || st.Pre.Fraction(2) != 1./3 || st.Post.Fraction(2) != 0.75 || st.Pre.Silent() != 1 || st.Post.Silent() != 0 {
		t.Errorf("mean S %v, fractions %v and %v, silent %d and %d", st.S(), st.Pre.Fraction(2), st.Post.Fraction(2), st.Pre.Silent(), st.Post.Silent())
	}
	if st.Post.First[2] != 2 || st.Post.First[0] != 1 || st.Pre.Fired[1] != 0 {
		t.Errorf("counts %+v", *st)
	}
}

func TestMendedExponentialRuleIsRefused(t *testing.T) {
	e := PublishedExponential(0.02)
	if err := e.Check(); err != nil {
		t.Errorf("the published rule is refused: %v", err)
	}
	if got := e.Value(1) / 0.02; math.Abs(got+0.0463) > 1e-4 {
		t.Errorf("the published coefficient is %.5f of the amplitude, expected -0.0463", got)
	}
	e.Quirks.ExponentTwice = false
	s, dw := &Samples{}, make([]float32, 1)
	must(t, s.Load(1, 1, layerOf(1, 0), layerOf(1, 0)))
	if err := e.Add(dw, s, nil, nil, 0); !errors.Is(err, ErrZeroRule) {
		t.Errorf("the mended rule with equal constants gives error %v", err)
	}
	e.TauMinus = 40
	if err := e.Check(); err != nil {
		t.Errorf("unequal constants are refused: %v", err)
	}
}

func TestRanks(t *testing.T) {
	ranks := func() [][]float32 { return [][]float32{{1, 2}, {10, 20}, {100, 200}} }
	r := ranks()
	Ranks(r, Quirks{})
	for k, x := range r {
		if x[0] != 111 || x[1] != 222 {
			t.Errorf("rank %d has %v", k, x)
		}
	}
	r = ranks()
	Ranks(r, PublishedQuirks())
	if r[0][0] != 1 || r[1][0] != 10 || r[2][1] != 200 {
		t.Errorf("with the quirk the ranks have %v", r)
	}
	dw := []float32{-3, 0.5, 2}
	if Clip(dw); dw[0] != -1 || dw[1] != 0.5 || dw[2] != 1 {
		t.Errorf("clipped to %v", dw)
	}
}

func TestFaultsAreNamed(t *testing.T) {
	s := &Samples{}
	var at *SampleError
	for name, c := range map[string]struct {
		pre           Layer
		layer         string
		sample, index int
	}{
		"time above T":  {layerOf(2, 0, 1, 2, 5), "pre", 1, 1},
		"negative time": {layerOf(2, 0, -1, 2, 3), "pre", 0, 1},
		"activity":      {Layer{Neurons: 2, First: []int32{0, 1, 2, 3}, Fired: []float32{1, 1, 0.5, 0}}, "pre", 1, 0},
		"NaN":           {Layer{Neurons: 2, At: []float32{0, 1, 2, float32(math.NaN())}}, "pre", 1, 1},
		"length":        {layerOf(2, 0, 1, 2), "pre", -1, -1},
		"nothing":       {Layer{Neurons: 2}, "pre", -1, -1},
	} {
		err := s.Load(2, 4, c.pre, layerOf(1, 0, 0))
		if !errors.As(err, &at) || at.Layer != c.layer || at.Sample != c.sample || at.Neuron != c.index {
			t.Errorf("%s: error %v", name, err)
		}
		if New(Published(4)).Add(make([]float32, 2), s, nil, 0, nil) == nil {
			t.Errorf("%s: samples that were refused can be used", name)
		}
	}
	must(t, s.Load(1, 4, layerOf(2, 0, 1), layerOf(1, 0)))
	published, chance := New(Published(4)), New(Corrected(4))
	dw := make([]float32, 2)
	for name, err := range map[string]error{
		"weights": published.Add(dw[:1], s, nil, 0, nil), "ticks": New(Published(5)).Add(dw, s, nil, 0, nil),
		"gates": published.Add(dw, s, []float64{1, 1}, 0, nil), "gate": published.Add(dw, s, []float64{-1}, 0, nil),
		"no chance": chance.Add(dw, s, nil, 0, nil), "chance of others": chance.Add(dw, s, nil, 0, NewChance(chance, 1, 1)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	bad := Params{OneSilent: "maybe", SigmaTicks: -1, APlus: math.Inf(1), Beta: -1, ABase: math.NaN()}
	if n := len(bad.Check()); n != 7 {
		t.Errorf("%d faults: %v", n, bad.Check())
	}
	for name, p := range forms(4) {
		if f := p.Check(); f != nil {
			t.Errorf("%s: %v", name, f)
		}
	}
	both := Corrected(4)
	both.Quirks.BothSilentDepress = true
	if both.Check() == nil {
		t.Error("chance with the depression of silent pairs is taken")
	}
}
