package model

import (
	"fmt"
	"io/fs"
	"math"
	"reflect"

	"github.com/volley-snn/volley/snn/train/encode"
)

// Training is a network that is trained with labels, and how: what `volley train`
// reads. Times are rounded to ticks of Dt.
type Training struct {
	Name        string  `yaml:"name" required:"true" doc:"short name of the model"`
	Description string  `yaml:"description" doc:"what the model is and shows, one paragraph"`
	Dt          float64 `yaml:"dt" unit:"ms" default:"1" doc:"length of a tick"`
	Duration    float64 `yaml:"duration" unit:"ms" default:"10" doc:"how long each sample is shown"`
	Seed        uint64  `yaml:"seed" default:"1" doc:"of weights, order, encoding and initial potentials; --seed sets it"`
	Epochs      int     `yaml:"epochs" min:"1" default:"100" doc:"times that all samples are learned from; schedules end there"`
	Batch       int     `yaml:"batch" min:"1" default:"256" doc:"samples of a step"`
	Shards      int     `yaml:"shards" min:"1" max:"64" default:"4" doc:"parts of a batch, which workers share; other shards, other roundings"`

	Data       TrainingData  `yaml:"data" doc:"what is learned"`
	Encoding   Encoding      `yaml:"encoding" doc:"how pixels become spikes"`
	Network    Trained       `yaml:"network" doc:"the network"`
	Optimizer  Optimizer     `yaml:"optimizer" doc:"how the gradient changes the weights"`
	Rate       RateTarget    `yaml:"rate" doc:"what the loss asks of firing rates"`
	Plasticity []TrainedRule `yaml:"plasticity" doc:"SSDP on weights between spiking layers, by name"`

	// Source is the text that the model was read from, after includes and overrides.
	Source []byte `yaml:"-"`
}

// TrainingData names files of labelled images, beside the model or in --data.
type TrainingData struct {
	Images     string `yaml:"images" unless:"task" doc:"IDX file of the images that are learned"`
	Labels     string `yaml:"labels" doc:"IDX file of their labels"`
	TestImages string `yaml:"test_images" unless:"task" doc:"IDX file of the images of the test"`
	TestLabels string `yaml:"test_labels" doc:"IDX file of their labels"`
	Format     string `yaml:"format" enum:"idx,cifar10,recordings" default:"idx" doc:"of images and test_images: IDX files; binary files of CIFAR-10, with labels, as a path in which * may stand for anything; or a folder or tar of an event camera's recordings in folders called by their labels"`
	Under      string `yaml:"under" doc:"of recordings: how paths start of those that are learned"`
	TestUnder  string `yaml:"test_under" doc:"of recordings: how paths start of those of the test"`
	Width      int    `yaml:"width" min:"1" max:"256" default:"34" doc:"pixels of the camera"`
	Height     int    `yaml:"height" min:"1" max:"256" default:"34" doc:"pixels of the camera"`
	Validation int    `yaml:"validation" min:"0" doc:"samples, drawn from those that are learned, that are kept out and tested on instead of the test's"`
	Samples    int    `yaml:"samples" min:"0" doc:"samples to learn from; 0: all"`
	Shift      int    `yaml:"shift" min:"0" max:"1000" doc:"pixels up to which an image that is learned moves, each way, anew in every epoch"`
	Flip       bool   `yaml:"flip" doc:"true: half of the images that are learned are mirrored, left for right, anew in every epoch"`
	Task       Task   `yaml:"task" doc:"a task of random numbers, instead of files"`
}

// Task is a task in which each input neuron spikes once in a trial, so that only times
// tell the label. The training's seed names its random numbers. Its encoding is
// latency, with least 0.
type Task struct {
	Model      string  `yaml:"model" enum:"none,randman,coincidence" default:"none" doc:"none: data are in files; randman: times on a smooth random manifold for each class; coincidence: for each class a group of neurons that spike together"`
	Neurons    int     `yaml:"neurons" for:"randman,coincidence" min:"1" max:"4096" default:"50" doc:"inputs"`
	Learn      int     `yaml:"learn" for:"randman,coincidence" min:"1" default:"1000" doc:"trials to learn from"`
	Test       int     `yaml:"test" for:"randman,coincidence" min:"1" default:"1000" doc:"trials of the test"`
	Dimensions int     `yaml:"dimensions" for:"randman" min:"1" max:"16" default:"1" doc:"of a manifold"`
	Smoothness float64 `yaml:"smoothness" for:"randman" min:"0" default:"2" doc:"power by which waves along a manifold weaken with their number"`
	Group      int     `yaml:"group" for:"coincidence" min:"1" default:"10" doc:"neurons that spike together"`
	Jitter     float64 `yaml:"jitter" unit:"ms" for:"coincidence" min:"0" default:"0" doc:"standard deviation of each member's time"`
}

// Encoding is how a pixel of brightness x, 0 to 1, spikes.
type Encoding struct {
	Model string  `yaml:"model" enum:"bernoulli,latency,direct,events" default:"bernoulli" doc:"bernoulli: in tick k with probability gain exp(-decay k) x; latency: once, the brighter the earlier; direct: never, x is a current in every tick; events: when the recording has an event"`
	Gain  float64 `yaml:"gain" min:"0" default:"20" doc:"of bernoulli"`
	Decay float64 `yaml:"decay" min:"0" default:"0.5555555555555556" doc:"of bernoulli, per tick"`
	Least float64 `yaml:"least" min:"0" max:"0.999" default:"0.2" doc:"of latency: brightness up to which a pixel is silent"`
}

// Trained is the single-layer network of the SSDP paper.
type Trained struct {
	Hidden      int        `yaml:"hidden" min:"1" default:"1024" doc:"neurons of the recurrent layer"`
	Outputs     int        `yaml:"outputs" min:"2" default:"10" doc:"classes"`
	Threshold   float64    `yaml:"threshold" default:"0.5" doc:"of the membrane potential"`
	Surrogate   string     `yaml:"surrogate" enum:"multi_gaussian,arctan,sigmoid,triangle,gaussian,rectangle,exponential" default:"multi_gaussian" doc:"what stands for the slope of a spike"`
	Alpha       float64    `yaml:"alpha" min:"0" default:"2" doc:"steepness of arctan, sigmoid and exponential; one over the deviation of gaussian"`
	TauM        Span       `yaml:"tau_m" doc:"membrane time constants at the start, drawn uniformly; they are learned"`
	TauN        Bounds     `yaml:"tau_n" doc:"input filters at the start: d keeps sigmoid(tau_n) of itself in a tick; they are learned"`
	V0          Potentials `yaml:"v_0" doc:"potentials at a trial's start, drawn uniformly"`
	FrozenNorms bool       `yaml:"frozen_norms" doc:"true: as published, the norms of the layer's inputs are not learned"`
}

// Span is two times.
type Span struct {
	Min float64 `yaml:"min" unit:"ms" default:"2" doc:"lower bound"`
	Max float64 `yaml:"max" unit:"ms" default:"6" doc:"upper bound"`
}

// Bounds are two numbers.
type Bounds struct {
	Min float64 `yaml:"min" default:"2" doc:"lower bound"`
	Max float64 `yaml:"max" default:"6" doc:"upper bound"`
}

// Potentials are two numbers, by default those that the published code starts
// potentials between.
type Potentials struct {
	Min float64 `yaml:"min" default:"0" doc:"lower bound"`
	Max float64 `yaml:"max" default:"1" doc:"upper bound"`
}

// Optimizer is how the gradient changes the weights.
type Optimizer struct {
	Model    string  `yaml:"model" enum:"adam,adamw,sgd" default:"adam" doc:"which"`
	Rate     float64 `yaml:"rate" min:"0" default:"0.01" doc:"learning rate at the start"`
	EndRate  float64 `yaml:"end_rate" min:"0" default:"1e-4" doc:"learning rate at the end"`
	Of       string  `yaml:"of" enum:"all,readout" default:"all" doc:"what it changes: all parameters, or those of the readout alone, so that the spiking layer learns by SSDP or not at all"`
	Schedule string  `yaml:"schedule" enum:"cosine,constant" default:"cosine" doc:"from rate to end_rate by half a cosine, or rate throughout"`
	Warmup   int     `yaml:"warmup" min:"0" doc:"epochs in which the rate rises first"`
	Decay    float64 `yaml:"weight_decay" min:"0" default:"1e-5" doc:"of weights"`
	Momentum float64 `yaml:"momentum" min:"0" max:"0.9999" default:"0.9" doc:"of sgd"`
	ClipNorm float64 `yaml:"clip_norm" min:"0" default:"1" doc:"largest norm of the gradient; 0: any"`
}

// RateTarget adds weight (rate - target)^2 to the loss.
type RateTarget struct {
	Target float64 `yaml:"target" min:"0" max:"1" default:"0.1" doc:"spikes a neuron and tick"`
	Weight float64 `yaml:"weight" min:"0" default:"0.5" doc:"0: rates are free"`
}

// TrainedRule is SSDP on a weight.
type TrainedRule struct {
	Name      string  `yaml:"-"`
	Weight    string  `yaml:"weight" required:"true" enum:"input,recurrent" doc:"which weight"`
	Mode      string  `yaml:"mode" enum:"corrected,published" default:"corrected" doc:"published has the quirks of the official code"`
	Rule      string  `yaml:"form" enum:"gaussian,exponential" default:"gaussian" doc:"gaussian, on first spikes; exponential, on the last tick's"`
	Sigma     float64 `yaml:"sigma" unit:"ms" default:"1" doc:"width of the Gaussian; 1e9 ms counts any two spikes of a sample alike"`
	Window    float64 `yaml:"window" unit:"ms" min:"0" doc:"length of the windows that a trial is cut into, each with first spikes of its own; 0: the trial is one"`
	APlus     float64 `yaml:"A_plus" min:"0" default:"1.5e-4" doc:"potentiation; of the exponential rule, at the start"`
	ABase     float64 `yaml:"A_base" min:"0" default:"5e-5" doc:"depression, where one_silent is not chance"`
	EndAPlus  float64 `yaml:"A_plus_end" min:"0" default:"1e-4" doc:"A_plus at the last epoch, by half a cosine: of the exponential rule, and with schedule: cosine"`
	Schedule  string  `yaml:"schedule" enum:"constant,cosine" default:"constant" doc:"of the gaussian rule: A_plus throughout, or to A_plus_end"`
	OneSilent string  `yaml:"one_silent" enum:"chance,sentinel,none,depress" default:"chance" doc:"what a pair gets of which one fired; published: sentinel"`
	Beta      float64 `yaml:"beta" min:"0" default:"1" doc:"strength of the chance term"`
	Horizon   int     `yaml:"horizon" min:"1" default:"100" doc:"batches over which participation, and the gate's mean, run"`
	Start     int     `yaml:"start_epoch" min:"0" doc:"first epoch, from 0, in which it changes weights"`
	When      string  `yaml:"order" enum:"after,before" default:"after" doc:"after or before the optimizer's step"`
	Gate      string  `yaml:"gate" enum:"none,synchrony,dopamine" default:"none" doc:"what scales a sample's change"`
	Measure   string  `yaml:"gate_measure" enum:"S,kappa" default:"S" doc:"what the gate looks at"`
	GateK     float64 `yaml:"gate_k" default:"1" doc:"of the synchrony gate"`
	Warmup    int     `yaml:"gate_warmup" min:"0" default:"10" doc:"epochs that the dopamine gate only watches"`
	Control   string  `yaml:"control" enum:"none,pairing_shuffle,synapse_shuffle,uniform" default:"none" doc:"take one thing away, to see what it was worth"`
}

// LoadTraining reads a training's model file, as Load reads a simulation's.
func LoadTraining(files fs.FS, path string, o Options) (*Training, error) {
	m := &Training{}
	text, err := loadInto(files, path, o, reflect.ValueOf(m).Elem(), func(*decoder, map[string]place) Faults { return m.check() })
	if err != nil {
		return nil, err
	}
	m.Source = text
	return m, nil
}

// Ticks is how many ticks a sample is shown.
func (m *Training) Ticks() int { return int(math.Round(m.Duration / m.Dt)) }

// Digest names the model: SHA-256 over all that it says but its description.
func (m *Training) Digest() string {
	said := *m
	said.Source, said.Description = nil, ""
	return digest(&said)
}

func (m *Training) check() (faults Faults) {
	fault := func(path string, ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
		}
	}
	fault("dt", m.Dt > 0, "must be > 0 ms, is %g ms", m.Dt)
	fault("duration", m.Duration >= m.Dt && m.Duration/m.Dt <= 1000, "must be 1 to 1000 ticks of %g ms, is %g ms", m.Dt, m.Duration)
	fault("network.tau_m", m.Network.TauM.Min > 0 && m.Network.TauM.Min <= m.Network.TauM.Max, "must be > 0 ms, and min at most max, is %g to %g ms", m.Network.TauM.Min, m.Network.TauM.Max)
	fault("network.tau_n", m.Network.TauN.Min <= m.Network.TauN.Max, "min must be at most max, is %g to %g", m.Network.TauN.Min, m.Network.TauN.Max)
	faults = append(faults, m.checkData()...)
	fault("network.v_0", m.Network.V0.Min <= m.Network.V0.Max, "min must be at most max, is %g to %g", m.Network.V0.Min, m.Network.V0.Max)
	fault("optimizer.weight_decay", m.Optimizer.Of == "all" || m.Optimizer.Decay == 0, "must be 0 where the optimizer changes the readout alone, is %g", m.Optimizer.Decay)
	fault("batch", m.Batch >= m.Shards, "must be at least one sample a shard (%d), is %d", m.Shards, m.Batch)
	fault("optimizer.warmup", m.Optimizer.Warmup < m.Epochs || m.Epochs < 1, "must be below the epochs (%d), is %d", m.Epochs, m.Optimizer.Warmup)
	for _, r := range m.Plasticity {
		at := "plasticity." + r.Name
		fault(at+".sigma", r.Sigma > 0, "must be > 0 ms, is %g ms", r.Sigma)
		fault(at+".window", r.Window == 0 || r.Window >= m.Dt && r.Window <= m.Duration && r.Rule != "exponential", "must be 0, or a tick to the trial's length for the gaussian rule, is %g ms", r.Window)
		fault(at+".form", r.Rule != "exponential" || r.Mode == "published", "the exponential rule with its exponent mended is zero for equal constants: use gaussian, or mode: published")
		fault(at+".weight", r.Weight != "input" || m.Encoding.Model != "direct", "is input, whose neurons do not spike where encoding is direct; expected recurrent")
		fault(at+".one_silent", r.Mode != "published" || r.OneSilent == "chance" || r.OneSilent == "sentinel", "mode: published has sentinel, not %s", r.OneSilent)
	}
	return faults
}

// checkData finds what is missing where data are in files, and what a task does not
// allow.
func (m *Training) checkData() (faults Faults) {
	fault := func(path string, ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
		}
	}
	d := &m.Data
	if d.Task.Model == "none" {
		recorded, labelled := d.Format == "recordings", d.Format != "idx"
		fault("data.task.model", d.Images != "" && d.TestImages != "" && (labelled || d.Labels != "" && d.TestLabels != ""), "is none: expected images, labels, test_images and test_labels in data")
		fault("data.labels", !labelled || d.Labels+d.TestLabels == "", "%s have their labels with them", d.Format)
		fault("data.under", recorded || d.Under+d.TestUnder == "", "is of recordings, and format is %s", d.Format)
		fault("data.shift", !recorded || d.Shift == 0 && !d.Flip, "recordings are no images: they cannot be moved or mirrored")
		fault("encoding.model", recorded == (m.Encoding.Model == "events"), "is %s where data.format is %s: events and recordings need each other", m.Encoding.Model, d.Format)
		return faults
	}
	fault("data", d.Images+d.Labels+d.TestImages+d.TestLabels == "", "names files, and a task (%s): expected one of them", d.Task.Model)
	fault("data.shift", d.Shift == 0 && !d.Flip, "a task's trials are no images: they cannot be moved or mirrored")
	fault("encoding.model", m.Encoding.Model == "latency" && m.Encoding.Least == 0, "a task's times need {model: latency, least: 0}")
	fault("duration", m.Ticks() <= encode.MostTicks, "must be at most %d ticks for a task, is %d", encode.MostTicks, m.Ticks())
	fault("data.task.group", d.Task.Model != "coincidence" || d.Task.Group <= d.Task.Neurons, "is %d of %d neurons", d.Task.Group, d.Task.Neurons)
	return faults
}
