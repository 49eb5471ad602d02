package plastic

import (
	"math"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp/batch"
)

// Rule changes one weight.
type Rule struct {
	Config
	sources, targets int

	gaussian *batch.Rule
	Chance   *batch.Chance // what independent neurons would gain; nil where the rule asks not
	Dopamine batch.Dopamine
	Running  Running

	samples batch.Samples
	counts  batch.Statistics
	gates   []float64
	scaled  []float64 // gates of the epoch
	dw      []float32
	shifted batch.Layer
}

// Batch is what a rule needs to know of a batch.
type Batch struct {
	Epoch, Samples, Ticks int
	Windows               int         // of each trial, Samples being windows; 1: trials
	Sources, Targets      batch.Layer // times of spikes; of the exponential rule, who fired in the last tick
	Kappa                 []float64   // of each sample
	Loss                  float64
	Key                   random.Key // of the batch, for controls
}

// New makes a rule for a weight from sources to targets.
func New(c Config, sources, targets int) *Rule {
	r := &Rule{Config: c, sources: sources, targets: targets, Dopamine: batch.Dopamine{Warmup: c.Warmup}}
	if !c.Exponential {
		r.gaussian = batch.New(c.Params)
		r.Chance = batch.NewChance(r.gaussian, targets, sources)
	}
	r.Running.Horizon = c.Horizon
	return r
}

// Add changes weights, by source, as the batch asks. It returns the mean S of its
// samples.
func (r *Rule) Add(weights []float32, b *Batch) (s float64, err error) {
	sources := b.Sources
	if r.Control == PairingShuffle {
		sources = r.shuffled(b)
	}
	if err := r.samples.Load(b.Samples, b.Ticks, b.Targets, sources); err != nil {
		return 0, err
	}
	r.counts.Clear()
	r.samples.Count(&r.counts)
	r.gates = r.gate(b)
	if b.Epoch >= r.Start {
		if err := r.change(weights, b); err != nil {
			return 0, err
		}
	}
	if r.Chance != nil {
		r.Chance.Add(&r.counts)
	}
	return r.counts.S(), nil
}

// change makes the change. Where it cannot need clipping and goes where it
// belongs, it is added to the weights themselves.
func (r *Rule) change(weights []float32, b *Batch) error {
	direct := !r.Exponential && r.Control != SynapseShuffle && r.Control != Uniform && r.gaussian.Bound() <= 1
	to := weights
	if !direct {
		if r.dw == nil {
			r.dw = make([]float32, len(weights))
		}
		clear(r.dw)
		to = r.dw
	}
	if r.Exponential {
		e := r.Decay
		e.APlus = r.Anneal.At(b.Epoch, e.Quirks)
		e.AMinus = e.APlus
		if err := e.Add(to, &r.samples, nil, r.gates, 0); err != nil {
			return err
		}
	} else {
		if err := r.gaussian.Add(to, &r.samples, r.annealed(b), 0, r.chance()); err != nil {
			return err
		}
	}
	if direct {
		return nil
	}
	batch.Clip(to)
	r.place(weights, b)
	return nil
}

func (r *Rule) chance() *batch.Chance {
	if r.Params.OneSilent == "chance" {
		return r.Chance
	}
	return nil
}

// place adds the change to the weights, as the control has it.
func (r *Rule) place(weights []float32, b *Batch) {
	switch r.Control {
	case Uniform:
		sum := 0.0
		for _, x := range r.dw {
			sum += float64(x)
		}
		mean := float32(sum / float64(len(r.dw)))
		for k := range weights {
			weights[k] += mean
		}
	case SynapseShuffle:
		p := b.Key.Sub(1).Permutation(uint64(len(weights)))
		for k, x := range r.dw {
			weights[p.At(uint64(k))] += x
		}
	default:
		for k, x := range r.dw {
			weights[k] += x
		}
	}
}

// gate is each sample's factor; nil for 1.
func (r *Rule) gate(b *Batch) []float64 {
	x := r.samples.S()
	if r.GateKappa {
		x = b.Kappa
	}
	switch r.Gate {
	case Dopamine:
		return r.Dopamine.Gate(b.Epoch, x, b.Loss, r.gates)
	case Synchrony:
		r.gates = r.gates[:0]
		for _, y := range x {
			r.gates = append(r.gates, r.Running.Factor(y, r.GateK))
		}
		r.Running.Add(x)
		return r.gates
	}
	return nil
}

// annealed is the gates, and what the epoch leaves of the amplitude.
func (r *Rule) annealed(b *Batch) []float64 {
	if r.Anneal.Epochs == 0 || r.Anneal.Start == 0 {
		return r.gates
	}
	share := r.Anneal.At(b.Epoch, r.Params.Quirks) / r.Anneal.Start
	r.scaled = grow(r.scaled, b.Samples)
	for k := range r.scaled {
		r.scaled[k] = share
		if r.gates != nil {
			r.scaled[k] *= r.gates[k]
		}
	}
	return r.scaled
}

// shuffled gives every trial the sources of another, window by window: of the one
// after it in a drawn order, so that none keeps its own.
func (r *Rule) shuffled(b *Batch) batch.Layer {
	trials := b.Samples / b.Windows
	order := b.Key.Permutation(uint64(trials))
	out := &r.shifted
	*out = batch.Layer{Neurons: b.Sources.Neurons, First: out.First, Fired: out.Fired}
	n := b.Sources.Neurons * b.Windows
	for k := range trials {
		to, from := int(order.At(uint64(k))), int(order.At(uint64((k+1)%trials)))
		if b.Sources.First != nil {
			out.First = grow(out.First, trials*n)
			copy(out.First[to*n:(to+1)*n], b.Sources.First[from*n:])
		}
		if b.Sources.Fired != nil {
			out.Fired = grow(out.Fired, trials*n)
			copy(out.Fired[to*n:(to+1)*n], b.Sources.Fired[from*n:])
		}
	}
	if b.Sources.First == nil {
		out.First = nil
	}
	if b.Sources.Fired == nil {
		out.Fired = nil
	}
	return *out
}

func grow[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// Running is a mean and deviation over the last batches, about Horizon of them.
type Running struct {
	Horizon, Batches int
	Mean, Square     float64
}

// Factor is clip(1 + k (x - mean)/deviation, 0, 2); 1 before the first batch and
// where x is NaN.
func (r *Running) Factor(x, k float64) float64 {
	sd := math.Sqrt(max(r.Square-float64(r.Mean*r.Mean), 0))
	if r.Batches == 0 || sd == 0 || x != x {
		return 1
	}
	return min(max(1+float64(k*(x-r.Mean))/sd, 0), 2)
}

// Add takes a batch, NaN left out.
func (r *Running) Add(x []float64) {
	sum, square, n := 0.0, 0.0, 0.0
	for _, y := range x {
		if y == y {
			sum += y
			square += float64(y * y)
			n++
		}
	}
	if n == 0 {
		return
	}
	r.Batches++
	share := 1 / float64(min(r.Batches, max(r.Horizon, 1)))
	r.Mean += float64(share * (sum/n - r.Mean))
	r.Square += float64(share * (square/n - r.Square))
}
