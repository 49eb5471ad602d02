package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/record"
)

// faultsFlags are what `volley bench faults` is told.
type faultsFlags struct {
	runFlags
	trials      int
	atOnce      int
	late        float64
	kinds       []string
	nodeCounts  []int
	threadsEach int
	results     string
	timeout     time.Duration
}

// faultsReport is what `volley bench faults --json` prints.
type faultsReport struct {
	Model       string             `json:"model"`
	ModelDigest string             `json:"model_digest"`
	SpikeHash   string             `json:"spike_hash"`
	WeightHash  string             `json:"weight_hash"`
	Rows        []bench.FaultRow   `json:"rows"`
	Failures    []bench.FaultTrial `json:"failures,omitempty"` // that did not give the undisturbed run's hashes
}

func benchFaultsCommand() *cobra.Command {
	var f faultsFlags
	about := strings.Builder{}
	for _, k := range faultKinds {
		fmt.Fprintf(&about, "\n  %-12s%s", k.name, k.about)
	}
	c := &cobra.Command{
		Use: "faults MODEL", Short: "Run a model on node processes that are killed or disturbed at seeded moments, and compare with the undisturbed run", Args: cobra.ExactArgs(1),
		Long: `Each trial starts nodes on this machine, runs the model on them, lets something happen at a
moment and to a node that its seed says, and compares the hashes with those of a run in
one process, and the files of results byte for byte. With --late the nodes' messages come
late, so that a run lasts long with little computing and several trials fit on a machine
at once. recovery_s is the longest time after the fault in which the run came no
further than it had been. With --results trials are gathered over several sittings. The
kinds of faults:
` + about.String(),
		RunE: func(c *cobra.Command, args []string) error {
			f.seed, _ = c.Flags().GetUint64("seed")
			kinds, err := f.chosen()
			if err != nil {
				return err
			}
			if f.duration != "" {
				f.set = append(f.set, "duration="+f.duration)
			}
			r, err := f.measure(c.Context(), args[0], kinds)
			if r == nil {
				return err
			}
			show := printFaults
			if f.json {
				show = func(to io.Writer, r *faultsReport) error { return writeJSON(to, r) }
			}
			return errors.Join(show(os.Stdout, r), err)
		},
	}
	fl := c.Flags()
	fl.IntVar(&f.trials, "trials", 5, "trials of each kind and number of nodes")
	fl.IntVar(&f.atOnce, "at-once", 1, "trials that go at once")
	fl.Float64Var(&f.late, "late", 0, "share of the nodes' messages that come up to 10 ms late, 0 to 1, in kinds that leave messages alone")
	fl.StringSliceVar(&f.kinds, "kind", faultNames(), "kinds of faults")
	fl.IntSliceVar(&f.nodeCounts, "nodes", []int{3}, "numbers of node processes")
	fl.IntVar(&f.threadsEach, "threads-each", 1, "threads of a node")
	fl.Uint64("seed", 1, "seed of the first trial; the next have the next")
	fl.StringVar(&f.results, "results", "", "file to which each trial is added; those that are in it are not done again")
	fl.DurationVar(&f.timeout, "timeout", 5*time.Minute, "how long a trial may take")
	fl.StringVar(&f.every, "checkpoint-every", "wall:1s", "keep the run's state now and then, by biological or wall time: bio:1s or wall:10s")
	fl.StringArrayVar(&f.set, "set", nil, "change the model: path=value, or a parameter's name=value; may be repeated")
	fl.StringVar(&f.duration, "duration", "", "biological time, such as 2s")
	fl.StringVar(&f.data, "data", "", "directory of data files that are not beside the model")
	fl.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

// chosen are the kinds that are asked for, in the order of tables.
func (f *faultsFlags) chosen() (kinds []*faultKind, err error) {
	if f.trials < 1 || f.atOnce < 1 || f.threadsEach < 1 || f.timeout <= 0 {
		return nil, usageError{errors.New("--trials, --at-once, --threads-each and --timeout: expected more than 0")}
	}
	if !(f.late >= 0 && f.late <= 1) {
		return nil, usageError{fmt.Errorf("--late: expected 0 to 1, found %g", f.late)}
	}
	for _, n := range f.nodeCounts {
		if n < 1 {
			return nil, usageError{fmt.Errorf("--nodes: expected at least 1, found %d", n)}
		}
	}
	for _, name := range f.kinds {
		if !slices.Contains(faultNames(), name) {
			return nil, usageError{fmt.Errorf("--kind %s: expected one of %s", name, strings.Join(faultNames(), ", "))}
		}
	}
	for k := range faultKinds {
		if slices.Contains(f.kinds, faultKinds[k].name) {
			kinds = append(kinds, &faultKinds[k])
		}
	}
	for _, n := range f.nodeCounts {
		for _, k := range kinds {
			if n < k.atLeast {
				return nil, usageError{fmt.Errorf("--nodes %d: --kind %s needs at least %d", n, k.name, k.atLeast)}
			}
		}
	}
	return kinds, nil
}

// measure does the trials that are not done yet, seed by seed. What was done before
// an error is in the report.
func (f *faultsFlags) measure(ctx context.Context, arg string, kinds []*faultKind) (*faultsReport, error) {
	all, err := readTrials(f.results)
	if err != nil {
		return nil, err
	}
	want, err := f.runUndisturbed(ctx, arg)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t bench.FaultTrial) bool { return t.Digest != want.ModelDigest || t.Late != f.late })
	todo := f.planned(kinds, want, all)
	var mutex sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(f.atOnce)
	for _, one := range todo {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			kind := kinds[slices.IndexFunc(kinds, func(k *faultKind) bool { return k.name == one.Kind })]
			t, err := f.trial(ctx, arg, kind, one.Nodes, one.Seed, want)
			if err != nil {
				return err
			}
			mutex.Lock()
			defer mutex.Unlock()
			all = append(all, *t)
			fmt.Fprintln(os.Stderr, worded(t))
			return addTrial(f.results, t)
		})
	}
	err = group.Wait()
	return reportFaults(want.Summary, all), err
}

// planned are the trials that are not done, in the order of their seeds.
func (f *faultsFlags) planned(kinds []*faultKind, want *undisturbed, done []bench.FaultTrial) (todo []bench.FaultTrial) {
	for k := range f.trials {
		for _, nodes := range f.nodeCounts {
			for _, kind := range kinds {
				one := bench.FaultTrial{Digest: want.ModelDigest, Kind: kind.name, Nodes: nodes, Late: f.late, Seed: f.seed + uint64(k)}
				if !slices.ContainsFunc(done, func(t bench.FaultTrial) bool { return t.SameAs(&one) }) {
					todo = append(todo, one)
				}
			}
		}
	}
	return todo
}

// worded is a trial in a line.
func worded(t *bench.FaultTrial) string {
	text := fmt.Sprintf("%s, %d nodes, seed %d: ", t.Kind, t.Nodes, t.Seed)
	switch {
	case !t.Disturbed:
		return text + fmt.Sprintf("the run was over after %.1f s, before its moment: take a longer duration", t.WallS)
	case !t.Completed:
		return text + "not completed: " + t.Error
	}
	same := "the same spikes, weights and files"
	if !t.Same() {
		same = "OTHER spikes, weights or files"
	}
	return text + fmt.Sprintf("%s; at %.0f %%, %.1f s of standstill, %d epochs, %.1f s in all", same, 100*t.AtDone, t.RecoveryS, t.Epochs, t.WallS)
}

func reportFaults(want *record.Summary, all []bench.FaultTrial) *faultsReport {
	r := &faultsReport{Model: want.Model, ModelDigest: want.ModelDigest, SpikeHash: want.SpikeHash, WeightHash: want.WeightHash, Rows: bench.SumFaults(all, faultNames())}
	for _, t := range all {
		if t.Disturbed && !(t.Completed && t.Same()) {
			r.Failures = append(r.Failures, t)
		}
	}
	return r
}

func printFaults(to io.Writer, r *faultsReport) error {
	fmt.Fprintf(to, "%s, %.12s: the undisturbed run has the spike hash %.16s and the weight hash %.16s\n\n", r.Model, r.ModelDigest, r.SpikeHash, r.WeightHash)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tnodes\ttrials\tcompleted\tsame spikes\tsame weights\tsame files\trecovery, s: median\tp99")
	for _, row := range r.Rows {
		median, p99 := "", ""
		if row.RecoveryS != nil {
			median, p99 = fmt.Sprintf("%.2f", row.RecoveryS.Median), fmt.Sprintf("%.2f", row.RecoveryS.P99)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", row.Kind, row.Nodes, row.Trials, row.Completed, row.SameSpikes, row.SameWeights, row.SameFiles, median, p99)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, t := range r.Failures {
		fmt.Fprintln(to, worded(&t))
	}
	return nil
}

// readTrials reads what was gathered so far. The last line may be cut short, where
// the sitting before was.
func readTrials(path string) (all []bench.FaultTrial, err error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var t bench.FaultTrial
		if json.Unmarshal(lines.Bytes(), &t) == nil {
			all = append(all, t)
		}
	}
	return all, lines.Err()
}

// addTrial adds a trial to the file, on a line of its own.
func addTrial(path string, t *bench.FaultTrial) error {
	if path == "" {
		return nil
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(append(append([]byte{'\n'}, text...), '\n'))
	return errors.Join(err, f.Close())
}
