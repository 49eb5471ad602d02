package model_test

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/model"
)

// The balanced random network of examples/brunel.yaml, built in Go: the same model,
// and so the same spikes.
func Example() {
	const J, g = 54.96, 5.0 // pA, and inhibition over excitation
	neuron := map[string]model.Value{
		"C_m": model.Const(250), "tau_m": model.Const(20), "tau_syn_ex": model.Const(0.5), "tau_syn_in": model.Const(0.5), "t_ref": model.Const(2),
		"E_L": model.Const(0), "V_reset": model.Const(0), "V_th": model.Const(20),
	}
	rest := map[string]model.Value{"V_m": model.Uniform(0, 0)}
	excitation := model.Normal(J, 0).Within(0, math.Inf(1))
	inhibition := model.Normal(-g*J, 0).Within(math.Inf(-1), 0)
	delay := model.Const(1.5)
	brunel := &model.Model{
		Name: "brunel", Duration: 1000, Discard: 100,
		Populations: []model.Population{
			{Name: "E", Model: "iaf_psc_exp", Size: 10_000, Params: neuron, Initial: rest},
			{Name: "I", Model: "iaf_psc_exp", Size: 2_500, Params: neuron, Initial: rest},
		},
		Stimuli: []model.Stimulus{
			{Name: "drive_E", Model: "poisson_generator", Target: "E", Rate: model.Const(18195), Weight: model.Const(J)},
			{Name: "drive_I", Model: "poisson_generator", Target: "I", Rate: model.Const(18195), Weight: model.Const(J)},
		},
		Projections: []model.Projection{
			model.FixedIndegree("E", "E", 1000, excitation, delay),
			model.FixedIndegree("E", "I", 1000, excitation, delay),
			model.FixedIndegree("I", "E", 250, inhibition, delay),
			model.FixedIndegree("I", "I", 250, inhibition, delay),
		},
		Synchrony: []model.Synchrony{{Name: "E", Population: "E"}, {Name: "I", Population: "I"}},
	}
	if err := brunel.Complete().Validate(); err != nil {
		fmt.Println(err)
	}

	read, err := model.Load(examples.Files, "brunel.yaml", model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	brunel.Description = read.Description
	fmt.Println(brunel.Digest() == read.Digest())
	// Output: true
}
