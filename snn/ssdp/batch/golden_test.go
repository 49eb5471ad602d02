package batch

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// golden holds inputs and outputs of the official modules.
const golden = "../../../../shared/golden/"

// tolerance is relative to the largest weight change.
const tolerance = 1e-6

type goldenArray struct {
	Shape []int
	Data  []float64
}

type goldenCase struct {
	Name, Rule      string
	B               int
	CIn             int `json:"C_in"`
	COut            int `json:"C_out"`
	T               int
	APlus           float64 `json:"A_plus"`
	AMinus          float64 `json:"A_minus"`
	ABaseline       float64 `json:"A_baseline"`
	Sigma           float64
	TauPlus         float64 `json:"tau_plus"`
	TauMinus        float64 `json:"tau_minus"`
	ContinuousTimes bool    `json:"continuous_times"`
	WarmupEpochs    int     `json:"warmup_epochs"`
	Arrays          map[string]goldenArray
	Calls           []goldenCall
}

type goldenCall struct {
	Epoch     int
	Loss      *float64
	PreSpike  [][]float64 `json:"pre_spike"`
	PostSpike [][]float64 `json:"post_spike"`
	TPre      [][]float64 `json:"t_pre"`
	TPost     [][]float64 `json:"t_post"`
	S         []float64
	DeltaW    [][]float64 `json:"delta_w"`
	GateK     *float64    `json:"gate_k"`
	SMean     *float64    `json:"S_mean"`
	SStd      *float64    `json:"S_std"`
}

func needGolden(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(golden); err != nil {
		t.Skip("GOLDEN FILES MISSING: the rules are not compared with the official code: ", err)
	}
}

// goldenCases reads every case of a rule that the index lists.
func goldenCases(t *testing.T, rule string) []*goldenCase {
	t.Helper()
	needGolden(t)
	var index []struct{ Name, Rule string }
	var out []*goldenCase
	read := func(name string, into any) {
		data, err := os.ReadFile(golden + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, into); err != nil {
			t.Fatal(name, err)
		}
	}
	read("index", &index)
	for _, c := range index {
		if c.Rule == rule {
			full := &goldenCase{}
			read(c.Name, full)
			out = append(out, full)
		}
	}
	if len(out) == 0 {
		t.Fatalf("the index lists no case of %s", rule)
	}
	return out
}

func floats(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, y := range x {
		out[i] = float32(y)
	}
	return out
}

func ints(x []float64) []int32 {
	out := make([]int32, len(x))
	for i, y := range x {
		out[i] = int32(y)
	}
	return out
}

func flat(x [][]float64) []float64 {
	var out []float64
	for _, row := range x {
		out = append(out, row...)
	}
	return out
}

// near compares a change with the official one and returns the error over the
// largest change.
func near(t *testing.T, name string, got []float32, want []float64) float64 {
	t.Helper()
	most, worst := 0.0, 0.0
	for _, x := range want {
		most = max(most, math.Abs(x))
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d changes, expected %d", name, len(got), len(want))
	}
	for i, x := range want {
		d := math.Abs(float64(got[i]) - x)
		if !(d <= tolerance*most) {
			t.Fatalf("%s: change %d is %g, the official code has %g (largest %g)", name, i, got[i], x, most)
		}
		worst = max(worst, d/max(most, 1e-300))
	}
	return worst
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestExponentialAgainstOfficialCode(t *testing.T) {
	for _, c := range goldenCases(t, "exp") {
		s := &Samples{}
		must(t, s.Load(c.B, 1, Layer{Neurons: c.CIn, Fired: floats(c.Arrays["pre_spike"].Data)}, Layer{Neurons: c.COut, Fired: floats(c.Arrays["post_spike"].Data)}))
		e := Exponential{c.APlus, c.AMinus, c.TauPlus, c.TauMinus, PublishedQuirks()}
		dw := make([]float32, c.CIn*c.COut)
		must(t, e.Add(dw, s, c.Arrays["delta_t"].Data, nil, 0))
		Clip(dw)
		t.Logf("%s: %.1e", c.Name, near(t, c.Name, dw, c.Arrays["delta_w"].Data))
	}
}

func TestGaussianAgainstOfficialCode(t *testing.T) {
	for _, c := range goldenCases(t, "gauss") {
		p := Published(c.T)
		p.SigmaTicks, p.APlus, p.ABase = c.Sigma, c.APlus, c.ABaseline
		layer := func(neurons int, name string) Layer {
			l := Layer{Neurons: neurons, Fired: floats(c.Arrays[name+"_spike"].Data)}
			if c.ContinuousTimes {
				l.At = floats(c.Arrays["t_"+name].Data)
			} else {
				l.First = ints(c.Arrays["t_"+name].Data)
			}
			return l
		}
		change := func(pre, post Layer) []float32 {
			s := &Samples{}
			must(t, s.Load(c.B, c.T, pre, post))
			dw := make([]float32, c.CIn*c.COut)
			must(t, New(p).Add(dw, s, nil, 0, nil))
			Clip(dw)
			return dw
		}
		pre, post := layer(c.CIn, "pre"), layer(c.COut, "post")
		got := change(pre, post)
		t.Logf("%s: %.1e", c.Name, near(t, c.Name, got, c.Arrays["delta_w"].Data))

		// Silent neurons have time T here, so activity follows from the times; and
		// the times follow from the trains.
		if !c.ContinuousTimes {
			pre.Fired, post.Fired = nil, nil
			near(t, c.Name+" from times alone", change(pre, post), c.Arrays["delta_w"].Data)
		}
		if train, ok := c.Arrays["pre_train"]; ok {
			var a, b Layer
			a.SetTrain(floats(train.Data), c.T, c.CIn, p.Quirks)
			b.SetTrain(floats(c.Arrays["post_train"].Data), c.T, c.COut, p.Quirks)
			near(t, c.Name+" from trains", change(a, b), c.Arrays["delta_w"].Data)
			sameTimes(t, c.Name, a.First, c.Arrays["t_pre"].Data)
			sameTimes(t, c.Name, b.First, c.Arrays["t_post"].Data)
			a.SetTrain(floats(train.Data), c.T, c.CIn, Quirks{})
			sameTimes(t, c.Name+" first", a.First, c.Arrays["t_pre_truefirst"].Data)
			a.SetTrain(floats(train.Data), c.T, c.CIn, Quirks{SilentAtZero: true})
			for k, x := range c.Arrays["t_pre_truefirst"].Data {
				if fired := x < float64(c.T); fired != (a.Fired[k] == 1) || !fired && a.First[k] != 0 || fired && float64(a.First[k]) != x {
					t.Fatalf("%s: neuron %d: time %d, activity %g with SilentAtZero, first spike %g", c.Name, k, a.First[k], a.Fired[k], x)
				}
			}
		}
	}
}

func sameTimes(t *testing.T, name string, got []int32, want []float64) {
	t.Helper()
	for k, x := range want {
		if float64(got[k]) != x {
			t.Fatalf("%s: time %d is %d, expected %g", name, k, got[k], x)
		}
	}
}

func TestDopamineAgainstOfficialCode(t *testing.T) {
	for _, c := range goldenCases(t, "adaptive") {
		p := PublishedDopamine(c.T)
		p.SigmaTicks, p.APlus, p.ABase = c.Sigma, c.APlus, c.ABaseline
		rule, module, s := New(p), Dopamine{Warmup: c.WarmupEpochs}, &Samples{}
		worst := 0.0
		var gates []float64
		for n, q := range c.Calls {
			must(t, s.Load(c.B, c.T,
				Layer{Neurons: c.CIn, First: ints(flat(q.TPre)), Fired: floats(flat(q.PreSpike))},
				Layer{Neurons: c.COut, First: ints(flat(q.TPost)), Fired: floats(flat(q.PostSpike))}))
			for b, x := range q.S {
				if math.Abs(s.S()[b]-x) > 1e-7 {
					t.Fatalf("%s call %d: S of sample %d is %g, expected %g", c.Name, n, b, s.S()[b], x)
				}
			}
			loss := math.NaN()
			if q.Loss != nil {
				loss = *q.Loss
			}
			gates = module.Gate(q.Epoch, s.S(), loss, gates)
			dw := make([]float32, c.CIn*c.COut)
			must(t, rule.Add(dw, s, gates, 0, nil))
			Clip(dw)
			worst = max(worst, near(t, c.Name, dw, flat(q.DeltaW)))
			if q.GateK != nil && (math.Abs(module.K-*q.GateK) > 2e-5 || math.Abs(module.Mu-*q.SMean) > 1e-6 || math.Abs(module.SD-*q.SStd) > 1e-6) {
				t.Fatalf("%s call %d: k %g, mu %g, sd %g, expected %g, %g, %g", c.Name, n, module.K, module.Mu, module.SD, *q.GateK, *q.SMean, *q.SStd)
			}
			if module.Fixed != (q.GateK != nil) {
				t.Fatalf("%s call %d: gate fixed %v, officially %v", c.Name, n, module.Fixed, q.GateK != nil)
			}
		}
		t.Logf("%s: %d calls, %.1e", c.Name, len(c.Calls), worst)
	}
}

// The names of the files say how many there are: a new one must not be missed.
func TestEveryGoldenFileIsListed(t *testing.T) {
	needGolden(t)
	files, err := os.ReadDir(golden)
	must(t, err)
	listed := len(goldenCases(t, "exp")) + len(goldenCases(t, "gauss")) + len(goldenCases(t, "adaptive"))
	found := 0
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") && f.Name() != "index.json" {
			found++
		}
	}
	if found != listed {
		t.Errorf("%d golden files, %d tested", found, listed)
	}
}
