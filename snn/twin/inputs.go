package twin

import (
	"encoding/csv"
	"io/fs"
	"strconv"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/random"
)

func (n *Network) addInput(m *model.Input) {
	p := &population{name: m.Name, recipe: n.recipe(m)}
	p.size = p.recipe.Size()
	p.source = p.recipe.New(input.Slice{Hi: p.size, DtMs: n.m.Dt, Key: key(n.seeds.Input, random.Spikes, m.Name)})
	n.place(p)
}

// recipe is what an input is made from.
func (n *Network) recipe(m *model.Input) input.Recipe {
	switch m.Model {
	case "poisson":
		return input.Poisson{N: m.Size, RateHz: n.values(m.Rate), Profile: curve(m.Profile)}
	case "volleys":
		like := m
		for i := range n.m.Inputs {
			if n.m.Inputs[i].Name == m.Like {
				like = &n.m.Inputs[i]
			}
		}
		return input.Volleys{
			N: like.Size, RateHz: n.values(like.Rate), Members: like.Members, VolleyRateHz: like.VolleyRate, Participation: like.Participation,
			JitterMs: like.Jitter, SurrogateJitterMs: m.SurrogateJitter, Group: key(n.seeds.Input, random.Volleys, like.Name),
		}
	case "spike_times":
		return input.SpikeTrains(m.Times)
	case "images":
		r := input.Images{Encoding: input.Encoding(m.Encoding), MaxRateHz: m.MaxRate, Floor: m.Floor}
		for _, s := range m.Sets {
			images, err := dataset.ReadImages(s.Images, n.open(s.Images))
			check(err)
			r.Sets = append(r.Sets, images)
		}
		return r
	case "events":
		r := input.Events{Width: m.Width, Height: m.Height, TimeScale: m.TimeScale}
		for _, s := range m.Sets {
			recordings, err := dataset.ReadRecordings(n.files, s.Images, s.Under, m.Width, m.Height)
			check(err)
			r.Sets = append(r.Sets, recordings.Items)
		}
		return r
	case "series":
		data, err := dataset.ReadSeries(m.File, n.open(m.File), m.Columns)
		check(err)
		return input.Series{Data: data, Encoding: input.Encoding(m.Encoding), Delta: m.Delta, IntervalMs: m.Scale, Leading: m.Leading}
	}
	panic("twin: no kind of input " + m.Model)
}

func curve(c *model.Curve) input.Curve {
	if c == nil {
		return input.Curve{}
	}
	return input.Curve{TimesMs: c.Times, Values: c.Values}
}

// addStimulus makes a generator for each neuron of its target.
func (n *Network) addStimulus(m *model.Stimulus) {
	s := &stimulus{target: n.named(m.Target)}
	n.stimuli = append(n.stimuli, s)
	span := input.Span{StartMs: m.Start, StopMs: m.Stop}
	var current input.CurrentGenerator
	switch m.Model {
	case "poisson_generator":
		s.weight = m.Weight.Dist.A
		s.receptor = receptor(s.target, m.Receptor, s.weight)
		s.generator = input.PoissonGenerator{RateHz: n.values(m.Rate), Profile: curve(m.Profile), Span: span}
	case "dc_generator":
		current = input.DCGenerator{AmplitudePA: n.values(m.Amplitude), Span: span}
	case "ac_generator":
		current = input.ACGenerator{AmplitudePA: n.values(m.Amplitude), OffsetPA: m.Offset, FrequencyHz: m.Frequency, PhaseDeg: m.Phase, Span: span}
	case "noise_generator":
		current = input.NoiseGenerator{MeanPA: m.Mean, StdPA: m.Std, IntervalMs: m.Interval, Span: span}
	case "step_current_generator":
		current = input.StepCurrentGenerator{Amplitude: input.Curve{TimesMs: m.AmplitudeTimes, Values: m.AmplitudeValues}, Span: span}
	}
	for i := range s.target.size {
		alone := input.Slice{Lo: i, Hi: i + 1, DtMs: n.m.Dt, Key: key(n.seeds.Input, random.Poisson, m.Name)}
		if current != nil {
			s.currents = append(s.currents, current.New(alone))
		} else {
			s.drives = append(s.drives, s.generator.New(alone))
		}
	}
}

func receptor(p *population, name string, weight float64) int {
	r, err := neuron.FindReceptor(p.receptors, name, weight)
	check(err)
	return r
}

// table is the columns of a CSV file by name.
func (n *Network) table(name string) map[string][]float64 {
	rows, err := csv.NewReader(n.open(name)).ReadAll()
	check(err)
	columns := map[string][]float64{}
	for _, row := range rows[1:] {
		for k, cell := range row {
			x, err := strconv.ParseFloat(cell, 64)
			check(err)
			columns[rows[0][k]] = append(columns[rows[0][k]], x)
		}
	}
	return columns
}

func (n *Network) open(name string) fs.File {
	f, err := n.files.Open(name)
	check(err)
	return f
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
