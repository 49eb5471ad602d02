package twin_test

import (
	"fmt"
	"math"
	"strings"
	"testing/fstest"

	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/plasticity"
	"github.com/volley-snn/volley/snn/random"
)

// onto is a population that projections may target, and the strength of its input.
// Parrots that repeat parrots would repeat without end.
func (r *maker) projection(k int) {
	m := r.m
	p := model.Projection{Name: fmt.Sprintf("p%d", k), Autapses: !r.one(3), Multapses: !r.one(3)}
	target := &m.Populations[r.IntN(len(m.Populations))]
	from := r.IntN(len(m.Populations) + len(m.Inputs))
	sources := 0
	parrot := false
	if from < len(m.Populations) {
		source := &m.Populations[from]
		p.Source, sources, parrot = source.Name, source.Size, source.Model == "parrot_neuron"
	} else {
		in := &m.Inputs[from-len(m.Populations)]
		p.Source, sources = in.Name, sizeOf(in)
	}
	plastic := k < 2
	if (parrot || plastic) && target.Model == "parrot_neuron" {
		target = &m.Populations[0]
		if target.Model == "parrot_neuron" {
			target = &m.Populations[1]
		}
	}
	p.Target = target.Name
	all := ports(target)
	port := all[r.IntN(len(all))]
	strong := strengths[port.Unit].weight / 2
	if adaptive[target.Model] { // whose equations hold near the usual potentials only
		strong /= 4
	}
	if port.Sign < 0 || port.Sign == 0 && r.one(4) {
		strong = -strong
	}
	if port.Sign == 0 && len(all) > 1 || r.one(4) {
		p.Receptor = port.Name
	} else if r.one(6) {
		p.Receptor = "0"
	}
	if len(all) > 1 && port.Sign == 0 && port.Unit == "" {
		p.Receptor = port.Name
	}
	p.Weight = r.around(strong, min(strong/4, strong*2), max(strong/4, strong*2))
	p.Delay = r.delay()
	if plastic {
		r.synapse(&p, target, strong, port)
	} else {
		r.static(&p, strong, len(all) > 1 && port.Sign != 0)
	}
	r.rule(&p, sources, target.Size)
	m.Projections = append(m.Projections, p)
}

func sizeOf(in *model.Input) int {
	switch in.Model {
	case "spike_times":
		return len(in.Times)
	case "series":
		return 6
	case "images", "events":
		return 12
	}
	return in.Size
}

func (r *maker) delay() model.Value {
	ticks := float64(r.between(1, 12))
	return r.around(ticks*r.m.Dt, r.m.Dt, 2*ticks*r.m.Dt)
}

// static chooses how a static projection is stored.
func (r *maker) static(p *model.Projection, strong float64, signs bool) {
	if signs && p.Receptor != "" && p.Receptor != "0" {
		return
	}
	if signs && r.one(3) { // of both signs: they enter by the receptor of their own
		p.Weight = model.Value{Dist: random.Distribution{Kind: random.Normal, A: strong / 4, B: math.Abs(strong) / 2}}
	}
	if r.one(3) {
		p.Bits = 16
	}
	if p.Weight.Dist.IsConstant() {
		p.Layout = r.pick("list", "packed", "auto")
		if p.Delay.Dist.IsConstant() {
			p.Layout = r.pick("list", "packed", "bitmap", "auto")
		}
	}
}

func (r *maker) rule(p *model.Projection, sources, targets int) {
	same := p.Source == p.Target
	choices, places := sources, targets
	if same && !p.Autapses {
		choices, places = sources-1, targets-1
	}
	rules := []string{"all_to_all", "fixed_indegree", "fixed_outdegree", "fixed_total_number", "pairwise_bernoulli", "explicit"}
	if sources == targets && (!same || p.Autapses) {
		rules = append(rules, "one_to_one", "one_to_one")
	}
	p.Rule = r.pick(rules...)
	switch p.Rule {
	case "fixed_indegree":
		p.Indegree = r.between(1, min(choices, 8))
	case "fixed_outdegree":
		p.Outdegree = r.between(1, min(places, 8))
	case "fixed_total_number":
		p.N = r.between(1, min(choices*targets, 100))
	case "pairwise_bernoulli":
		p.P = []float64{0.1, 0.4, 1}[r.IntN(3)]
	case "explicit":
		p.Autapses, p.Multapses = true, true // a list is refused where it breaks the switches
		p.File = p.Name + ".csv"
		var b strings.Builder
		b.WriteString("source,target,weight,delay_ms\n")
		for i := range uint64(r.between(20, 80)) {
			delay := max(math.Round(p.Delay.Dist.Draw(3, i)/r.m.Dt), 1) * r.m.Dt
			fmt.Fprintf(&b, "%d,%d,%v,%v\n", r.IntN(sources), r.IntN(targets), p.Weight.Dist.Draw(2, i), delay)
		}
		r.files[p.File] = &fstest.MapFile{Data: []byte(b.String())}
		p.Weight, p.Delay = model.Value{}, model.Value{}
	}
}

// learning are the spike-driven models with parameters that move weights of size 1.
var learning = map[string]map[string]float64{
	"stdp_synapse": {"lambda": 0.04, "alpha": 1.1, "mu_plus": 0.4, "mu_minus": 0.7}, "stdp_pl_synapse_hom": {"lambda": 0.05, "alpha": 0.9},
	"stdp_nn_symm_synapse": {"lambda": 0.04}, "stdp_nn_pre_centered_synapse": {"lambda": 0.04}, "stdp_nn_restr_synapse": {"lambda": 0.05},
	"stdp_triplet_synapse":     {"Aplus": 0.02, "Aplus_triplet": 0.02, "Aminus": 0.02, "Aminus_triplet": 0.01},
	"vogels_sprekeler_synapse": {"eta": 0.03, "alpha": 0.4},
	"diehl_cook_synapse":       {"eta": 0.05},
	"tsodyks_synapse":          {"tau_fac": 50, "tau_rec": 100}, "tsodyks2_synapse": {"tau_fac": 20, "tau_rec": 100, "U": 0.3},
}

// inWeights are the parameters that are in the unit of the weight.
var inWeights = map[string]bool{"Aplus": true, "Aplus_triplet": true, "Aminus": true, "Aminus_triplet": true, "eta": true, "Wmax": true}

// synapse makes a projection plastic: every other by SSDP in one of its forms, the
// others by spike-driven models in turn.
func (r *maker) synapse(p *model.Projection, target *model.Population, strong float64, port neuron.Receptor) {
	bound := 2 * strong
	size := math.Abs(strong)
	if k := r.IntN(3); k == 0 {
		p.Precision = "float64"
	} else if k == 1 {
		// In float32 the kernel's weights differ from the twin's by little; with so
		// coarse a grid that a weight is 0, 1 or 2 quanta no spike does.
		if target.WeightQuantum == nil {
			target.WeightQuantum = map[string]float64{}
		}
		target.WeightQuantum[port.Name] = math.Ldexp(1, int(math.Round(math.Log2(size))))
	} else {
		p.Precision = "float64"
	}
	models := plasticity.Models()
	turn := r.seed*2 + len(r.m.Projections)
	if turn%5 < 2 {
		r.ssdp(p, strong, turn/5, port.Unit != "nS")
		return
	}
	spec := models[(turn/5*3+turn%5-2)%len(models)]
	if spec.Name == "stdp_pl_synapse_hom" && strong < 0 { // it is for positive weights only
		spec, _ = plasticity.Lookup("stdp_triplet_synapse")
	}
	p.Synapse = spec.Name
	p.Params = map[string]model.Value{}
	if spec.NewRelease == nil {
		p.Params["Wmax"] = constant(bound)
		if spec.Name == "stdp_pl_synapse_hom" && r.one(2) {
			delete(p.Params, "Wmax")
		}
		if r.one(4) {
			p.Normalize = &model.Normalize{Sum: 4 * strong, Every: 30 * r.m.Dt}
			if r.m.Protocol != nil && r.one(2) {
				p.Normalize.Every = 0
			}
		}
	}
	for name, x := range learning[spec.Name] {
		if inWeights[name] && spec.Name != "diehl_cook_synapse" {
			x *= size
		}
		p.Params[name] = constant(x)
	}
	if spec.Name == "stdp_synapse" && r.one(2) {
		p.Params["mu_plus"], p.Params["mu_minus"] = constant(float64(r.IntN(2))), constant(float64(r.IntN(2)))
		p.Delay = constant(float64(r.between(1, 12)) * r.m.Dt)
	}
	if spec.Name == "diehl_cook_synapse" {
		p.Params["additive"] = constant(float64(r.IntN(2)))
	}
}

func (r *maker) ssdp(p *model.Projection, strong float64, turn int, signs bool) {
	p.Synapse = "ssdp_synapse"
	s := &model.SSDP{
		Window: r.m.Dt * float64(r.between(6, 14)), Phase: r.m.Dt * float64(r.IntN(3)*r.IntN(5)), Sigma: r.m.Dt * float64(r.between(1, 4)),
		Eta: 0.2, Beta: 1.2, APlus: 1, ABase: 0.3, OneSilent: []string{"chance", "sentinel", "none", "depress"}[turn%4], Pairing: r.pick("first", "nearest"),
		Align: r.pick("arrival", "emission"), Bounds: r.pick("soft", "hard"), WMax: 2 * math.Abs(strong), Horizon: r.between(3, 30),
	}
	if strong < 0 {
		s.WMin, s.WMax = 2*strong, 0
	} else if signs && r.one(3) {
		s.WMin = -4 * strong
	}
	if r.one(5) {
		s.Sigma = math.Inf(1)
	}
	switch turn % 5 {
	case 1, 2, 3:
		s.Gate = model.Gate{Type: "synchrony", Measure: []string{"S", "kappa", "kappa"}[turn%5-1], Of: []string{"source", "source", "target"}[turn%5-1], Bins: r.between(2, 5), K: 0.5, Windows: 10}
	case 4:
		s.Gate = model.Gate{Type: "dopamine", Measure: r.pick("S", "kappa"), Of: r.pick("source", "target"), Bins: 3, Warmup: 8, Reward: "reward.csv", Signal: r.pick("reward", "loss")}
		var b strings.Builder
		b.WriteString("time_ms,reward\n")
		for k := range 100 {
			fmt.Fprintf(&b, "%v,%v\n", 20*r.m.Dt*float64(k), r.Float64())
		}
		r.files["reward.csv"] = &fstest.MapFile{Data: []byte(b.String())}
	}
	p.SSDP = s
	p.Weight = r.around(strong, min(strong/4, 1.5*strong), max(strong/4, 1.5*strong))
	p.Delay = constant(float64(r.between(1, 12)) * r.m.Dt)
	if s.WMin*s.WMax == 0 && r.one(3) { // a sum of both signs may be almost 0
		p.Normalize = &model.Normalize{Sum: 4 * strong, Every: 30 * r.m.Dt}
		if r.m.Protocol != nil && r.one(2) {
			p.Normalize.Every = 0
		}
	}
}
