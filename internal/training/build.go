package training

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/ssdp"
	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/encode"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// Build makes the network of a model, for images of so many pixels, and what
// trains it.
func Build(m *model.Training, pixels int) *train.Trainer {
	ticks := m.Ticks()
	n := recurrent.New(recurrent.Config{
		Inputs: pixels, Hidden: m.Network.Hidden, Outputs: m.Network.Outputs, Ticks: ticks,
		Threshold: float32(m.Network.Threshold), Surrogate: slope(&m.Network),
		TauM: [2]float64{m.Network.TauM.Min / m.Dt, m.Network.TauM.Max / m.Dt}, TauN: [2]float64{m.Network.TauN.Min, m.Network.TauN.Max},
		FrozenNorms: m.Network.FrozenNorms, Direct: m.Encoding.Model == "direct",
	})
	n.Initialize(m.Seed)
	c := train.Config{
		Seed: m.Seed, Batch: m.Batch, Shards: m.Shards, Encoder: encoder(&m.Encoding, ticks), Augmentation: augmentation(&m.Data), Optimizer: optimizer(&m.Optimizer),
		Rate: schedule(&m.Optimizer, m.Epochs), ClipNorm: m.Optimizer.ClipNorm, RateTarget: m.Rate.Target, RateWeight: m.Rate.Weight,
		ReadoutOnly: m.Optimizer.Of == "readout", V0: [2]float32{float32(m.Network.V0.Min), float32(m.Network.V0.Max)},
	}
	for k := range m.Plasticity {
		r := rule(&m.Plasticity[k], m)
		c.LastSpike = c.LastSpike || r.Params.Quirks.LastSpike && !r.Exponential && r.Window == 0
		c.Rules = append(c.Rules, r)
	}
	return train.New(n, c)
}

func augmentation(d *model.TrainingData) train.Augmentation {
	a := train.Augmentation{Shift: d.Shift, Flip: d.Flip}
	if d.Format == "cifar10" {
		a.Planes = dataset.CIFARPlanes
	}
	return a
}

// encoder is what makes spikes of images; nil where nothing has to.
func encoder(e *model.Encoding, ticks int) encode.Encoder {
	switch e.Model {
	case "latency":
		return encode.NewLatency(e.Least, ticks)
	case "bernoulli":
		return encode.NewBernoulli(e.Gain, e.Decay, ticks)
	}
	return nil
}

func optimizer(o *model.Optimizer) optimize.Optimizer {
	switch o.Model {
	case "sgd":
		return &optimize.SGD{Momentum: o.Momentum, Decay: o.Decay}
	case "adamw":
		a := optimize.NewAdamW(o.Decay)
		a.SpareBare = true
		return a
	}
	return optimize.NewAdam(o.Decay)
}

func schedule(o *model.Optimizer, epochs int) optimize.Schedule {
	if o.Schedule == "constant" {
		return optimize.Constant(o.Rate)
	}
	return optimize.Cosine{From: o.Rate, To: o.EndRate, Epochs: epochs, Warmup: o.Warmup}
}

func slope(n *model.Trained) surrogate.Slope {
	switch n.Surrogate {
	case "arctan":
		return surrogate.Arctan(n.Alpha)
	case "sigmoid":
		return surrogate.Sigmoid(n.Alpha)
	case "triangle":
		return surrogate.Triangle()
	case "gaussian":
		return surrogate.Gaussian(1 / n.Alpha)
	case "rectangle":
		return surrogate.Rectangle()
	case "exponential":
		return surrogate.Exponential(n.Alpha)
	}
	return surrogate.MultiGaussian()
}

func rule(r *model.TrainedRule, m *model.Training) train.WeightRule {
	ticks, window := m.Ticks(), int(math.Round(r.Window/m.Dt))
	if window > 0 {
		ticks = window
	}
	p := batch.Corrected(ticks)
	p.OneSilent = ssdp.OneSilent(r.OneSilent)
	if r.Mode == "published" {
		p = batch.Published(ticks)
	}
	p.SigmaTicks, p.APlus, p.ABase, p.Beta, p.Horizon = r.Sigma/m.Dt, r.APlus, r.ABase, r.Beta, r.Horizon
	c := plastic.Config{
		Exponential: r.Rule == "exponential", Params: p, Start: r.Start, Before: r.When == "before",
		Gate: plastic.Gate(r.Gate), GateKappa: r.Measure == "kappa", GateK: r.GateK, Warmup: r.Warmup, Horizon: r.Horizon,
		Control: plastic.Control(r.Control),
	}
	if c.Exponential {
		c.Decay = batch.PublishedExponential(r.APlus)
	}
	if c.Exponential || r.Schedule == "cosine" {
		c.Anneal = batch.Anneal{Start: r.APlus, End: r.EndAPlus, Epochs: m.Epochs}
	}
	weight := recurrent.InputWeight
	if r.Weight == "recurrent" {
		weight = recurrent.RecurrentWeight
	}
	return train.WeightRule{Weight: weight, Window: window, Config: c}
}

// check finds what the model's own checks cannot: rules whose parameters clash,
// labels beyond the outputs.
func check(m *model.Training, learn, test *train.Set) error {
	var faults model.Faults
	for k := range m.Plasticity {
		r := rule(&m.Plasticity[k], m)
		for _, err := range r.Check() {
			faults = append(faults, model.Fault{Path: "plasticity." + m.Plasticity[k].Name, Message: err.Error()})
		}
	}
	d := &m.Data
	for k, labels := range [][]byte{learn.Labels, test.Labels} {
		if len(labels) == 0 {
			continue
		}
		most := slices.Max(labels)
		if int(most) >= m.Network.Outputs {
			file := cmp.Or([]string{d.Labels, d.TestLabels}[k], []string{d.Images, d.TestImages}[k])
			faults = append(faults, model.Fault{Path: "network.outputs", Message: fmt.Sprintf("is %d, and %s has label %d, of sample %d: expected labels from 0 to %d, or more outputs",
				m.Network.Outputs, file, most, slices.Index(labels, most), m.Network.Outputs-1)})
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// Bytes is about what the training of a model takes, for images of so many pixels.
func Bytes(m *model.Training, pixels int) int64 {
	h, t := float64(m.Network.Hidden), float64(m.Ticks())
	parameters := h * (float64(pixels) + h + float64(m.Network.Outputs) + 8)
	vectors := float64(5+m.Shards) + 3 // values, gradients, Adam's means, and the packed weights
	if len(m.Plasticity) > 0 {
		vectors++
	}
	activity := float64(m.Batch) * t * (10*h + float64(pixels)/2)
	bytes := 4 * (parameters*vectors + activity)
	if d := &m.Data.Task; d.Model != "none" {
		bytes += (float64(d.Learn) + float64(d.Test)) * float64(pixels+8)
	}
	return int64(math.Min(bytes, 1<<62))
}

// WorkerBytes is about what a node takes at most that computes gradients of a model's
// training: values, as they are packed and as they come; of each shard the gradient,
// and once more on its way; and what neurons do in a batch.
func WorkerBytes(m *model.Training, pixels int) int64 {
	h, t := float64(m.Network.Hidden), float64(m.Ticks())
	parameters := h * (float64(pixels) + h + float64(m.Network.Outputs) + 8)
	activity := float64(m.Batch) * t * (10*h + float64(pixels)/2)
	return int64(math.Min(4*(parameters*(1+3+1+2*float64(m.Shards))+activity), 1<<62))
}
