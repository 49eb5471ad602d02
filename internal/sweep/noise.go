package sweep

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/statistics"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/train"
)

// TableFile is the file of an experiment's table.
const TableFile = "sweep.json"

// Noisy is what the networks of an experiment make of a test under noise.
type Noisy struct {
	JitterTicks float64    `json:"jitter_ticks"`
	Deletion    float64    `json:"deletion"`
	Noise       float64    `json:"noise"`
	Arms        []NoisyArm `json:"arms"`
}

// NoisyArm is an arm's share of that.
type NoisyArm struct {
	Arm        string        `json:"arm"`
	Seeds      int           `json:"seeds"`
	Accuracy   Interval      `json:"test_accuracy"`
	Rate       Interval      `json:"rate"`
	Difference Interval      `json:"difference"` // the primary arm's accuracy less this one's, seed by seed
	P          record.Number `json:"p"`          // uncorrected
}

// ReadTable reads the table in an experiment's directory.
func ReadTable(dir string) (*Table, error) {
	file := filepath.Join(dir, TableFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	if err := json.Unmarshal(text, t); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t, nil
}

// Test tests all networks of an experiment in a directory at a level of noise. The
// noise is the same for the networks of a seed.
func (t *Table) Test(ctx context.Context, dir string, files fs.FS, level train.Noise, w training.Workers) (*Noisy, error) {
	accuracy, rate := map[string]map[int]float64{}, map[string][]float64{}
	for _, r := range t.Runs {
		e, err := training.Evaluate(ctx, filepath.Join(dir, filepath.FromSlash(r.Dir)), files, level, w)
		if err != nil {
			return nil, err
		}
		if accuracy[r.Arm] == nil {
			accuracy[r.Arm] = map[int]float64{}
		}
		accuracy[r.Arm][r.Seed] = e.Accuracy
		rate[r.Arm] = append(rate[r.Arm], float64(e.Rate))
	}
	n := &Noisy{JitterTicks: level.JitterTicks, Deletion: level.Deletion, Noise: level.Events}
	for _, arm := range t.Arms {
		var own, primary, all []float64
		for _, r := range t.Runs {
			if r.Arm != arm.Arm {
				continue
			}
			all = append(all, accuracy[r.Arm][r.Seed])
			if x, both := accuracy[t.Primary][r.Seed]; both && r.Arm != t.Primary {
				primary, own = append(primary, x), append(own, accuracy[r.Arm][r.Seed])
			}
		}
		d := statistics.Differences(primary, own)
		n.Arms = append(n.Arms, NoisyArm{
			Arm: arm.Arm, Seeds: len(all), Accuracy: interval(statistics.Of(all)), Rate: interval(statistics.Of(rate[arm.Arm])),
			Difference: interval(d.Sample), P: record.Number(d.P),
		})
	}
	return n, nil
}

// Text is a level's lines of a table for people.
func (n *Noisy) Text(primary string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "jitter %.2f ticks, deletion %.2f, noise %.3f\n", n.JitterTicks, n.Deletion, n.Noise)
	for _, a := range n.Arms {
		fmt.Fprintf(&b, "  %-18s %5d  %6.2f %% [%6.2f, %6.2f]  rate %.4f", a.Arm, a.Seeds, 100*float64(a.Accuracy.Mean), 100*float64(a.Accuracy.Low), 100*float64(a.Accuracy.High), float64(a.Rate.Mean))
		if a.Arm != primary && a.Difference.Mean == a.Difference.Mean {
			fmt.Fprintf(&b, "  %s is %+.2f points [%+.2f, %+.2f] off, p %.3g", primary, 100*float64(a.Difference.Mean), 100*float64(a.Difference.Low), 100*float64(a.Difference.High), float64(a.P))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
