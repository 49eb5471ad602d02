// Package small is models at a size that tests can run many times, to compare what
// must not differ.
package small

// Sizes is how each example is made small, by file. An example that is not here fails
// the tests that go through all.
var Sizes = map[string][]string{
	"brunel.yaml":       {"duration=100 ms", "discard=0 ms", "scale=0.1"},
	"ssdp-volleys.yaml": {"duration=5 s", "sensors=100", "members=20", "k=1"},
	"digits.yaml":       {"train=20", "label=10", "test=10", "neurons=40", "gain=0.02"},
	"live.yaml":         {"duration=2 s"},
	"microcircuit.yaml": {"duration=300 ms", "discard=0 ms", "scale=0.03"},
}

// Recorded is a model that learns, and of which everything is recorded that can be.
const Recorded = `
name: recorded
duration: 500 ms
populations:
  out: {model: iaf_psc_delta, size: 9, params: {E_L: 0 mV, V_reset: 0 mV, V_th: 10 mV, tau_m: 20 ms}, initial: {V_m: 0 mV},
        adaptive_threshold: {eta: 0.1 mV, target_spikes: 1, every: 100 ms}}
inputs:
  in: {model: poisson, size: 60, rate: 20 Hz}
projections:
  learning: {source: in, target: out, rule: all_to_all, weight: {uniform: {min: 0.2 mV, max: 0.5 mV}}, delay: 1 ms,
             synapse_model: ssdp_synapse, ssdp: {w_max: 1 mV}}
records:
  signals:
    - {population: out, variables: [V_m, theta], first: 1, count: 7, interval: 2.5 ms, start: 10 ms}
    - {population: out, variables: [V_m], interval: 50 ms}
  weights:
    - {projection: learning, at: [0 ms, 123 ms], every: 200 ms}
`

// Injected is a model that learns from what is injected, into populations on both
// sides of others.
const Injected = `
name: injected
duration: 400 ms
populations:
  out: {model: iaf_psc_delta, size: 9, params: {E_L: 0 mV, V_reset: 0 mV, V_th: 10 mV, tau_m: 20 ms}, initial: {V_m: 0 mV}}
inputs:
  left: {model: spike_train_injector, size: 40}
  noise: {model: poisson, size: 20, rate: 20 Hz}
  right: {model: spike_train_injector, size: 30}
projections:
  learning: {source: left, target: out, rule: all_to_all, weight: {uniform: {min: 0.4 mV, max: 0.9 mV}}, delay: 1.5 ms,
             synapse_model: ssdp_synapse, ssdp: {w_max: 1 mV}}
  right_out: {source: right, target: out, rule: fixed_indegree, indegree: 5, weight: 1 mV, delay: 2 ms}
  noise_out: {source: noise, target: out, rule: fixed_indegree, indegree: 5, weight: 1 mV, delay: 2 ms}
  out_out: {source: out, target: out, rule: all_to_all, weight: 0.2 mV, delay: 1.5 ms}
synchrony:
  left: {population: left, window: 20 ms}
`
