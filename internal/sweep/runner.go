package sweep

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/volley-snn/volley/internal/record"
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
	// Fits refuses a model whose training does not fit into memory; it may be nil.
	Fits func(m *model.Training, pixels int) error
	// Done is told of each training that is done; it may be nil.
	Done func(r *Run)

	data   *training.Data
	dataOf source
	done   map[string]*Run // by the model's digest
}

// Run is one training of an experiment.
type Run struct {
	Arm     string
	Seed    int
	Dir     string
	Summary *training.Summary
	Off     float64 // of a matched arm: how far its rate is off, as a share
}

// All runs what is not done yet, and returns what is done: the two arms of the primary
// contrast first, then the others, seed by seed, so that whole pairs come first. The
// error of a context that ended comes with what was done before.
func (r *Runner) All(ctx context.Context) ([]Run, error) {
	var runs []Run
	rates := make([]map[string]float64, r.Sweep.Seeds+1) // by seed
	for _, arms := range r.order() {
		for seed := 1; seed <= r.Sweep.Seeds; seed++ {
			if rates[seed] == nil {
				rates[seed] = map[string]float64{}
			}
			for _, arm := range arms {
				run, err := r.arm(ctx, arm, seed, rates[seed][arm.Match])
				if err != nil {
					return runs, err
				}
				runs = append(runs, *run)
				rates[seed][arm.Name] = float64(run.Summary.Rate)
				if r.Done != nil {
					r.Done(run)
				}
			}
		}
	}
	return runs, nil
}

// order is the arms of the primary contrast, then the others, those that are matched to
// others last.
func (r *Runner) order() (order [2][]model.Arm) {
	var matched []model.Arm
	for _, arm := range r.Sweep.Arms {
		switch {
		case arm.Match != "":
			matched = append(matched, arm)
		case arm.Name == r.Sweep.Primary || arm.Name == r.Sweep.Against:
			order[0] = append(order[0], arm)
		default:
			order[1] = append(order[1], arm)
		}
	}
	order[1] = append(order[1], matched...)
	return order
}

// arm runs a seed of an arm; rate is that of the arm that it is matched to.
func (r *Runner) arm(ctx context.Context, arm model.Arm, seed int, rate float64) (*Run, error) {
	dir := filepath.Join(r.Dir, arm.Name, fmt.Sprint(seed))
	if arm.Match != "" {
		return r.match(ctx, arm, seed, dir, rate)
	}
	return r.one(ctx, arm, seed, dir)
}

// one runs a training in a directory.
func (r *Runner) one(ctx context.Context, arm model.Arm, seed int, dir string, more ...string) (*Run, error) {
	m, err := r.model(arm, seed, more)
	if err != nil {
		return nil, err
	}
	run := &Run{Arm: arm.Name, Seed: seed, Dir: dir}
	if run.Summary, err = finished(run.Dir, m); err != nil {
		return nil, err
	}
	if run.Summary != nil {
		r.note(m, run)
		return run, nil
	}
	if same := r.done[m.Digest()]; same != nil { // as where a matched arm needs no other target
		run.Dir, run.Summary = same.Dir, same.Summary
		return run, nil
	}
	if err := r.load(m); err != nil {
		return nil, err
	}
	release, err := record.Lock(run.Dir)
	if err != nil {
		return nil, err
	}
	defer release()
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
	r.note(m, run)
	return run, nil
}

// note keeps what a model came to, so that no arm trains the same again.
func (r *Runner) note(m *model.Training, run *Run) {
	if r.done == nil {
		r.done = map[string]*Run{}
	}
	r.done[m.Digest()] = run
}

// model is that of an arm and seed.
func (r *Runner) model(arm model.Arm, seed int, more []string) (*model.Training, error) {
	set := append(append(append([]string(nil), r.Sweep.Set...), arm.Set...), more...)
	m, err := r.Load(append(set, fmt.Sprintf("seed=%d", seed)))
	if err != nil {
		return nil, fmt.Errorf("arm %s: %w", arm.Name, err)
	}
	return m, nil
}

// source is what data depend on.
type source struct {
	data         model.TrainingData
	duration, dt float64 // tasks and recordings are cut into ticks
	seed         uint64  // that a task is drawn by; 0 where data are files
}

// load has the data of a model at hand.
func (r *Runner) load(m *model.Training) (err error) {
	of := source{m.Data, m.Duration, m.Dt, m.Seed}
	if m.Data.Task.Model == "none" {
		of.seed = 0
	}
	if r.data == nil || r.dataOf != of {
		if r.data, err = r.Data(m); err != nil {
			return err
		}
		r.dataOf = of
	}
	if r.Fits == nil {
		return nil
	}
	return r.Fits(m, r.data.Pixels)
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
