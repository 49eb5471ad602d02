package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/sweep"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/model"
)

func sweepCommand() *cobra.Command {
	var set []string
	var data, out string
	var seeds, workers int
	var asJSON bool
	c := &cobra.Command{
		Use: "sweep FILE", Short: "Run an experiment: arms and seeds of a training, and compare them", Args: cobra.ExactArgs(1),
		Long: `Run the experiment in FILE: its model, trained in each arm with each seed, the two arms of
the primary contrast first. What is done is left as it is, so that the same command goes on
after an interruption. The table has
means with 95 % confidence intervals, and paired comparisons with the primary arm;
report.html has it with plots by epoch.`,
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("seeds") {
				set = append(set, fmt.Sprintf("seeds=%d", seeds))
			}
			return runSweep(c.Context(), args[0], set, data, out, workers, asJSON)
		},
	}
	fl := c.Flags()
	fl.StringArrayVar(&set, "set", nil, "change the experiment: path=value; may be repeated")
	fl.IntVar(&seeds, "seeds", 0, "how many seeds")
	fl.StringVar(&data, "data", "", "directory of data files that are not beside the model")
	fl.StringVar(&out, "out", "", "directory of the experiment's files (default: runs/NAME)")
	fl.IntVar(&workers, "threads", 0, "cores to use (default: all); never changes a result")
	fl.BoolVar(&asJSON, "json", false, "print the table as JSON on standard output, and nothing else")
	return c
}

func runSweep(ctx context.Context, arg string, set []string, data, out string, workers int, asJSON bool) error {
	s, _, err := resolveWith(arg, "train/sweeps/", data, model.Options{Set: set}, model.LoadSweep)
	if err != nil {
		return err
	}
	if out, err = outOf(out, s.Name); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, training.CheckpointFile)); err == nil || record.IsRun(out) {
		return usageError{fmt.Errorf("%s holds a run or training: --out DIR puts the experiment elsewhere", out)}
	}
	release, err := record.Lock(out)
	if err != nil {
		return usageError{err}
	}
	defer release()
	of := s.Model
	if !strings.HasPrefix(of, "example:") && !filepath.IsAbs(of) {
		of = filepath.Join(filepath.Dir(arg), of)
	}
	var files fs.FS
	r := &sweep.Runner{
		Sweep: s, Dir: out, Workers: training.Workers(threads(workers)),
		Load: func(set []string) (m *model.Training, err error) {
			m, files, err = resolveTraining(of, data, model.Options{Set: set})
			return m, err
		},
		Data: func(m *model.Training) (*training.Data, error) { return loadFitting(m, files, newMemory(0)) },
		Fits: func(m *model.Training, pixels int) error { return newMemory(0).checkTraining(m, pixels) },
		Done: func(r *sweep.Run) {
			fmt.Fprintf(os.Stderr, "%s, seed %d: %.2f %%\n", r.Arm, r.Seed, 100*float64(r.Summary.Accuracy))
		},
	}
	runs, stopped := r.All(ctx)
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		return stopped
	}
	t, err := sweep.NewTable(s, out, runs)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	if err := training.Write(out, sweep.TableFile, append(text, '\n')); err != nil {
		return err
	}
	if err := training.Write(out, "report.html", sweep.Page(s, t, runs)); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "the table is in", filepath.Join(out, sweep.TableFile)+", with plots in", filepath.Join(out, "report.html"))
	if asJSON {
		_, err = fmt.Println(string(text))
	} else {
		_, err = fmt.Print(t)
	}
	if stopped != nil {
		return stopped
	}
	return err
}
