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
	d := &Data{Learn: learn, Test: test, Pixels: learn.Images.Rows * learn.Images.Cols}
	if n := test.Images.Rows * test.Images.Cols; n != d.Pixels {
		return nil, fmt.Errorf("%s has images of %d pixels, and %s of %d", m.Data.Images, d.Pixels, m.Data.TestImages, n)
	}
	if err := check(m, learn.Labels, test.Labels); err != nil {
		return nil, err
	}
	if m.Data.Validation > 0 {
		if m.Data.Validation >= learn.Images.N {
			return nil, model.Faults{{Path: "data.validation", Message: fmt.Sprintf("is %d of %d samples: none would be left to learn from", m.Data.Validation, learn.Images.N)}}
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
	if learn, err = read(files, m.Data.Images, m.Data.Labels); err != nil {
		return nil, nil, err
	}
	test, err = read(files, m.Data.TestImages, m.Data.TestLabels)
	return learn, test, err
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
