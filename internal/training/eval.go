package training

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/train"
)

// Evaluation is what a trained network makes of its test under noise.
type Evaluation struct {
	Model       string        `json:"model"`
	Seed        uint64        `json:"seed"`
	Epochs      int           `json:"epochs"`
	JitterTicks float64       `json:"jitter_ticks"`
	Deletion    float64       `json:"deletion"`
	Noise       float64       `json:"noise"`
	Samples     int           `json:"samples"`
	Accuracy    float64       `json:"accuracy"`
	Loss        record.Number `json:"loss"`
	Rate        record.Number `json:"rate"`
	Kappa       record.Number `json:"kappa"`

	Predictions []int32 `json:"-"` // of samples, in their order
}

// Trained reads the model of a training's directory, and how many inputs its network
// has.
func Trained(dir string) (m *model.Training, inputs int, err error) {
	h, _, err := trained(dir)
	if err != nil {
		return nil, 0, err
	}
	return h.Model, h.Pixels, nil
}

func trained(dir string) (*header, []byte, error) {
	file := filepath.Join(dir, CheckpointFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, untrained(dir)
	}
	if err != nil {
		return nil, nil, err
	}
	return decodeCheckpoint(file, data)
}

// untrained says what a directory holds in place of a training.
func untrained(dir string) error {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such directory; expected one that volley train left", dir)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s: a file; expected the directory that volley train left", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, record.RunFile)); err == nil {
		return fmt.Errorf("%s holds a run of volley run, whose results are in its %s; expected what volley train left, with its %s", dir, record.SummaryFile, CheckpointFile)
	}
	return fmt.Errorf("%s holds no training: expected what volley train left, with its %s", dir, CheckpointFile)
}

// Evaluate tests the network in a directory on the data files of its model.
func Evaluate(ctx context.Context, dir string, files fs.FS, noise train.Noise, w Workers) (*Evaluation, error) {
	h, vectors, err := trained(dir)
	if err != nil {
		return nil, err
	}
	d, err := Load(h.Model, files)
	if err != nil {
		return nil, err
	}
	if d.Pixels != h.Pixels {
		return nil, fmt.Errorf("%s: the network has %d inputs, and a sample of the data has %d: expected the data that it was trained on", dir, h.Pixels, d.Pixels)
	}
	s := &Session{Model: h.Model, Dir: dir, Workers: w, Team: w, data: d, trainer: Build(h.Model, h.Pixels)}
	if err := h.restore(filepath.Join(dir, CheckpointFile), s.trainer, vectors); err != nil {
		return nil, err
	}
	of := &noise
	if noise == (train.Noise{}) {
		of = nil
	} else if h.Model.Encoding.Model == "direct" {
		return nil, fmt.Errorf("%s: the network's input are currents (encoding: direct): it has no spikes that noise could move or take away", dir)
	}
	y, err := s.test(ctx, of)
	if err != nil {
		return nil, err
	}
	return &Evaluation{
		Model: h.Model.Name, Seed: h.Model.Seed, Epochs: len(h.Epochs), JitterTicks: noise.JitterTicks, Deletion: noise.Deletion, Noise: noise.Events,
		Samples: y.Samples, Accuracy: y.Accuracy(), Loss: record.Number(y.Loss), Rate: record.Number(y.Rate), Kappa: record.Number(y.Kappa), Predictions: y.Predictions,
	}, nil
}
