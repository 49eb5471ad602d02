package sweep

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/model"
)

// Runner runs an experiment in a directory: OUT/ARM/SEED holds the training of an
// arm and a seed. What is done there is left, and what was begun goes on.
type Runner struct {
	Sweep   *model.Sweep
	Dir     string
	Workers training.Workers

	// Load reads the model of an arm and seed; Data its data files.
	Load func(set []string) (*model.Training, error)
	Data func(m *model.Training) (*training.Data, error)
	// Done is told of each training that is done; it may be nil.
	Done func(r *Run)

	data   *training.Data
	dataOf model.TrainingData
}

// Run is one training of an experiment.
type Run struct {
	Arm     string
	Seed    int
	Dir     string
	Summary *training.Summary
}

// All runs what is not done yet, seed by seed, so that whole pairs come first, and
// returns what is done. The error of a context that ended comes with what was done
// before.
func (r *Runner) All(ctx context.Context) ([]Run, error) {
	var runs []Run
	for seed := 1; seed <= r.Sweep.Seeds; seed++ {
		for _, arm := range r.Sweep.Arms {
			run, err := r.one(ctx, arm, seed)
			if err != nil {
				return runs, err
			}
			runs = append(runs, *run)
			if r.Done != nil {
				r.Done(run)
			}
		}
	}
	return runs, nil
}

func (r *Runner) one(ctx context.Context, arm model.Arm, seed int) (*Run, error) {
	set := append(append(append([]string(nil), r.Sweep.Set...), arm.Set...), fmt.Sprintf("seed=%d", seed))
	m, err := r.Load(set)
	if err != nil {
		return nil, fmt.Errorf("arm %s: %w", arm.Name, err)
	}
	run := &Run{Arm: arm.Name, Seed: seed, Dir: filepath.Join(r.Dir, arm.Name, fmt.Sprint(seed))}
	if run.Summary, err = finished(run.Dir, m); run.Summary != nil || err != nil {
		return run, err
	}
	if r.data == nil || !reflect.DeepEqual(r.dataOf, m.Data) {
		if r.data, err = r.Data(m); err != nil {
			return nil, err
		}
		r.dataOf = m.Data
	}
	s, err := training.Resume(m, r.data, run.Dir, r.Workers)
	if err != nil {
		return nil, err
	}
	if err := s.Run(ctx, m.Epochs); err != nil {
		return nil, fmt.Errorf("arm %s, seed %d: %w", arm.Name, seed, err)
	}
	if err := s.Finish(); err != nil {
		return nil, err
	}
	run.Summary = s.Summary()
	return run, nil
}

// finished is the summary of a training that is done; nil where it is not.
func finished(dir string, m *model.Training) (*training.Summary, error) {
	text, err := os.ReadFile(filepath.Join(dir, training.SummaryFile))
	if err != nil {
		return nil, nil // not there: it is to be run, or resumed
	}
	s := &training.Summary{}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, training.SummaryFile), err)
	}
	if s.ModelDigest != m.Digest() {
		return nil, fmt.Errorf("%s holds a training of another model: say --out DIR", dir)
	}
	if s.Epochs < m.Epochs {
		return nil, nil
	}
	return s, nil
}
