package plasticity

import "github.com/volley-snn/volley/snn/pinned"

func stdpSynapse() Spec {
	return Spec{
		Name:   "stdp_synapse",
		Doc:    "pair STDP of all pairs, with powers of the weight: additive at mu 0, multiplicative at mu 1",
		Source: "Guetig, Aharonov, Rotter, Sompolinsky 2003; Song, Miller, Abbott 2000; Rubin, Lee, Sompolinsky 2001",
		Params: guetigParams(), Check: checkGuetig, NewRule: newGuetig,
		Traces: func(p Params) Traces { return Traces{PlusMs: p["tau_plus"], MinusMs: p["tau_minus"]} },
	}
}

func guetigParams() []Param {
	return []Param{
		{Name: "tau_plus", Unit: "ms", Default: 20, Doc: "time constant of potentiation"},
		{Name: "tau_minus", Unit: "ms", Default: 20, Doc: "time constant of depression; the target neuron's in NEST"},
		{Name: "lambda", Default: 0.01, Doc: "step, in units of Wmax"},
		{Name: "alpha", Default: 1, Doc: "depression over potentiation"},
		{Name: "mu_plus", Default: 1, Doc: "power of 1 - w/Wmax that scales potentiation"},
		{Name: "mu_minus", Default: 1, Doc: "power of w/Wmax that scales depression"},
		{Name: "Wmax", Unit: "weight", Default: 100, Doc: "bound of the weight, of its sign"},
	}
}

func checkGuetig(p Params) []string {
	r := rules{p: p}
	r.positive(" ms", "tau_plus", "tau_minus")
	r.notNegative("", "lambda", "alpha", "mu_plus", "mu_minus")
	r.notZero("Wmax")
	return r.faults
}

// guetig steps by lambda (1 - w/Wmax)^mu_plus and alpha lambda (w/Wmax)^mu_minus,
// in units of Wmax, times the traces. w/Wmax is never negative.
type guetig struct {
	plus, minus     float64
	muPlus, muMinus float64
	wMax, inverse   float64
}

func newGuetig(p Params, rate float64) Rule {
	lambda := float64(p["lambda"] * rate)
	return &guetig{
		plus: lambda, minus: float64(p["alpha"] * lambda), muPlus: p["mu_plus"], muMinus: p["mu_minus"],
		wMax: p["Wmax"], inverse: 1 / p["Wmax"],
	}
}

func (g *guetig) Post(w, pre, _ float64) float64 {
	step := float64(g.plus * pre)
	if g.muPlus != 0 {
		step = float64(step * power(1-float64(w*g.inverse), g.muPlus))
	}
	if w += float64(step * g.wMax); float64(w*g.inverse) < 1 {
		return w
	}
	return g.wMax
}

func (g *guetig) Pre(w, post, _ float64) float64 {
	step := float64(g.minus * post)
	if g.muMinus != 0 {
		step = float64(step * power(float64(w*g.inverse), g.muMinus))
	}
	if w -= float64(step * g.wMax); float64(w*g.inverse) > 0 {
		return w
	}
	return 0
}

// power is x^mu; a weight that rounding left outside its bounds counts as at them.
func power(x, mu float64) float64 {
	switch {
	case mu == 0:
		return 1
	case x <= 0:
		return 0
	case mu == 1:
		return x
	}
	return pinned.Pow(x, mu)
}
