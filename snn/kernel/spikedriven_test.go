package kernel

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
)

// synapseTrace is a recording of one of NEST's synapses: one presynaptic neuron,
// one postsynaptic that spikes at given times.
type synapseTrace struct {
	Model         string             `json:"model"`
	Params        map[string]float64 `json:"set_params"`
	DelayMs       float64            `json:"delay_ms"`
	Post          map[string]float64 `json:"post_neuron"`
	InitialWeight float64            `json:"initial_weight"`
	PreMs         []float64          `json:"pre_spikes_ms"`
	PostMs        []float64          `json:"post_spikes_ms"`

	weights []float64
}

func readTrace(t *testing.T, name string) synapseTrace {
	t.Helper()
	text, err := os.ReadFile(oracles + "/" + name + ".json")
	if err != nil {
		t.Skipf("NEST's traces are not here, so nothing is compared: %v", err)
	}
	var tr synapseTrace
	if err := json.Unmarshal(text, &tr); err != nil {
		t.Fatal(err)
	}
	if tr.weights, err = readColumn(os.DirFS(oracles), name+".csv", "weight"); err != nil {
		t.Fatal(err)
	}
	return tr
}

// forced makes a neuron spike at given times: a jump beyond its threshold, a tick
// before. What the plastic synapse under test adds is far below it.
func forced(m *model.Model, name string, timesMs []float64) {
	params := map[string]model.Value{"C_m": constant(250), "tau_m": constant(1), "t_ref": constant(0), "E_L": constant(0), "V_reset": constant(0), "V_th": constant(1e5)}
	m.Populations = append(m.Populations, model.Population{Name: name, Model: "iaf_psc_delta", Size: 1, Params: params, Initial: map[string]model.Value{"V_m": constant(0)}})
	early := make([]float64, len(timesMs))
	for i, t := range timesMs {
		early[i] = t - m.Dt
	}
	m.Inputs = append(m.Inputs, model.Input{Name: "force_" + name, Model: "spike_times", Times: [][]float64{early}})
	m.Projections = append(m.Projections, model.Projection{Name: "force_" + name, Source: "force_" + name, Target: name, Rule: "one_to_one", Weight: constant(1e6), Delay: constant(m.Dt)})
}

// network of one plastic synapse "under_test" from an input to a forced neuron.
func (tr synapseTrace) network(t *testing.T) *Network {
	m := &model.Model{Dt: 0.1, Duration: math.Ceil(tr.PreMs[len(tr.PreMs)-1]) + 2}
	forced(m, "post", tr.PostMs)
	m.Inputs = append(m.Inputs, model.Input{Name: "pre", Model: "spike_times", Times: [][]float64{tr.PreMs}})
	params := map[string]model.Value{}
	for _, given := range []map[string]float64{tr.Params, tr.Post} {
		for name, x := range given {
			if name != "Kplus" && name != "Kplus_triplet" {
				params[name] = constant(x)
			}
		}
	}
	m.Projections = append(m.Projections, model.Projection{Name: "under_test", Source: "pre", Target: "post", Rule: "one_to_one", Synapse: tr.Model,
		Weight: constant(tr.InitialWeight), Delay: constant(tr.DelayMs), Params: params, Precision: "float64"})
	return compile(t, m, ".")
}

// sentWith is the weight that the last spike of a block's only source carried.
func sentWith(t *testing.T, b plastic) float64 {
	t.Helper()
	switch b := b.(type) {
	case *driven[uint16, float64]:
		return b.w[0]
	case *shortTerm[uint16, float64]:
		s := b.sources[0]
		if b.p.Model.Synapse == "tsodyks_synapse" {
			return b.w[0] * s.U * s.X / (1 - s.U) // x before the spike took its share
		}
		return b.w[0] * s.U * s.X
	}
	t.Fatalf("no block of one synapse: %T", b)
	return 0
}

// NEST's weights, as sent with each presynaptic spike.
func TestSynapsesGiveNESTsWeights(t *testing.T) {
	for _, name := range []string{"stdp_synapse_add", "stdp_synapse_mult", "stdp_synapse_coincident", "stdp_synapse_exactdt0", "stdp_pl_synapse_hom",
		"stdp_nn_symm_synapse", "stdp_triplet_synapse", "vogels_sprekeler_synapse", "tsodyks_synapse", "tsodyks2_synapse_dep"} {
		t.Run(name, func(t *testing.T) {
			tr := readTrace(t, name)
			n := tr.network(t)
			p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
			if err != nil {
				t.Fatal(err)
			}
			block := p.pushers[0]
			pre := map[snn.Tick]int{}
			for i, ms := range tr.PreMs {
				pre[ticks(ms, n.DtMs)] = i
			}
			var batches []*Batch
			worst, compared := 0.0, 0
			for now := snn.Tick(0); now < n.End; now++ {
				out := p.Step(Input{To: now + 1, Spikes: batches})
				batches = []*Batch{out.Spikes}
				i, spiked := pre[now]
				if !spiked {
					continue
				}
				got := sentWith(t, block)
				worst = max(worst, math.Abs(got-tr.weights[i])/math.Abs(tr.weights[i]))
				compared++
				arrives := now + ticks(tr.DelayMs, n.DtMs)
				s := block.target()
				if sum := s.sums(0, arrives)[0]; sum != quanta(got, 1/s.population.Quanta[0]) {
					t.Fatalf("spike at tick %d: %d quanta are on their way, the weight is %g", now, sum, got)
				}
			}
			if compared != len(tr.weights) || worst > 1e-9 {
				t.Errorf("%d of %d weights compared, the worst is %.3g off", compared, len(tr.weights), worst)
			}
			t.Logf("worst relative error %.3g", worst)
		})
	}
}

// A negative bound mirrors a rule: inhibitory weights are as large, through the
// inhibitory receptor.
func TestNegativeWeightsMirror(t *testing.T) {
	const w = 4e-3 // so small that the spikes of the target do not depend on it
	for name, params := range map[string]map[string]float64{
		"vogels_sprekeler_synapse": {"eta": 3e-5, "alpha": 0.4}, "stdp_triplet_synapse": {"Aplus": 5e-5, "Aplus_triplet": 0, "Aminus": 7e-5, "Aminus_triplet": 0},
		"stdp_synapse": {"lambda": 0.02, "mu_plus": 0, "mu_minus": 0}, "diehl_cook_synapse": {"eta": 0.02},
	} {
		run := func(sign float64) (*Partition, []float64) {
			given := map[string]model.Value{"Wmax": constant(sign * 2.5 * w)}
			for name, x := range params {
				given[name] = constant(x)
			}
			m := &model.Model{Dt: 0.1, Duration: 500, Seeds: model.Seeds{Base: 2},
				Populations: []model.Population{{Name: "post", Model: "iaf_psc_exp", Size: 4}},
				Inputs:      []model.Input{{Name: "pre", Model: "poisson", Size: 10, Rate: constant(40)}, {Name: "drive", Model: "poisson", Size: 4, Rate: constant(30)}},
				Projections: []model.Projection{
					{Name: "learning", Source: "pre", Target: "post", Rule: "all_to_all", Weight: constant(sign * w), Delay: constant(1), Synapse: name, Params: given},
					{Name: "driving", Source: "drive", Target: "post", Rule: "one_to_one", Weight: constant(1e6), Delay: constant(1)},
				},
			}
			n := compile(t, m, ".")
			p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
			if err != nil {
				t.Fatal(err)
			}
			return p, runTrials(t, n, 1, nil, nil).weights
		}
		up, excitatory := run(1)
		down, inhibitory := run(-1)
		if a, b := up.pushers[0].(interface{ port() int }).port(), down.pushers[0].(interface{ port() int }).port(); a != 0 || b != 1 {
			t.Errorf("%s: weights enter by receptors %d and %d, expected 0 and 1", name, a, b)
		}
		moved := 0.0
		for k, x := range excitatory {
			moved = max(moved, math.Abs(x-w)/w)
			if math.Abs(x+inhibitory[k]) > 1e-5*w {
				t.Fatalf("%s: weight %d is %v, and %v inhibitory", name, k, x, inhibitory[k])
			}
		}
		if moved < 0.1 {
			t.Errorf("%s: weights move by %v at most, so little is compared", name, moved)
		}
	}
}

func (b *synapses[T, W]) port() int { return b.receptor }
