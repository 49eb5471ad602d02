package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// Pace is how fast a network runs on this machine, as the forecast of a plan needs it.
type Pace struct {
	Model      string             `json:"model"`
	Threads    int                `json:"threads"`
	MeasuredMs float64            `json:"measured_ms"` // of biological time
	UnitNs     float64            `json:"unit_ns"`     // of a thread, for a unit of kernel.Network.Costs and a tick
	StepTicks  float64            `json:"step_ticks"`  // mean
	RatesHz    map[string]float64 `json:"rates_hz"`    // of a neuron, by population

	// SpikeNs is the processor time to write or to read a spike of a message.
	SpikeNs float64 `json:"spike_ns"`
}

// warmUp is the share of the time measured that is passed over first: networks
// start from a state that they leave.
const warmUp = 0.25

// errEnough ends a run that has been measured long enough.
var errEnough = errors.New("measured long enough")

// MeasurePace builds a network and simulates it for at most a wall time, or until its
// end. The error is one of building or running it, or of a run too short to tell.
func MeasurePace(ctx context.Context, n *kernel.Network, threads int, budget time.Duration) (*Pace, error) {
	e, err := engine.New(n, engine.Config{Threads: threads})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	o := &paced{n: n, budget: budget, spikes: make([]int64, len(n.Populations)), start: time.Now()}
	if err := engine.Run(ctx, e, o); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	ticks := float64(o.to - o.from)
	if ticks == 0 {
		return nil, fmt.Errorf("%s: %v were not enough for a second step: give it more time to be measured in", n.Model.Name, budget)
	}
	cost := 0.0
	for _, c := range n.Costs() {
		cost += c
	}
	p := &Pace{Model: n.Model.Name, Threads: e.Threads, MeasuredMs: ticks * n.DtMs, StepTicks: ticks / float64(o.steps), RatesHz: map[string]float64{}}
	p.UnitNs = float64(o.spent.Nanoseconds()) * float64(e.Threads) / (cost * ticks)
	for k, pop := range n.Populations {
		p.RatesHz[pop.Name] = float64(o.spikes[k]) / float64(max(pop.Size(), 1)) / (ticks * n.DtMs / 1000)
	}
	p.SpikeNs = spikeNs()
	return p, nil
}

// paced counts what happens after the warm-up.
type paced struct {
	n        *kernel.Network
	budget   time.Duration
	start    time.Time
	resumed  time.Time // when the step under way began
	from, to snn.Tick  // measured
	spent    time.Duration
	steps    int
	spikes   []int64
}

func (o *paced) Observe(m *engine.Moment) error {
	now := time.Now()
	if o.resumed.IsZero() {
		if now.Sub(o.start) >= time.Duration(warmUp*float64(o.budget)) || m.Done >= warmUp {
			o.resumed, o.from, o.to = now, m.To, m.To
		}
		return nil
	}
	o.to, o.spent = m.To, o.spent+now.Sub(o.resumed)
	o.steps++
	for _, out := range m.Outputs {
		for _, g := range out.Spikes.GIDs {
			for k, pop := range o.n.Populations {
				if pop.Range.Contains(g) {
					o.spikes[k]++
					break
				}
			}
		}
	}
	if now.Sub(o.start) >= o.budget {
		return errEnough
	}
	o.resumed = time.Now()
	return nil
}

// spikeNs is the mean of writing and reading 1,000 spikes of 100,000 neurons.
func spikeNs() float64 {
	const spikes, repeats = 1000, 200
	gids := make([]uint32, spikes)
	for k := range gids {
		gids[k] = uint32(k*100 + k*k%97)
	}
	offsets := []uint32{0, spikes}
	var data []byte
	var err error
	start := time.Now()
	for range repeats {
		data = messages.AppendSpikes(data[:0], offsets, gids)
		if offsets, gids, err = messages.Spikes(data, 1, offsets, gids); err != nil {
			return 0
		}
	}
	return float64(time.Since(start).Nanoseconds()) / (2 * spikes * repeats)
}
