package plasticity

import "github.com/volley-snn/volley/snn/pinned"

func tsodyks2Synapse() Spec {
	return Spec{
		Name:   "tsodyks2_synapse",
		Doc:    "short-term depression and facilitation that scale the weight",
		Source: "Tsodyks, Markram 1997; Fuhrmann, Segev, Markram, Tsodyks 2002",
		Params: []Param{
			{Name: "U", Default: 0.5, Doc: "step of the release probability at a spike"},
			{Name: "u", Default: 0.5, Doc: "release probability of the first spike"},
			{Name: "x", Default: 1, Doc: "share of the weight at the first spike"},
			{Name: "tau_fac", Unit: "ms", Default: 0, Doc: "time constant of facilitation; 0 has none"},
			{Name: "tau_rec", Unit: "ms", Default: 800, Doc: "time constant of recovery"},
		},
		Check: func(p Params) []string {
			r := rules{p: p}
			r.share("U", "u", "x")
			r.positive(" ms", "tau_rec")
			r.notNegative(" ms", "tau_fac")
			return r.faults
		},
		NewRelease: func(p Params, dtMs float64) Release { return &tsodyks2{p: p, dtMs: dtMs} },
	}
}

type tsodyks2 struct {
	p    Params
	dtMs float64
}

func (r *tsodyks2) Start() ReleaseState { return ReleaseState{X: r.p["x"], U: r.p["u"]} }

func (r *tsodyks2) Next(s *ReleaseState, gap int64) float64 {
	if h := float64(gap) * r.dtMs; s.Spiked {
		left := s.X - float64(s.X*s.U)
		s.X = 1 + float64((left-1)*pinned.Exp(-h/r.p["tau_rec"]))
		s.U = r.p["U"] + float64(float64(s.U*(1-r.p["U"]))*facilitation(h, r.p["tau_fac"]))
	}
	s.Spiked = true
	return float64(s.X * s.U)
}
