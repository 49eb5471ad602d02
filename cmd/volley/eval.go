package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/sweep"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/train"
)

func evalCommand() *cobra.Command {
	var data string
	var jitter, deletion, noise []float64
	var workers int
	var maxMemory int64
	var asJSON bool
	c := &cobra.Command{
		Use: "eval DIR", Short: "Test a trained network, with noise in its input", Args: cobra.ExactArgs(1),
		Long: `Test the network that volley train left in DIR, or all those of an experiment that volley
sweep left there. Each level of --jitter, --deletion and --noise is tested by itself; the
noise is the same for every network of a seed.`,
		RunE: func(c *cobra.Command, args []string) error {
			levels := []train.Noise{{}}
			for _, x := range jitter {
				levels = append(levels, train.Noise{JitterTicks: x})
			}
			for _, x := range deletion {
				levels = append(levels, train.Noise{Deletion: x})
			}
			for _, x := range noise {
				levels = append(levels, train.Noise{Events: x})
			}
			for _, l := range levels {
				if !(l.JitterTicks >= 0 && l.Deletion >= 0 && l.Deletion <= 1 && l.Events >= 0 && l.Events <= 1) {
					return usageError{fmt.Errorf("levels of noise must be at least 0, and chances at most 1")}
				}
			}
			return evaluate(c.Context(), args[0], data, levels, newMemory(maxMemory), threads(workers), asJSON)
		},
	}
	fl := c.Flags()
	fl.StringVar(&data, "data", ".", "directory of the data files")
	fl.Float64SliceVar(&jitter, "jitter", nil, "standard deviations of input spike times, in ticks: 0.5,1,2")
	fl.Float64SliceVar(&deletion, "deletion", nil, "chances that an input spike is lost: 0.1,0.3")
	fl.Float64SliceVar(&noise, "noise", nil, "chances of a spike out of nothing, for each input and tick: 0.01,0.05")
	fl.IntVar(&workers, "threads", 0, "cores to use (default: all)")
	fl.Int64Var(&maxMemory, "max-memory", 0, "most bytes of memory that a test may take (default: what the machine has available)")
	fl.BoolVar(&asJSON, "json", false, "print the results as JSON")
	return c
}

func evaluate(ctx context.Context, dir, data string, levels []train.Noise, memory memory, workers int, asJSON bool) error {
	if info, err := os.Stat(data); err != nil || !info.IsDir() {
		return usageError{fmt.Errorf("--data %s: expected a directory", data)}
	}
	if t, err := sweep.ReadTable(dir); err == nil {
		for _, r := range t.Runs {
			if r.Seed > 1 { // the seeds of an arm have networks of one size
				continue
			}
			if err := memory.checkTrained(filepath.Join(dir, filepath.FromSlash(r.Dir))); err != nil {
				return err
			}
		}
		return evaluateAll(ctx, t, dir, data, levels, workers, asJSON)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return usageError{err}
	}
	if err := memory.checkTrained(dir); err != nil {
		return err
	}
	var all []*training.Evaluation
	for _, l := range levels {
		e, err := training.Evaluate(ctx, dir, os.DirFS(data), l, training.Workers(workers))
		if err != nil {
			return err
		}
		all = append(all, e)
		if !asJSON {
			fmt.Printf("jitter %4.2f ticks, deletion %4.2f, noise %5.3f: accuracy %.2f %%, loss %.4f, rate %.4f\n", e.JitterTicks, e.Deletion, e.Noise, 100*e.Accuracy, float64(e.Loss), float64(e.Rate))
		}
	}
	if !asJSON {
		return nil
	}
	return printResults(all)
}

// evaluateAll tests the networks of an experiment.
func evaluateAll(ctx context.Context, t *sweep.Table, dir, data string, levels []train.Noise, workers int, asJSON bool) error {
	var all []*sweep.Noisy
	for _, l := range levels {
		n, err := t.Test(ctx, dir, os.DirFS(data), l, training.Workers(workers))
		if err != nil {
			return err
		}
		all = append(all, n)
		if !asJSON {
			fmt.Print(n.Text(t.Primary))
		}
	}
	if !asJSON {
		return nil
	}
	return printResults(all)
}

func printResults(x any) error {
	text, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(text))
	return err
}
