package sweep

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"github.com/volley-snn/volley/snn/model"
)

const (
	near  = 0.05 // how far a matched rate may be off, as a share
	tries = 8    // trainings until a rate must be near
)

// match trains an arm with one rate.target after another, each in a directory of its
// own, until its rate is near the one that it is to have. It returns the nearest.
func (r *Runner) match(ctx context.Context, arm model.Arm, seed int, dir string, rate float64) (*Run, error) {
	m, err := r.model(arm, seed, nil)
	if err != nil {
		return nil, err
	}
	var best *Run
	target, last, lastRate := m.Rate.Target, 0.0, 0.0
	for try := range tries {
		run, err := r.one(ctx, arm, seed, filepath.Join(dir, fmt.Sprintf("target-%.6f", target)), fmt.Sprintf("rate.target=%.6f", target))
		if err != nil {
			return nil, err
		}
		got := float64(run.Summary.Rate)
		run.Off = math.Abs(got/rate - 1)
		if best == nil || run.Off < best.Off {
			best = run
		}
		if !(run.Off > near) {
			break
		}
		last, lastRate, target = target, got, next(target, got, last, lastRate, rate, try)
	}
	return best, nil
}

// next is the target to try: by the slope that the last two tries show, or a target
// that moves as far as the rate is off where they show none.
func next(target, got, last, lastRate, rate float64, try int) float64 {
	step := rate - got
	if slope := (got - lastRate) / (target - last); try > 0 && slope > 0.05 && !math.IsInf(slope, 0) {
		step /= slope
	}
	return min(max(target+step, 0), 1)
}
