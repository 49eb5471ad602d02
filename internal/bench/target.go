package bench

// Target is work whose cost has an aim, with what the fastest of the other
// simulators took for it on a machine of the same kind. It is a model with changes to
// it, or a batch.
type Target struct {
	Row     string   `json:"row"`
	Example string   `json:"example,omitempty"`
	Set     []string `json:"set,omitempty"`
	Threads int      `json:"threads,omitempty"`
	Memory  int64    `json:"max_memory_bytes,omitempty"` // that the network may take; 0 is what the machine has
	Aim     string   `json:"aim"`
	Peers   string   `json:"peers"`

	Model *Model `json:"measured,omitempty"`
	Batch *Batch `json:"batch,omitempty"`
}

// Targets are the rows, not yet measured: their models are examples.
func Targets() []Target {
	brunel := func(row, aim, peers string, set ...string) Target {
		return Target{Row: row, Example: "brunel", Threads: 1, Aim: aim, Peers: peers, Set: append(set, "records.spikes=[]")}
	}
	of := func(name string) []string {
		return []string{"populations.E.precision=" + name, "populations.I.precision=" + name}
	}
	own, large := []string{"constant=1", "weight_std=0.1"}, []string{"scale=8", "indegree=800", "J=68.7", "drive=14556", "constant=1", "discard=0 ms", "duration=500 ms"}
	bits := []string{}
	for _, p := range []string{"E_E", "E_I", "I_E", "I_I"} {
		bits = append(bits, "projections."+p+".weight_bits=16")
	}
	thousandMillion := []string{"scale=8", "indegree=8000", "J=6.87", "drive=145560", "constant=1", "discard=0 ms", "duration=50 ms"}
	var scattered []string // the same by a rule whose targets can be drawn again at a spike
	for _, p := range []struct{ source, target, weight string }{{"E", "E", "6.87"}, {"E", "I", "6.87"}, {"I", "E", "-34.35"}, {"I", "I", "-34.35"}} {
		scattered = append(scattered, "projections."+p.source+"_"+p.target+"={source: "+p.source+", target: "+p.target+", rule: pairwise_bernoulli, p: 0.1, weight: "+p.weight+" pA, delay: 1.5 ms}")
	}
	join := func(all ...[]string) (set []string) {
		for _, one := range all {
			set = append(set, one...)
		}
		return set
	}
	return []Target{
		brunel("brunel", "0.18 s", "GeNN 4.50 s, NEST 18.1 s"),
		brunel("brunel, float32", "0.15 s", "GeNN 4.50 s, NEST 18.1 s", of("float32")...),
		brunel("constant", "0.14 s", "GeNN 0.79 s, NEST 12.6 s", "constant=1"),
		brunel("constant, float32", "0.12 s", "GeNN 0.79 s, NEST 12.6 s", join(of("float32"), []string{"constant=1"})...),
		brunel("weights, 16 bit", "0.50 s", "GeNN 1.35 s", join(own, bits)...),
		brunel("weights, 32 bit", "0.70 s", "GeNN 1.35 s", own...),
		brunel("stdp", "1.5 s", "Auryn 8.01 s", "plasticity=stdp"),
		brunel("ssdp", "2 x weights, 32 bit", "none has it", join(own, []string{"plasticity=ssdp"})...),
		brunel("ssdp, 16 bit", "4.1 bytes a synapse on E to E", "none has it", join(own, []string{"plasticity=ssdp", "projections.E_E.weight_bits=16"})...),
		brunel("100,000 x 1,000", "1.8 s", "GeNN 5.19 s", large...),
		{Row: "microcircuit", Example: "microcircuit", Threads: 2, Aim: "real time x 1.3, built in 5 s", Peers: "NEST 100 s on one thread, built in 343 s",
			Set: []string{"scale=1", "records.spikes=[]"}},
		brunel("1e9 synapses, stored", "6 GB", "-", thousandMillion...),
		procedural(brunel("1e9 synapses, procedural", "1 GB", "-", join(thousandMillion, scattered)...)),
		{Row: "batch ssdp", Aim: "3 ms", Peers: "official module 6,700 ms", Batch: &Batch{Samples: 256, In: 1024, Out: 1024, Ticks: 10, Active: 0.1}},
	}
}

// procedural is a row whose network does not fit a thousand million bytes stored.
func procedural(t Target) Target {
	t.Memory = 1e9
	return t
}
