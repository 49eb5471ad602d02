package plasticity

import "github.com/volley-snn/volley/snn/pinned"

func tsodyksSynapse() Spec {
	return Spec{
		Name:   "tsodyks_synapse",
		Doc:    "short-term depression and facilitation with resources that are recovered, active or inactive",
		Source: "Tsodyks, Uziel, Markram 2000",
		Params: []Param{
			{Name: "U", Default: 0.5, Doc: "step of the release probability at a spike"},
			{Name: "tau_psc", Unit: "ms", Default: 3, Doc: "time constant of the synaptic current"},
			{Name: "tau_fac", Unit: "ms", Default: 0, Doc: "time constant of facilitation; 0 has none"},
			{Name: "tau_rec", Unit: "ms", Default: 800, Doc: "time constant of recovery"},
			{Name: "x", Default: 1, Doc: "initial share of recovered resources"},
			{Name: "y", Default: 0, Doc: "initial share of active resources"},
			{Name: "u", Default: 0, Doc: "initial release probability"},
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.share("U", "x", "y", "u")
			r.positive(" ms", "tau_psc", "tau_rec")
			r.notNegative(" ms", "tau_fac")
			r.fault(p["x"]+p["y"] <= 1, "x + y must be at most 1, is %g", p["x"]+p["y"])
			r.fault(p["tau_psc"] != p["tau_rec"], "tau_psc must differ from tau_rec (%g ms)", p["tau_rec"])
			return r.faults
		},
		NewRelease: func(p Params, dtMs float64) Release { return &tsodyks{p: p, dtMs: dtMs} },
	}
}

type tsodyks struct {
	p    Params
	dtMs float64
}

func (r *tsodyks) Start() ReleaseState {
	return ReleaseState{X: r.p["x"], Y: r.p["y"], U: r.p["u"]}
}

func (r *tsodyks) Next(s *ReleaseState, gap int64) float64 {
	h := float64(gap) * r.dtMs
	psc, rec := r.p["tau_psc"], r.p["tau_rec"]
	yLeft := pinned.Exp(-h / psc)
	recovered := -pinned.Expm1(-h / rec)
	fromY := (float64((yLeft-1)*psc) + float64(recovered*rec)) / (rec - psc)
	z := 1 - s.X - s.Y
	s.X += float64(fromY*s.Y) + float64(recovered*z)
	s.Y *= yLeft
	s.U = float64(s.U * facilitation(h, r.p["tau_fac"]))
	s.U += float64(r.p["U"] * (1 - s.U))
	released := float64(s.U * s.X)
	s.X -= released
	s.Y += released
	return released
}

// facilitation is what is left of the release probability after h ms.
func facilitation(h, tauMs float64) float64 {
	if tauMs == 0 {
		return 0
	}
	return pinned.Exp(-h / tauMs)
}
