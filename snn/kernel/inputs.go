package kernel

import (
	"fmt"
	"io/fs"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

// compileInput makes the recipe of an input population.
func compileInput(m *model.Model, in *model.Input, s model.Seeds, files fs.FS) (*Population, error) {
	p := &Population{Name: in.Name, Model: in.Model}
	p.key = random.Seed(s.Input, random.Spikes).Sub(nameKey(in.Name))
	wrap := func(key string, err error) error { return fmt.Errorf("inputs.%s.%s: %w", in.Name, key, err) }
	rates := func(v model.Value) (input.Values, error) {
		if v.File == "" {
			return input.Values{Dist: v.Dist, List: v.List}, nil
		}
		column, err := readColumn(files, v.File, v.Column)
		return input.Values{List: column}, err
	}
	switch in.Model {
	case "poisson":
		rate, err := rates(in.Rate)
		if err != nil {
			return nil, wrap("rate", err)
		}
		p.source = input.Poisson{N: in.Size, RateHz: rate, Profile: curve(in.Profile)}
	case "volleys":
		like := in
		if in.Like != "" {
			for i := range m.Inputs {
				if m.Inputs[i].Name == in.Like {
					like = &m.Inputs[i]
				}
			}
			if like == in {
				return nil, wrap("like", fmt.Errorf("no input %q", in.Like))
			}
		}
		rate, err := rates(like.Rate)
		if err != nil {
			return nil, wrap("rate", err)
		}
		p.source = input.Volleys{
			N: like.Size, RateHz: rate, Members: like.Members, VolleyRateHz: like.VolleyRate, Participation: like.Participation,
			JitterMs: like.Jitter, SurrogateJitterMs: in.SurrogateJitter,
			Group: random.Seed(s.Input, random.Volleys).Sub(nameKey(like.Name)),
		}
	case "spike_times":
		if in.File != "" {
			times, neurons, err := readSpikes(files, in.File, in.Size, m.Dt)
			if err != nil {
				return nil, wrap("file", err)
			}
			p.source = input.SpikeTimes{N: in.Size, Neuron: neurons, TimeMs: times}
			break
		}
		p.source = input.SpikeTrains(in.Times)
	case "spike_train_injector":
		p.source = input.SpikeTrainInjector{N: in.Size}
	case "images":
		images := input.Images{Encoding: input.Encoding(in.Encoding), MaxRateHz: in.MaxRate, Floor: in.Floor}
		if images.Encoding == "" {
			images.Encoding = input.RateCode
		}
		for _, set := range in.Sets {
			read, err := readImages(files, set.Images)
			if err != nil {
				return nil, wrap("sets."+set.Name+".images", err)
			}
			labels, err := readLabels(files, set.Labels, read)
			if err != nil {
				return nil, wrap("sets."+set.Name+".labels", err)
			}
			images.Sets = append(images.Sets, read)
			p.labels = append(p.labels, labels)
		}
		p.source = images
	case "events":
		events := input.Events{Width: in.Width, Height: in.Height, TimeScale: in.TimeScale}
		for _, set := range in.Sets {
			read, err := dataset.ReadRecordings(files, set.Images, set.Under, in.Width, in.Height)
			if err != nil {
				return nil, wrap("sets."+set.Name+".images", err)
			}
			events.Sets = append(events.Sets, read.Items)
			p.labels = append(p.labels, read.Labels)
		}
		p.source = events
	case "series":
		data, err := readSeries(files, in.File, in.Columns)
		if err != nil {
			return nil, wrap("file", err)
		}
		p.source = input.Series{Data: data, Encoding: input.Encoding(in.Encoding), Delta: in.Delta, IntervalMs: in.Scale, Leading: in.Leading}
	default:
		return nil, wrap("model", fmt.Errorf("no kind of input %q", in.Model))
	}
	return p, nil
}

func readImages(files fs.FS, name string) (*dataset.Images, error) {
	f, err := dataset.Open(files, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return dataset.ReadImages(name, f)
}

// readLabels reads the labels of a set of images; nil where no file is named.
func readLabels(files fs.FS, name string, images *dataset.Images) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	f, err := dataset.Open(files, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	labels, err := dataset.ReadLabels(name, f)
	if err != nil {
		return nil, err
	}
	return labels, dataset.CheckLabels(name, images, labels)
}

func readSeries(files fs.FS, name string, columns []string) (*dataset.Series, error) {
	f, err := dataset.Open(files, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return dataset.ReadSeries(name, f, columns)
}
