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

	// WindowBytes is what a partition's shares of windows take in a message, a step, by
	// the number of the network's measurement.
	WindowBytes map[int]float64 `json:"window_bytes,omitempty"`

	// SpikeNs is the processor time to write or to read a spike of a message.
	SpikeNs float64 `json:"spike_ns"`

	// What a run's files and results take of the one thread that records: each step,
	// and each spike besides.
	RecordNs      float64 `json:"record_ns"`
	RecordSpikeNs float64 `json:"record_spike_ns"`
}

// warmUp is the share of the time measured that is passed over first: networks
// start from a state that they leave.
const warmUp = 0.25

// errEnough ends a run that has been measured long enough.
var errEnough = errors.New("measured long enough")

// MeasurePace builds a network and simulates it for at most a wall time, or until its
// end. The recorders observe it as they would a run, and their time is measured by
// itself. The error is one of building or running it, or of a run too short to tell.
func MeasurePace(ctx context.Context, n *kernel.Network, threads int, budget time.Duration, recorders ...engine.Observer) (*Pace, error) {
	e, err := engine.New(n, engine.Config{Threads: threads})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	o := &paced{n: n, recorders: recorders, budget: budget, spikes: make([]int64, len(n.Populations)), windows: map[int]float64{}, start: time.Now()}
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
	p.WindowBytes = map[int]float64{}
	for measure, bytes := range o.windows {
		p.WindowBytes[measure] = bytes / float64(o.steps*e.Threads)
	}
	p.SpikeNs = spikeNs()
	p.RecordNs, p.RecordSpikeNs = o.recording.fit()
	return p, nil
}

// paced counts what happens after the warm-up.
type paced struct {
	n         *kernel.Network
	recorders []engine.Observer
	recording line // ns of recording by spikes, a step
	budget    time.Duration
	start     time.Time
	resumed   time.Time // when the step under way began
	from, to  snn.Tick  // measured
	spent     time.Duration
	steps     int
	windows   map[int]float64 // bytes of shares, of all partitions
	spikes    []int64
}

func (o *paced) Observe(m *engine.Moment) error {
	now := time.Now()
	if err := o.record(m); err != nil {
		return err
	}
	if o.resumed.IsZero() {
		if now.Sub(o.start) >= time.Duration(warmUp*float64(o.budget)) || m.Done >= warmUp {
			o.resumed, o.from, o.to, o.recording = time.Now(), m.To, m.To, line{}
		}
		return nil
	}
	o.to, o.spent = m.To, o.spent+now.Sub(o.resumed)
	o.steps++
	for _, out := range m.Outputs {
		for _, s := range out.Shares {
			e := messages.Envelope{Shares: []messages.Window{{Measure: int64(s.Measure), Number: int64(s.Window), End: int64(s.End), Counts: s.Counts}}}
			o.windows[s.Measure] += float64(len(e.Append(nil)) - len((&messages.Envelope{}).Append(nil)))
		}
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

// record lets the recorders see a step, and times them.
func (o *paced) record(m *engine.Moment) error {
	if len(o.recorders) == 0 {
		return nil
	}
	start := time.Now()
	for _, r := range o.recorders {
		if err := r.Observe(m); err != nil {
			return err
		}
	}
	spikes := 0
	for _, out := range m.Outputs {
		spikes += len(out.Spikes.GIDs)
	}
	o.recording.add(float64(spikes), float64(time.Since(start).Nanoseconds()))
	return nil
}

// line is points through which a straight line is laid.
type line struct{ n, x, y, xx, xy float64 }

func (l *line) add(x, y float64) {
	l.n, l.x, l.y, l.xx, l.xy = l.n+1, l.x+x, l.y+y, l.xx+x*x, l.xy+x*y
}

// fit is the line of least squares with neither part below 0, which keeps the mean.
func (l *line) fit() (at0, slope float64) {
	if l.n == 0 {
		return 0, 0
	}
	if spread := l.n*l.xx - l.x*l.x; spread > 0 {
		slope = max((l.n*l.xy-l.x*l.y)/spread, 0)
	}
	if at0 = (l.y - slope*l.x) / l.n; at0 < 0 {
		return 0, l.y / l.x
	}
	return at0, slope
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
