package session

import (
	"fmt"
	"runtime"
	"time"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// describe says what was run and what came out, for run.json and summary.json.
func (o *outcome) describe(s engine.Simulation) (*record.Run, *record.Summary, error) {
	n, r, simulate := s.Compiled(), o.recorder, o.simulate
	m := n.Model
	durationMs := float64(s.Now()) * m.Dt
	a, err := s.Account()
	if err != nil {
		return nil, nil, err
	}
	run := &record.Run{
		ID: fmt.Sprintf("%s-%s", m.Name, time.Now().UTC().Format("20060102T150405")), Started: time.Now().UTC().Format(time.RFC3339),
		Model: m.Name, Description: m.Description, ModelDigest: m.Digest(), ModelText: string(m.Source),
		DtMs: m.Dt, DurationMs: durationMs, DiscardMs: m.Discard,
		Versions:    record.Versions{Volley: o.Version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH},
		Seeds:       record.Seeds{Network: n.Seeds.Network, Initial: n.Seeds.Initial, Input: n.Seeds.Input},
		Populations: engine.Populations(n), Plan: a.Plan, WeightQuanta: quanta(n),
		SpikeHash: r.Hash.Sum(), Phases: o.phases.All(),
	}
	if o.weightsHold {
		hash, err := engine.HashWeights(s)
		if err != nil {
			return nil, nil, err
		}
		after, err := engine.Histograms(s)
		if err != nil {
			return nil, nil, err
		}
		run.WeightHash, run.WeightHistograms = hash.Sum(), engine.Compare(o.before, after)
	}
	for _, p := range n.Projections {
		h := a.Holdings[p.Name]
		run.Projections = append(run.Projections, record.Projection{Name: p.Name, Source: p.Source.Name, Target: p.Target.Name,
			Rule: p.Model.Rule, Synapse: p.Model.Synapse, Layout: h.Layout, Reason: p.Layout.Reason, Synapses: h.Synapses, Bytes: h.Bytes, WeightQuantum: p.WeightQuantum()})
	}
	run.WallS = record.Cost{Build: a.Build.WallS, Simulate: simulate.WallS}
	run.CPUS = record.Cost{Build: a.Build.CPUS, Simulate: simulate.CPUS}
	summary := &record.Summary{
		Model: m.Name, ModelDigest: run.ModelDigest, Seed: m.Seeds.Base, DtMs: m.Dt, DurationMs: durationMs,
		Neurons: int64(n.Neurons()), Synapses: a.Synapses, Spikes: r.Hash.Spikes(), SynapticEvents: a.Events,
		SpikeHash: run.SpikeHash, WeightHash: run.WeightHash,
		Partitions: len(a.Plan.Partitions), Threads: a.Threads, Nodes: a.Nodes, WallS: run.WallS, CPUS: run.CPUS,
		RealTimeFactor:  record.Number(simulate.WallS / (durationMs / 1000)),
		NsPerEvent:      record.Number(simulate.WallS * 1e9 / float64(a.Events)),
		BytesPerSynapse: record.Number(float64(a.Bytes) / float64(a.Synapses)),
		PeakRSSBytes:    a.PeakRSSBytes, Interrupted: o.interrupted,
		Populations: r.Statistics.Summaries(durationMs), Results: o.results,
	}
	o.synchrony.Summarize(summary)
	return run, summary, nil
}

func quanta(n *kernel.Network) map[string]map[string]float64 {
	all := map[string]map[string]float64{}
	for _, p := range n.Populations {
		for k, q := range p.Quanta {
			if all[p.Name] == nil {
				all[p.Name] = map[string]float64{}
			}
			all[p.Name][p.Receptors[k].Name] = q
		}
	}
	return all
}
