package twin

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/plasticity"
)

// STDP is one synapse under a spike-driven rule, by its definition: a trace is a sum
// over all spikes so far, an exponential each, or the exponential of the nearest.
// The whole delay is dendritic: postsynaptic spikes count when they arrive, those of
// a tick before the presynaptic ones of the same tick.
type STDP struct {
	Synapse string
	Params  plasticity.Params // complete
	DtMs    float64
	// Fresh says that traces start at 0, and not, as NEST's of the nearest spike do,
	// as if a presynaptic spike had come at time 0.
	Fresh bool

	pre, post []snn.Tick // spikes so far; post when they arrive
}

// Restart forgets all spikes.
func (s *STDP) Restart() { s.pre, s.post, s.Fresh = nil, nil, true }

// Arrive takes a postsynaptic spike that arrives at tick t. rate is the factor on
// the weight's step.
func (s *STDP) Arrive(w *float64, t snn.Tick, rate float64) {
	if rate > 0 {
		*w = s.onPost(math.Abs(*w), t, rate)
	}
	s.post = append(s.post, t)
}

// Spike takes a presynaptic spike of tick t.
func (s *STDP) Spike(w *float64, t snn.Tick, rate float64) {
	if rate > 0 {
		*w = s.onPre(math.Abs(*w), t, rate)
	}
	s.pre = append(s.pre, t)
}

// sum is the trace at tick t of the spikes in [from, to).
func (s *STDP) sum(spikes []snn.Tick, from, to, t snn.Tick, tau string) (sum float64) {
	for _, q := range spikes {
		if q >= from && q < to {
			sum += s.decay(t-q, tau)
		}
	}
	return sum
}

func (s *STDP) decay(ticks snn.Tick, tau string) float64 {
	return pinned.Exp(-float64(float64(ticks)*s.DtMs) / s.Params[tau])
}

// before is the last spike before tick t, or 0.
func before(spikes []snn.Tick, t snn.Tick) (last snn.Tick) {
	for _, q := range spikes {
		if q < t {
			last = q
		}
	}
	return last
}

const ever = snn.Tick(math.MaxInt64)

// onPost is the weight after a postsynaptic spike. x is the weight's size: rules for
// negative weights are their mirror images.
func (s *STDP) onPost(x float64, t snn.Tick, rate float64) float64 {
	p, bound := s.Params, math.Abs(s.Params["Wmax"])
	lastPre, lastPost := before(s.pre, ever), before(s.post, ever)
	nearest := s.decay(t-lastPre, "tau_plus")
	if s.Fresh && lastPre == 0 {
		nearest = 0
	}
	pair := s.sum(s.pre, 0, ever, t, "tau_plus")
	switch s.Synapse {
	case "stdp_pl_synapse_hom":
		x += float64(rate * p["lambda"] * power(x, p["mu"]) * pair)
	case "stdp_triplet_synapse":
		x += float64(rate * pair * (p["Aplus"] + float64(p["Aplus_triplet"]*s.sum(s.post, 0, ever, t, "tau_minus_triplet"))))
	case "vogels_sprekeler_synapse":
		x += float64(rate * p["eta"] * s.sum(s.pre, 0, ever, t, "tau"))
	case "diehl_cook_synapse":
		trace := pair
		if p["additive"] == 0 {
			if trace = 0; lastPre > 0 {
				trace = nearest
			}
		}
		distance := bound - x
		if trace < p["x_tar"] {
			distance = x
		}
		x += float64(rate * p["eta"] * (trace - p["x_tar"]) * power(distance/bound, p["mu"]) * bound)
	case "stdp_synapse":
		x += s.up(x, pair, rate)
	case "stdp_nn_symm_synapse":
		x += s.up(x, nearest, rate)
	case "stdp_nn_pre_centered_synapse":
		x += s.up(x, s.sum(s.pre, lastPost, ever, t, "tau_plus"), rate)
	case "stdp_nn_restr_synapse":
		if lastPost <= lastPre {
			x += s.up(x, nearest, rate)
		}
	}
	return s.signed(x)
}

// onPre is the weight after a presynaptic spike. A postsynaptic spike that arrives
// in the same tick does not count in a trace.
func (s *STDP) onPre(x float64, t snn.Tick, rate float64) float64 {
	p := s.Params
	pair := s.sum(s.post, 0, t, t, "tau_minus")
	nearest := 0.0
	if last := before(s.post, t); last > 0 {
		nearest = s.decay(t-last, "tau_minus")
	}
	switch s.Synapse {
	case "stdp_pl_synapse_hom":
		x -= float64(rate * p["lambda"] * p["alpha"] * x * pair)
	case "stdp_triplet_synapse":
		x -= float64(rate * pair * (p["Aminus"] + float64(p["Aminus_triplet"]*s.sum(s.pre, 0, ever, t, "tau_plus_triplet"))))
	case "vogels_sprekeler_synapse":
		x = min(x+float64(rate*p["eta"]*pair), math.Abs(p["Wmax"])) - float64(rate*p["alpha"]*p["eta"])
	case "stdp_synapse":
		x -= s.down(x, pair, rate)
	case "stdp_nn_symm_synapse", "stdp_nn_pre_centered_synapse":
		x -= s.down(x, nearest, rate)
	case "stdp_nn_restr_synapse":
		if before(s.post, ever) > before(s.pre, ever) {
			x -= s.down(x, nearest, rate)
		}
	}
	return s.signed(x)
}

// up and down are the steps of Guetig's rules.
func (s *STDP) up(x, trace, rate float64) float64 {
	p, bound := s.Params, math.Abs(s.Params["Wmax"])
	return rate * p["lambda"] * power(1-x/bound, p["mu_plus"]) * trace * bound
}

func (s *STDP) down(x, trace, rate float64) float64 {
	p, bound := s.Params, math.Abs(s.Params["Wmax"])
	return rate * p["alpha"] * p["lambda"] * power(x/bound, p["mu_minus"]) * trace * bound
}

func power(x, mu float64) float64 {
	if mu == 0 {
		return 1
	}
	return pinned.Pow(max(x, 0), mu)
}

// signed is a weight of size x within its bounds.
func (s *STDP) signed(x float64) float64 {
	bound := s.Params["Wmax"]
	return math.Copysign(min(max(x, 0), math.Abs(bound)), bound)
}
