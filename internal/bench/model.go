package bench

import (
	"context"
	"fmt"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
)

// Model is what a model's runs cost. Build and Simulate are of the network and of
// its simulation; nothing is recorded but the hash.
type Model struct {
	Model       string `json:"model"`
	ModelDigest string `json:"model_digest"`
	Neurons     int    `json:"neurons"`
	Synapses    int64  `json:"synapses"`
	Threads     int    `json:"threads"`
	Partitions  int    `json:"partitions"`

	DurationMs float64 `json:"duration_ms"`
	Spikes     int64   `json:"spikes"`
	Events     int64   `json:"synaptic_events"`
	SpikeHash  string  `json:"spike_hash"` // the same in every repeat, or there is an error

	BuildWallS     Spread `json:"build_wall_s"`
	BuildCPUS      Spread `json:"build_cpu_s"`
	SimulateWallS  Spread `json:"simulate_wall_s"`
	SimulateCPUS   Spread `json:"simulate_cpu_s"`
	RealTimeFactor Spread `json:"real_time_factor"` // wall time over biological time

	BuildNsPerSynapse record.Number `json:"build_ns_per_synapse"` // of processor time, as what follows; from medians
	BytesPerSynapse   record.Number `json:"bytes_per_synapse"`
	PeakBytes         int64         `json:"peak_bytes,omitempty"` // most that the process held in any repeat; 0 where that is not known
	CPUNsPerEvent     record.Number `json:"cpu_ns_per_event"`
	EventsPerS        record.Number `json:"events_per_s"`      // of wall time
	EventsPerCoreS    record.Number `json:"events_per_core_s"` // of processor time
}

// MeasureModel builds and simulates a network repeats times. Done is told how many
// repeats are behind.
func MeasureModel(ctx context.Context, n *kernel.Network, c engine.Config, repeats int, done func(int)) (*Model, error) {
	m := &Model{Model: n.Model.Name, ModelDigest: n.Model.Digest(), Neurons: n.Neurons()}
	var build, simulate []engine.Spent
	for r := range repeats {
		forgetPeak() // and the memory of the repeat before
		b, s, err := m.once(ctx, n, c)
		if err != nil {
			return nil, err
		}
		m.PeakBytes = max(m.PeakBytes, peakBytes())
		build, simulate = append(build, b), append(simulate, s)
		done(r + 1)
	}
	wall := func(s engine.Spent) float64 { return s.WallS }
	m.BuildWallS, m.BuildCPUS = spreadOf(build, wall), spreadOf(build, seconds)
	m.SimulateWallS, m.SimulateCPUS = spreadOf(simulate, wall), spreadOf(simulate, seconds)
	m.RealTimeFactor = m.SimulateWallS.each(func(s float64) float64 { return s * 1000 / m.DurationMs })
	m.BuildNsPerSynapse = record.Number(m.BuildCPUS.Median * 1e9 / float64(m.Synapses))
	m.CPUNsPerEvent = record.Number(m.SimulateCPUS.Median * 1e9 / float64(m.Events))
	m.EventsPerS = record.Number(float64(m.Events) / m.SimulateWallS.Median)
	m.EventsPerCoreS = record.Number(float64(m.Events) / m.SimulateCPUS.Median)
	return m, nil
}

// once builds and runs the network, and compares its spikes with those of before.
func (m *Model) once(ctx context.Context, n *kernel.Network, c engine.Config) (build, simulate engine.Spent, err error) {
	e, err := engine.New(n, c)
	if err != nil {
		return build, simulate, err
	}
	defer e.Close()
	recorder, err := engine.NewRecorder(n, nil)
	if err != nil {
		return build, simulate, err
	}
	clock := engine.StartClock()
	if err := e.Run(ctx, recorder); err != nil {
		return build, simulate, err
	}
	simulate = clock.Elapsed()
	if hash := recorder.Hash.Sum(); m.SpikeHash == "" {
		m.SpikeHash = hash
	} else if hash != m.SpikeHash {
		return build, simulate, fmt.Errorf("two runs of %s gave the spike hashes %s and %s", m.Model, m.SpikeHash, hash)
	}
	a, err := e.Account()
	if err != nil {
		return build, simulate, err
	}
	m.Synapses, m.Events = a.Synapses, a.Events
	m.BytesPerSynapse = record.Number(float64(a.Bytes) / float64(m.Synapses))
	m.Threads, m.Partitions = e.Threads, len(e.Partitions)
	m.DurationMs, m.Spikes = float64(e.Now())*n.DtMs, recorder.Hash.Spikes()
	return e.Build, simulate, nil
}

func spreadOf(all []engine.Spent, of func(engine.Spent) float64) Spread {
	var x []float64
	for _, s := range all {
		x = append(x, of(s))
	}
	return SpreadOf(x)
}
