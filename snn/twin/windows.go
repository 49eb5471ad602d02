package twin

import (
	"math"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/protocol"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/synchrony"
)

// windows is when a projection learns by SSDP. The update of a window takes effect
// at the end of the next one, for spikes that are emitted after that.
type windows struct {
	n    *Network
	p    *projection
	m    *model.SSDP
	rule *SSDP
	gate gate

	width, phase snn.Tick
	arrivals     []event // of presynaptic spikes, at their presynaptic time
	due          *finished
}

type event struct {
	tick   snn.Tick
	source int
}

// finished is a window that is over.
type finished struct {
	Window
	end  snn.Tick
	rate float64
}

func newWindows(n *Network, p *projection) *windows {
	m := p.m.SSDP
	return &windows{
		n: n, p: p, m: m, rule: NewSSDP(m, p.source.size, p.target.size, n.m.Dt), gate: newGate(n, &m.Gate),
		width: n.ticks(m.Window), phase: n.ticks(m.Phase),
	}
}

// after takes the spikes of tick t. Windows lie one after the other from the phase
// on; with a protocol, from the phase after the start of each trial, and only those
// count that end within it.
func (w *windows) after(t snn.Tick, trial *protocol.Trial) {
	shift := w.n.ticks(w.p.m.Delay.Dist.A)
	if w.p.m.Rule == "explicit" && len(w.p.synapses) > 0 {
		shift = w.p.synapses[0].delay // all are alike
	}
	if w.m.Align == "emission" {
		shift = 0
	}
	for i := range w.p.source.size {
		for range w.n.raster[t][int(w.p.source.first)+i] {
			w.arrivals = append(w.arrivals, event{t + shift, i})
		}
	}
	start := snn.Tick(0)
	if trial != nil {
		start = trial.Start
	}
	if since := t - start - w.phase; since <= 0 || since%w.width != 0 {
		return
	}
	if w.due != nil {
		factor := w.gate.factor(w.due, w.width)
		if w.due.rate > 0 {
			w.rule.Learn(w.p.synapses, w.due.Window, float64(factor*w.due.rate))
		}
	}
	w.due = w.over(t)
}

// over is the window that ends at tick t.
func (w *windows) over(t snn.Tick) *finished {
	f := &finished{Window: Window{Pre: make([][]int32, w.p.source.size), Post: make([][]int32, w.p.target.size)}, end: t, rate: w.n.rate()}
	start := t - w.width
	for _, a := range w.arrivals {
		if a.tick > start && a.tick <= t {
			f.Pre[a.source] = append(f.Pre[a.source], int32(a.tick-start))
		}
	}
	for at := start + 1; at <= t; at++ {
		for j := range w.p.target.size {
			for range w.n.raster[at][int(w.p.target.first)+j] {
				f.Post[j] = append(f.Post[j], int32(at-start))
			}
		}
	}
	return f
}

// gate scales the update of a window by what a group did in it.
type gate struct {
	m         *model.Gate
	synchrony ssdp.Gate
	dopamine  ssdp.Dopamine
	warmup    int
	ticks     []snn.Tick // of the loss, that holds from each on
	losses    []float64
}

func newGate(n *Network, m *model.Gate) gate {
	g := gate{m: m, synchrony: ssdp.Gate{K: m.K, Windows: m.Windows}, warmup: m.Warmup}
	if m.Type == "dopamine" {
		table := n.table(m.Reward)
		for k, ms := range table["time_ms"] {
			loss := table["reward"][k]
			if m.Signal != "loss" {
				loss = -loss
			}
			g.ticks, g.losses = append(g.ticks, n.ticks(ms)), append(g.losses, loss)
		}
	}
	return g
}

func (g *gate) factor(w *finished, width snn.Tick) float64 {
	if g.m.Type == "" || g.m.Type == "none" {
		return 1
	}
	x := share(w.Post) * share(w.Pre)
	if g.m.Measure != "S" {
		group := w.Pre
		if g.m.Of == "target" {
			group = w.Post
		}
		x = kappa(group, g.m.Bins, width)
	}
	if g.m.Type == "synchrony" {
		return g.synchrony.Open(x)
	}
	if g.warmup--; g.warmup >= 0 {
		g.dopamine.Record(x, g.loss(w.end))
		return 0
	}
	g.dopamine.Fix()
	return g.dopamine.Factor(x)
}

// loss is the signal at tick t.
func (g *gate) loss(t snn.Tick) float64 {
	loss := math.NaN()
	for k, from := range g.ticks {
		if from <= t {
			loss = g.losses[k]
		}
	}
	return loss
}

// share is how many of the neurons fired.
func share(spikes [][]int32) float64 {
	fired := 0
	for _, train := range spikes {
		if len(train) > 0 {
			fired++
		}
	}
	return float64(fired) / float64(len(spikes))
}

// kappa is the chance-corrected synchrony of a group in a window.
func kappa(spikes [][]int32, bins int, width snn.Tick) float64 {
	fired, squares := make([]int64, bins), int64(0)
	for _, train := range spikes {
		in := map[int]bool{}
		for _, t := range train {
			in[(int(t)-1)*bins/int(width)] = true
		}
		for k := range in {
			fired[k]++
		}
		squares += int64(len(in) * len(in))
	}
	return synchrony.Kappa(len(spikes), fired, squares)
}
