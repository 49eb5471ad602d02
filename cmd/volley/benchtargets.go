package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/model"
)

// targetsReport is what `volley bench targets --json` prints.
type targetsReport struct {
	Machine bench.Machine  `json:"machine"`
	Repeats int            `json:"repeats"`
	Targets []bench.Target `json:"targets"`
}

func benchTargetsCommand() *cobra.Command {
	var repeats int
	var rows string
	var asJSON bool
	c := &cobra.Command{
		Use: "targets", Short: "Measure the networks that speed is aimed at, with the aims and what other simulators took", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkRepeats(repeats); err != nil {
				return err
			}
			targets, err := targetsNamed(rows)
			if err != nil {
				return err
			}
			r := targetsReport{Repeats: repeats, Targets: targets}
			fmt.Fprintln(os.Stderr, "measuring the memory")
			r.Machine = bench.ThisMachine(repeats)
			for i := range r.Targets {
				fmt.Fprintln(os.Stderr, "measuring", r.Targets[i].Row)
				if err := measureTarget(c.Context(), &r.Targets[i], repeats); err != nil {
					return err
				}
			}
			if asJSON {
				return writeJSON(os.Stdout, r)
			}
			return r.print(os.Stdout)
		},
	}
	c.Flags().IntVar(&repeats, "repeats", 3, "runs of each row, of which the median and the range are shown")
	c.Flags().StringVar(&rows, "rows", "", "only the rows whose name matches this regular expression, such as '^weights'")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// targetsNamed is the rows whose names match.
func targetsNamed(rows string) ([]bench.Target, error) {
	match, err := regexp.Compile(rows)
	if err != nil {
		return nil, usageError{fmt.Errorf("--rows: %w", err)}
	}
	var named []bench.Target
	var all []string
	for _, t := range bench.Targets() {
		if all = append(all, t.Row); match.MatchString(t.Row) {
			named = append(named, t)
		}
	}
	if named == nil {
		return nil, usageError{fmt.Errorf("--rows: %q matches none of: %s", rows, strings.Join(all, "; "))}
	}
	return named, nil
}

func measureTarget(ctx context.Context, t *bench.Target, repeats int) error {
	if t.Batch != nil {
		return t.Batch.Measure(repeats)
	}
	m, files, err := resolve("example:"+t.Example, "", model.Options{Set: t.Set})
	if err != nil {
		return err
	}
	n, err := compile(m, files, t.Memory, t.Threads)
	if err != nil {
		return err
	}
	t.Model, err = bench.MeasureModel(ctx, n, engine.Config{Threads: t.Threads}, repeats, func(int) {})
	return err
}

func (r targetsReport) print(to io.Writer) error {
	printMachine(to, r.Machine)
	fmt.Fprintf(to, "processor time of the simulation alone; the median of %d runs, and their range\n\n", r.Repeats)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "row\tthreads\tCPU s\taim\tpeers\tx real time\tns an event\tevents/s a core\tbytes a synapse\tbuilt, s\tbuilt, ns a synapse\tmemory at most")
	for _, t := range r.Targets {
		if t.Batch != nil {
			fmt.Fprintf(w, "%s\t1\t%v ms\t%s\t%s\t-\t-\t-\t-\t-\t-\t-\n", t.Row, t.Batch.Ms, t.Aim, t.Peers)
			continue
		}
		m := t.Model
		fmt.Fprintf(w, "%s\t%d\t%v\t%s\t%s\t%.3g\t%.3g\t%.3g\t%.3g\t%.3g\t%.3g\t%s\n", t.Row, m.Threads, m.SimulateCPUS, t.Aim, t.Peers,
			m.RealTimeFactor.Median, m.CPUNsPerEvent, m.EventsPerCoreS, m.BytesPerSynapse, m.BuildWallS.Median, m.BuildNsPerSynapse, size(m.PeakBytes))
	}
	return w.Flush()
}
