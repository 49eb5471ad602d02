package training

import (
	"crypto/sha256"
	"encoding/hex"
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

	known string // sum, once it has been asked for
}

// sum names the data: SHA-256 of what is learned and tested.
func (d *Data) sum() string {
	if d.known == "" {
		h := sha256.New()
		d.Learn.Hash(h)
		d.Test.Hash(h)
		d.known = hex.EncodeToString(h.Sum(nil))
	}
	return d.known
}

// Load reads the data files that a model names, or draws its task.
func Load(m *model.Training, files fs.FS) (*Data, error) {
	learn, test, err := sets(m, files)
	if err != nil {
		return nil, err
	}
	d := &Data{Learn: learn, Test: test, Pixels: learn.Inputs()}
	if a, b := learn.Images, test.Images; a != nil && b != nil && (a.Rows != b.Rows || a.Cols != b.Cols) {
		return nil, fmt.Errorf("%s has images of %d x %d pixels, and %s of %d x %d: expected images of one size", m.Data.Images, a.Rows, a.Cols, m.Data.TestImages, b.Rows, b.Cols)
	}
	if err := check(m, learn, test); err != nil {
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
	if len(m.Pixels) == 0 {
		return nil, &dataset.Error{File: images, What: fmt.Sprintf("holds %d images of %d x %d pixels", m.N, m.Rows, m.Cols), Want: "at least one of each"}
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
