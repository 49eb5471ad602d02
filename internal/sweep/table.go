package sweep

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/statistics"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/model"
)

// Interval is a mean with its 95 % confidence interval and standard deviation.
type Interval struct {
	Mean record.Number `json:"mean"`
	Low  record.Number `json:"low"`
	High record.Number `json:"high"`
	SD   record.Number `json:"sd"`
}

func interval(s statistics.Sample) Interval {
	return Interval{record.Number(s.Mean), record.Number(s.Low), record.Number(s.High), record.Number(s.SD)}
}

// ArmResult is what an arm came to.
type ArmResult struct {
	Arm         string   `json:"arm"`
	Match       string   `json:"match,omitempty"` // the arm whose rate it is to have
	Off         float64  `json:"rate_off"`        // how far its rate is off at most, as a share
	Seeds       int      `json:"seeds"`
	Accuracy    Interval `json:"test_accuracy"`
	Loss        Interval `json:"test_loss"`
	Rate        Interval `json:"rate"`
	Kappa       Interval `json:"kappa"`
	NeverActive Interval `json:"never_active"`

	// How far the training's loss moves from epoch to epoch, in the first half of the
	// epochs and in the second: a sudden transition shows in their ratio. And its largest
	// move, with the epoch that it led to.
	ChangeFirst  Interval `json:"loss_change_first_half"`
	ChangeSecond Interval `json:"loss_change_second_half"`
	Jump         Interval `json:"loss_change_largest"`
	JumpEpoch    Interval `json:"loss_change_largest_epoch"`
}

// Comparison is the primary arm's accuracy less another's, by seeds that both have.
type Comparison struct {
	Against    string        `json:"against"`
	Primary    bool          `json:"primary"` // named beforehand; the others' p are Holm-corrected
	Pairs      int           `json:"pairs"`
	Difference Interval      `json:"difference"`
	T          record.Number `json:"t"`
	P          record.Number `json:"p"`
	Corrected  record.Number `json:"p_corrected"`
	McNemar    []float64     `json:"mcnemar_p"` // by seed, uncorrected
}

// Table is what an experiment came to.
type Table struct {
	Name        string       `json:"name"`
	Primary     string       `json:"primary"`
	Arms        []ArmResult  `json:"arms"`
	Comparisons []Comparison `json:"comparisons"`
	Runs        []Place      `json:"runs"`
}

// Place is where a training of an experiment is.
type Place struct {
	Arm  string `json:"arm"`
	Seed int    `json:"seed"`
	Dir  string `json:"dir"` // in the experiment's
}

// NewTable sums up the runs of an experiment in a directory.
func NewTable(s *model.Sweep, dir string, runs []Run) (*Table, error) {
	t := &Table{Name: s.Name, Primary: s.Primary}
	for _, r := range runs {
		at, err := filepath.Rel(dir, r.Dir)
		if err != nil {
			return nil, err
		}
		t.Runs = append(t.Runs, Place{r.Arm, r.Seed, filepath.ToSlash(at)})
	}
	for _, arm := range s.Arms {
		r := armResult(arm.Name, runs)
		r.Match = arm.Match
		t.Arms = append(t.Arms, r)
	}
	var others []float64
	for _, arm := range s.Arms {
		if arm.Name == s.Primary {
			continue
		}
		c, err := compare(s.Primary, arm.Name, runs)
		if err != nil {
			return nil, err
		}
		c.Primary = arm.Name == s.Against
		if !c.Primary {
			others = append(others, float64(c.P))
		}
		t.Comparisons = append(t.Comparisons, *c)
	}
	corrected := statistics.Holm(others)
	for k := range t.Comparisons {
		c := &t.Comparisons[k]
		c.Corrected = c.P
		if !c.Primary {
			c.Corrected, corrected = record.Number(corrected[0]), corrected[1:]
		}
	}
	return t, nil
}

func armResult(arm string, runs []Run) ArmResult {
	r := ArmResult{Arm: arm}
	column := func(f func(s *training.Summary) float64) Interval {
		var x []float64
		for _, run := range runs {
			if run.Arm == arm {
				x = append(x, f(run.Summary))
				r.Off = max(r.Off, run.Off)
			}
		}
		r.Seeds = len(x)
		return interval(statistics.Of(x))
	}
	r.Accuracy = column(func(s *training.Summary) float64 { return float64(s.Accuracy) })
	r.Loss = column(func(s *training.Summary) float64 { return float64(s.Loss) })
	r.Rate = column(func(s *training.Summary) float64 { return float64(s.Rate) })
	r.Kappa = column(func(s *training.Summary) float64 { return float64(s.Kappa) })
	r.NeverActive = column(func(s *training.Summary) float64 { return float64(s.NeverActive) })
	r.ChangeFirst = column(func(s *training.Summary) float64 { first, _ := transition(s.History); return first })
	r.ChangeSecond = column(func(s *training.Summary) float64 { _, second := transition(s.History); return second })
	r.Jump = column(func(s *training.Summary) float64 { most, _ := jump(s.History); return most })
	r.JumpEpoch = column(func(s *training.Summary) float64 { _, epoch := jump(s.History); return float64(epoch) })
	return r
}

func compare(primary, against string, runs []Run) (*Comparison, error) {
	bySeed := map[int]Run{}
	for _, r := range runs {
		if r.Arm == against {
			bySeed[r.Seed] = r
		}
	}
	c := &Comparison{Against: against}
	var a, b []float64
	for _, r := range runs {
		other, both := bySeed[r.Seed]
		if r.Arm != primary || !both {
			continue
		}
		a, b = append(a, float64(r.Summary.Accuracy)), append(b, float64(other.Summary.Accuracy))
		onlyA, onlyB, err := disagreements(r.Dir, other.Dir)
		if err != nil {
			return nil, err
		}
		c.McNemar = append(c.McNemar, statistics.McNemar(onlyA, onlyB))
	}
	d := statistics.Differences(a, b)
	c.Pairs, c.Difference, c.T, c.P = d.N, interval(d.Sample), record.Number(d.T), record.Number(d.P)
	return c, nil
}

// disagreements counts the samples that one of two trainings told right and the
// other wrong.
func disagreements(a, b string) (onlyA, onlyB int, err error) {
	x, err := right(a)
	if err != nil {
		return 0, 0, err
	}
	y, err := right(b)
	if err != nil {
		return 0, 0, err
	}
	if len(x) != len(y) {
		return 0, 0, fmt.Errorf("%s and %s were tested on %d and %d samples", a, b, len(x), len(y))
	}
	for sample, told := range x {
		switch other, same := y[sample]; {
		case !same:
			return 0, 0, fmt.Errorf("%s was not tested on sample %s, and %s was", b, sample, a)
		case told && !other:
			onlyA++
		case other && !told:
			onlyB++
		}
	}
	return onlyA, onlyB, nil
}

// right is which samples of a training's test were told right.
func right(dir string) (map[string]bool, error) {
	file := filepath.Join(dir, training.PredictionsFile)
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	out := map[string]bool{}
	for _, row := range rows[min(1, len(rows)):] {
		out[row[0]] = row[1] == row[2]
	}
	return out, nil
}

// String is the table for people.
func (t *Table) String() string {
	var b strings.Builder
	percent := func(i Interval) string {
		return fmt.Sprintf("%6.2f [%6.2f, %6.2f] sd %.2f", 100*float64(i.Mean), 100*float64(i.Low), 100*float64(i.High), 100*float64(i.SD))
	}
	fmt.Fprintf(&b, "%-18s %5s  %-36s %8s %8s %8s %6s  %s\n", "arm", "seeds", "accuracy, % [95 % of the mean]", "loss", "rate", "kappa", "silent", "change of loss: early, late, largest (to epoch)")
	for _, a := range t.Arms {
		if a.Seeds == 0 {
			fmt.Fprintf(&b, "%-18s %5d\n", a.Arm, a.Seeds)
			continue
		}
		fmt.Fprintf(&b, "%-18s %5d  %-36s %8.4f %8.4f %8.4f %6.1f  %.4f, %.4f, %.4f (%.3g)\n", a.Arm, a.Seeds, percent(a.Accuracy), float64(a.Loss.Mean), float64(a.Rate.Mean), float64(a.Kappa.Mean), float64(a.NeverActive.Mean), float64(a.ChangeFirst.Mean), float64(a.ChangeSecond.Mean), float64(a.Jump.Mean), float64(a.JumpEpoch.Mean))
	}
	for _, a := range t.Arms {
		if a.Match != "" && a.Seeds > 0 {
			fmt.Fprintf(&b, "%s: rate.target is tuned to the rate of %s; off by %.1f %% at most\n", a.Arm, a.Match, 100*a.Off)
		}
	}
	for _, c := range t.Comparisons {
		if c.Pairs == 0 {
			fmt.Fprintf(&b, "%s - %s: no seed is done in both\n", t.Primary, c.Against)
			continue
		}
		what := "p, Holm-corrected"
		if c.Primary {
			what = "p (the primary contrast)"
		}
		low := math.NaN()
		if len(c.McNemar) > 0 {
			low = c.McNemar[0]
			for _, p := range c.McNemar {
				low = min(low, p)
			}
		}
		fmt.Fprintf(&b, "%s - %s: %+.3f points [%+.3f, %+.3f], %d pairs, t %.2f, %s %.3g; McNemar by seed: least p %.3g\n", t.Primary, c.Against,
			100*float64(c.Difference.Mean), 100*float64(c.Difference.Low), 100*float64(c.Difference.High), c.Pairs, float64(c.T), what, float64(c.Corrected), low)
	}
	return b.String()
}
