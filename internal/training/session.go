package training

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/train"
)

// The files of a training's directory.
const (
	CheckpointFile = "checkpoint.volley" // after the last epoch that is done
	EpochsFile     = "epochs.csv"
	ModelFile      = "model.yaml" // the text that the model was read from
	SummaryFile    = "summary.json"
	WeightsFile    = "weights.npz"

	PredictionsFile = "predictions.csv" // of the last epoch's test, a row a sample
)

// Session is a training in a directory.
type Session struct {
	Model   *model.Training
	Dir     string
	Workers Workers
	Team    Team    // that takes batches through the network; Workers where nobody says
	Epochs  []Epoch // that are done

	// Observe is told after each batch, and after each epoch with its record; it may
	// be nil.
	Observe func(epoch, batch, batches int, done *Epoch)

	trainer     *train.Trainer
	data        *Data
	predictions []int32 // of the last epoch's test
	astray      bool    // the trainer is past the last epoch that is done, inside one that was left
}

// ErrExists says that a directory holds a training already.
var ErrExists = errors.New("holds a training already: --resume goes on with it, --out DIR puts this one elsewhere")

// New starts a training in a directory that holds none.
func New(m *model.Training, d *Data, dir string, w Workers) (*Session, error) {
	if _, err := os.Stat(filepath.Join(dir, CheckpointFile)); err == nil {
		return nil, fmt.Errorf("%s %w", dir, ErrExists)
	}
	if record.IsRun(dir) {
		return nil, fmt.Errorf("%s holds a run of volley run, whose files have the same names: --out DIR puts the training elsewhere", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	s := &Session{Model: m, Dir: dir, Workers: w, Team: w, data: d, trainer: Build(m, d.Pixels)}
	return s, Write(dir, ModelFile, m.Source)
}

// Resume goes on with the training in a directory; it starts where there is no
// checkpoint. The model must be the one that the checkpoint is of.
func Resume(m *model.Training, d *Data, dir string, w Workers) (*Session, error) {
	file := filepath.Join(dir, CheckpointFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return New(m, d, dir, w)
	}
	if err != nil {
		return nil, err
	}
	h, vectors, err := decodeCheckpoint(file, data)
	if err != nil {
		return nil, err
	}
	if h.Digest != m.Digest() {
		return nil, fmt.Errorf("%s is of another model, seed or number of epochs than is asked for: its text is in %s", file, filepath.Join(dir, ModelFile))
	}
	if h.Pixels != d.Pixels || h.Data != "" && h.Data != d.sum() {
		return nil, fmt.Errorf("%s is of a training on other data than are given now: expected the same samples and test; --out DIR starts one on these", file)
	}
	s := &Session{Model: m, Dir: dir, Workers: w, Team: w, Epochs: h.Epochs, data: d, trainer: Build(m, d.Pixels), predictions: h.Predictions}
	return s, h.restore(file, s.trainer, vectors)
}

// Run trains until epoch until, or the model's last where that is less. It stops
// between batches when ctx ends: what the last whole epoch left is in the
// checkpoint.
func (s *Session) Run(ctx context.Context, until int) error {
	if err := s.settle(); err != nil {
		return err
	}
	for len(s.Epochs) < min(until, s.Model.Epochs) {
		s.astray = true
		e, predictions, err := s.epoch(ctx, len(s.Epochs))
		if err != nil {
			return err
		}
		epochs := append(slices.Clip(s.Epochs), *e)
		if err := s.save(epochs, predictions); err != nil {
			return err
		}
		s.Epochs, s.predictions, s.astray = epochs, predictions, false
		if err := s.tabulate(); err != nil {
			return err
		}
		if s.Observe != nil {
			s.Observe(e.Epoch, 0, 0, e)
		}
	}
	return nil
}

// settle goes back to the last epoch that is done, where one was left in its middle.
func (s *Session) settle() error {
	if !s.astray {
		return nil
	}
	if len(s.Epochs) == 0 {
		s.trainer, s.astray = Build(s.Model, s.data.Pixels), false
		return nil
	}
	h, vectors, err := trained(s.Dir)
	if err != nil {
		return err
	}
	s.astray = false
	return h.restore(filepath.Join(s.Dir, CheckpointFile), s.trainer, vectors)
}

// epoch learns one epoch, and tests what came of it.
func (s *Session) epoch(ctx context.Context, epoch int) (*Epoch, []int32, error) {
	clock := engine.StartClock()
	t := s.trainer
	t.Take()
	batches := t.Batches(s.data.Learn)
	for b := range batches {
		if err := context.Cause(ctx); err != nil {
			return nil, nil, err
		}
		if err := s.Team.Learn(ctx, t, s.data.Learn, epoch, b); err != nil {
			return nil, nil, err
		}
		if s.Observe != nil {
			s.Observe(epoch, b+1, batches, nil)
		}
	}
	e := &Epoch{Epoch: epoch, LearningRate: t.Rate.At(epoch)}
	e.learned(t.Take())
	y, err := s.test(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	e.tested(y)
	spent := clock.Elapsed()
	e.WallS, e.CPUS = spent.WallS, spent.CPUS
	return e, y.Predictions, nil
}

// test takes the test's samples through the network.
func (s *Session) test(ctx context.Context, noise *train.Noise) (train.Tally, error) {
	s.trainer.Take()
	for b := range s.trainer.Batches(s.data.Test) {
		if err := context.Cause(ctx); err != nil {
			return train.Tally{}, err
		}
		if err := s.Team.Test(ctx, s.trainer, s.data.Test, b, noise); err != nil {
			return train.Tally{}, err
		}
	}
	return s.trainer.Take(), nil
}

// save writes the checkpoint after the last of so many epochs.
func (s *Session) save(epochs []Epoch, predictions []int32) error {
	data, err := encodeCheckpoint(&header{
		Digest: s.Model.Digest(), Model: s.Model, Pixels: s.data.Pixels, Data: s.data.sum(), Epochs: epochs, Predictions: predictions, State: s.trainer.State(),
	}, s.trainer.Vectors())
	if err != nil {
		return err
	}
	return Write(s.Dir, CheckpointFile, data)
}

// tabulate writes the table of epochs.
func (s *Session) tabulate() error {
	var rules []string
	for k := range s.Model.Plasticity {
		rules = append(rules, s.Model.Plasticity[k].Name)
	}
	return Write(s.Dir, EpochsFile, table(s.Epochs, rules))
}
