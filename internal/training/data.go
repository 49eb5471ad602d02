package training

import (
	"fmt"
	"io/fs"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/task"
)

// Data is what is learned, and what is tested.
type Data struct {
	Learn, Test *train.Set
	Pixels      int
}

// Load reads the data files that a model names, or draws its task.
func Load(m *model.Training, files fs.FS) (*Data, error) {
	learn, test, err := sets(m, files)
	if err != nil {
		return nil, err
	}
	d := &Data{Learn: learn, Test: test, Pixels: learn.Inputs()}
	if n := test.Inputs(); n != d.Pixels {
		return nil, fmt.Errorf("%s has images of %d pixels, and %s of %d", m.Data.Images, d.Pixels, m.Data.TestImages, n)
	}
	if err := check(m, learn.Labels, test.Labels); err != nil {
		return nil, err
	}
	if m.Data.Validation > 0 {
		if m.Data.Validation >= len(learn.Index) {
			return nil, model.Faults{{Path: "data.validation", Message: fmt.Sprintf("is %d of %d samples: none would be left to learn from", m.Data.Validation, len(learn.Index))}}
		}
		d.Learn, d.Test = learn.Split(m.Data.Validation, 0) // the same for every seed of a training
	}
	if n := m.Data.Samples; n > 0 && n < len(d.Learn.Index) {
		_, d.Learn = d.Learn.Split(n, 1)
	}
	return d, nil
}

// sets are all that can be learned, and the test.
func sets(m *model.Training, files fs.FS) (learn, test *train.Set, err error) {
	if t := &m.Data.Task; t.Model != "none" {
		drawn, key := newTask(m), random.Seed(m.Seed, random.Task)
		draw := func(from, n int) *train.Set {
			return train.Whole(task.Draw(drawn, key, t.Neurons, m.Network.Outputs, m.Ticks(), from, n))
		}
		return draw(0, t.Learn), draw(t.Learn, t.Test), nil
	}
	d := &m.Data
	one := func(images, labels, under string) (*train.Set, error) {
		switch d.Format {
		case "cifar10":
			return readCIFAR(files, images)
		case "recordings":
			return readRecordings(m, files, images, under)
		}
		return read(files, images, labels)
	}
	if learn, err = one(d.Images, d.Labels, d.Under); err != nil {
		return nil, nil, err
	}
	test, err = one(d.TestImages, d.TestLabels, d.TestUnder)
	return learn, test, err
}

// readCIFAR reads the files that a pattern fits, in the order of their names.
func readCIFAR(files fs.FS, pattern string) (*train.Set, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil || len(names) == 0 {
		names = []string{pattern} // whose opening says what is wrong
	}
	all, labels := &dataset.Images{}, []byte(nil)
	for _, name := range names {
		f, err := dataset.Open(files, name)
		if err != nil {
			return nil, err
		}
		m, l, err := dataset.ReadCIFAR(name, f)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		m.N, m.Pixels = m.N+all.N, append(all.Pixels, m.Pixels...)
		all, labels = m, append(labels, l...)
	}
	return train.Whole(all, labels), nil
}

func readRecordings(m *model.Training, files fs.FS, name, under string) (*train.Set, error) {
	r, err := dataset.ReadRecordings(files, name, under, m.Data.Width, m.Data.Height)
	if err != nil {
		return nil, err
	}
	if r.Labels == nil {
		return nil, &dataset.Error{File: name, What: "has recordings in a folder whose name is no number", Want: "folders called by their label"}
	}
	return train.Recorded(train.Record(r.Items, m.Data.Width, m.Data.Height, m.Ticks(), 1000*m.Dt), r.Labels), nil
}

func newTask(m *model.Training) task.Task {
	t, key := &m.Data.Task, random.Seed(m.Seed, random.Task)
	if t.Model == "coincidence" {
		return task.NewCoincidence(key, t.Neurons, m.Network.Outputs, t.Group, m.Ticks(), t.Jitter/m.Dt)
	}
	return task.NewRandman(key, t.Neurons, m.Network.Outputs, t.Dimensions, m.Ticks(), t.Smoothness)
}

func read(files fs.FS, images, labels string) (*train.Set, error) {
	f, err := dataset.Open(files, images)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := dataset.ReadImages(images, f)
	if err != nil {
		return nil, err
	}
	l, err := dataset.Open(files, labels)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	classes, err := dataset.ReadLabels(labels, l)
	if err != nil {
		return nil, err
	}
	return train.Whole(m, classes), dataset.CheckLabels(labels, m, classes)
}
