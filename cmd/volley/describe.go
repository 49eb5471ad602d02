package main

import (
	"fmt"
	"runtime"
	"time"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// outcome is what a run left in its observers.
type outcome struct {
	recorder    *engine.Recorder
	synchrony   *engine.Synchrony
	phases      *engine.Phases
	before      []record.WeightHistogram
	results     map[string]any
	simulate    engine.Spent
	interrupted bool
	weightsHold bool // they may be read
}

// describe says what was run and what came out, for run.json and summary.json.
func describe(e *engine.Engine, o outcome) (*record.Run, *record.Summary) {
	n, r, simulate := e.Network, o.recorder, o.simulate
	m := n.Model
	durationMs := float64(e.Now()) * m.Dt
	holdings, synapses, bytes, events := e.Holdings()
	run := &record.Run{
		ID: fmt.Sprintf("%s-%s", m.Name, time.Now().UTC().Format("20060102T150405")), Started: time.Now().UTC().Format(time.RFC3339),
		Model: m.Name, Description: m.Description, ModelDigest: m.Digest(), ModelText: string(m.Source),
		DtMs: m.Dt, DurationMs: durationMs, DiscardMs: m.Discard,
		Versions:    record.Versions{Volley: version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH},
		Seeds:       record.Seeds{Network: n.Seeds.Network, Initial: n.Seeds.Initial, Input: n.Seeds.Input},
		Populations: engine.Populations(n), Plan: e.Plan(), WeightQuanta: quanta(n),
		SpikeHash: r.Hash.Sum(), Phases: o.phases.All(),
	}
	if o.weightsHold {
		run.WeightHash, run.WeightHistograms = e.HashWeights().Sum(), engine.Compare(o.before, e.Histograms())
	}
	for _, p := range n.Projections {
		h := holdings[p.Name]
		run.Projections = append(run.Projections, record.Projection{Name: p.Name, Source: p.Source.Name, Target: p.Target.Name,
			Rule: p.Model.Rule, Synapse: p.Model.Synapse, Layout: h.Layout, Reason: p.Layout.Reason, Synapses: h.Synapses, Bytes: h.Bytes, WeightQuantum: p.WeightQuantum()})
	}
	run.WallS = record.Cost{Build: e.Build.WallS, Simulate: simulate.WallS}
	run.CPUS = record.Cost{Build: e.Build.CPUS, Simulate: simulate.CPUS}
	summary := &record.Summary{
		Model: m.Name, ModelDigest: run.ModelDigest, Seed: m.Seeds.Base, DtMs: m.Dt, DurationMs: durationMs,
		Neurons: int64(n.Neurons()), Synapses: synapses, Spikes: r.Hash.Spikes(), SynapticEvents: events,
		SpikeHash: run.SpikeHash, WeightHash: run.WeightHash,
		Partitions: len(e.Partitions), Threads: e.Threads, Nodes: 1, WallS: run.WallS, CPUS: run.CPUS,
		RealTimeFactor:  record.Number(simulate.WallS / (durationMs / 1000)),
		NsPerEvent:      record.Number(simulate.WallS * 1e9 / float64(events)),
		BytesPerSynapse: record.Number(float64(bytes) / float64(synapses)),
		PeakRSSBytes:    engine.PeakRSS(), Interrupted: o.interrupted,
		Populations: r.Statistics.Summaries(durationMs), Results: o.results,
	}
	o.synchrony.Summarize(summary)
	return run, summary
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
