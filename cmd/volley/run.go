package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/report"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/snn/model"
)

// runFlags are what `volley run` is told beside the model.
type runFlags struct {
	set                 []string
	duration            string
	seed                uint64
	partitions, threads int
	out, data, format   string
	json, quiet, force  bool
	noReport            bool
	maxMemory           int64
	maxOutput           int64
	every               string
	resume              bool
	store, from         string
	cluster, config     string
	localNodes          int
	detach              bool
	nodes               []string
	replay              string
	pace                float64
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use: "run MODEL", Short: "Simulate a model: a file, or example:NAME", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			f.seed, _ = c.Flags().GetUint64("seed")
			if err := f.check(); err != nil {
				return err
			}
			if c.Flags().Changed("seed") {
				f.set = append(f.set, fmt.Sprintf("seeds.base=%d", f.seed))
			}
			if f.duration != "" {
				f.set = append(f.set, "duration="+f.duration)
			}
			if f.cluster != "" || f.localNodes > 0 {
				return runOnCluster(c.Context(), args[0], f)
			}
			return run(c.Context(), args[0], f)
		},
	}
	fl := c.Flags()
	fl.StringArrayVar(&f.set, "set", nil, "change the model: path=value, or a parameter's name=value; may be repeated")
	fl.StringVar(&f.duration, "duration", "", "biological time, such as 2s")
	fl.Uint64("seed", 1, "seed of the network, the initial state and the input")
	fl.IntVar(&f.partitions, "partitions", 0, "cut the network into N parts (default: one a thread); never changes a result")
	fl.IntVar(&f.threads, "threads", 0, "cores to use (default: all); never changes a result")
	fl.StringVar(&f.out, "out", "", "directory of the run's files (default: runs/NAME)")
	fl.StringVar(&f.data, "data", "", "directory of data files that are not beside the model")
	fl.StringVar(&f.format, "format", "parquet", "tables as parquet or csv")
	fl.BoolVar(&f.json, "json", false, "print summary.json on standard output, and nothing else")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress")
	fl.BoolVar(&f.noReport, "no-report", false, "leave no report.html; volley report makes it later")
	fl.BoolVar(&f.force, "force", false, "write into a directory that holds something else")
	fl.Int64Var(&f.maxMemory, "max-memory", 0, "most bytes of memory that the network may take (default: what the machine has available); what would take more is made again at every spike, where its rule allows, or refused")
	fl.Int64Var(&f.maxOutput, "max-output", 0, "most bytes that the run may write (default: what the disk holds)")
	fl.StringVar(&f.every, "checkpoint-every", "", "keep the run's state now and then, by biological or wall time: bio:1s or wall:10s")
	fl.BoolVar(&f.resume, "resume", false, "go on from the run's last checkpoint; partitions and threads may be others")
	fl.StringVar(&f.store, "store", "", "where the run's checkpoints are kept: DIRECTORY, s3://BUCKET/PREFIX?endpoint=HOST:PORT or nats://HOST:PORT/BUCKET/PREFIX, with credentials from the environment (default: checkpoints in the run's directory)")
	fl.StringVar(&f.from, "from", "", "begin with the last checkpoint of another run: its directory, or the store of its checkpoints")
	fl.StringVar(&f.cluster, "cluster", "", "run on the nodes of a cluster: HOST:PORT of one of them, or nats://HOST:PORT")
	fl.StringVar(&f.config, "config", "", "with --cluster: configuration with the cluster's keys, of volley cluster init")
	fl.IntVar(&f.localNodes, "local-nodes", 0, "run on N node processes, started on this machine for this run")
	fl.StringSliceVar(&f.nodes, "node", nil, "with --cluster: a node to use; may be repeated (default: all)")
	fl.StringVar(&f.replay, "replay", "", "give the run again what was injected into another: its injected.journal")
	fl.Float64Var(&f.pace, "pace", 0, "on nodes, where spikes are injected: at most this many times as fast as biological time; 1 for live sensors (default: as fast as it goes)")
	fl.BoolVar(&f.detach, "detach", false, "with --cluster: return at once, and let the run go on")
	return c
}

// blame names the flag where the duration that it gives is what a fault is about.
func (f runFlags) blame(err error) error {
	var faults model.Faults
	if f.duration == "" || !errors.As(err, &faults) {
		return err
	}
	for _, fault := range faults {
		if fault.Path == "discard" {
			return usageError{fmt.Errorf("--duration %s: rates and statistics leave out the model's discard at the start, and nothing would be left; take a longer duration, or a shorter discard, such as --set \"discard=0 ms\" (%s)", f.duration, fault)}
		}
	}
	return err
}

func run(ctx context.Context, arg string, f runFlags) error {
	m, files, err := resolve(arg, f.data, model.Options{Set: f.set})
	if err != nil {
		return f.blame(err)
	}
	n, err := compile(m, files, f.maxMemory, f.partitions)
	if err != nil {
		return err
	}
	findings, err := results.New(n)
	if err != nil {
		return m.Faults(err)
	}
	if err := f.place(m); err != nil {
		return err
	}
	again, err := f.openReplay(n)
	if err != nil {
		return err
	}
	if again == nil && len(n.Injected()) > 0 {
		fmt.Fprintln(os.Stderr, "volley: nobody can inject spikes into a run in one process: its injected populations are silent; --local-nodes 1 lets clients, --replay repeats what they sent")
	}
	keeps, err := f.keeps(ctx, m)
	if err != nil {
		return err
	}
	dir, err := f.create(ctx, keeps)
	if err != nil {
		return err
	}
	defer dir.Abort()
	if keeps.Checkpoints != nil {
		defer f.spare()()
	}
	building := newProgress(n, f.quiet)
	e, err := engine.New(n, engine.Config{Partitions: f.partitions, Threads: f.threads, Built: building.built, Context: ctx})
	building.end()
	if errors.Is(err, context.Canceled) {
		return dir.Fail(fmt.Errorf("interrupted while the network was built: nothing was simulated (%w)", err))
	}
	if err != nil {
		return dir.Fail(err)
	}
	defer e.Close()
	c := session.Config{Dir: dir, Findings: findings, Command: os.Args, Version: version, Checkpoints: keeps.Checkpoints}
	if again != nil {
		said, err := again.keep(dir.Path())
		if err != nil {
			return dir.Fail(err)
		}
		e.Feed, c.Injected = again, func() (*record.Injected, error) { return said, nil }
	}
	progress := newProgress(n, f.quiet)
	c.Watchers = []engine.Observer{progress}
	result, err := session.Run(ctx, e, c)
	progress.end()
	if result == nil {
		return err
	}
	if showErr := show(f, result); err == nil {
		err = showErr
	}
	return written(err)
}

// written says of an interrupted run that its files are there.
func written(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.Join(err, errWritten)
	}
	return err
}

// create makes the run's directory, or opens it to go on.
func (f runFlags) create(ctx context.Context, keeps keeping) (*record.Dir, error) {
	options := record.Options{Format: record.Format(f.format), Force: f.force, MaxBytes: f.maxOutput}
	if keeps.Checkpoints != nil {
		options.Resume = keeps.Resume != nil && !keeps.begins
		options.Journal = func(table string, rows []byte) error {
			_ = keeps.Journal.Append(ctx, table, rows) // the next checkpoint tells
			return nil
		}
	}
	dir, err := record.Create(f.out, options)
	if err != nil {
		return nil, usageError{err}
	}
	if keeps.Checkpoints != nil {
		if err := keeps.open(ctx, dir); err != nil {
			return nil, dir.Fail(err)
		}
	}
	return dir, nil
}

// place sets f.out where it is not said.
func (f *runFlags) place(m *model.Model) error {
	if f.out != "" {
		return nil
	}
	if filepath.Base(m.Name) != m.Name || m.Name == "." || !filepath.IsLocal(m.Name) {
		return usageError{fmt.Errorf("the model's name %q cannot be a directory's: say --out DIR", m.Name)}
	}
	f.out = filepath.Join("runs", m.Name)
	return nil
}

// open makes the directory of a run on a cluster.
func (f *runFlags) open(m *model.Model) (*record.Dir, error) {
	if err := f.place(m); err != nil {
		return nil, err
	}
	dir, err := record.Create(f.out, record.Options{Format: record.Format(f.format), Force: f.force, MaxBytes: f.maxOutput})
	if err != nil {
		return nil, usageError{err}
	}
	return dir, nil
}

// show prints what a run came to, and leaves its report.
func show(f runFlags, r *session.Result) error {
	var err error
	if f.json {
		err = printJSON(r.Summary)
	} else {
		err = printSummary(r.Summary, r.Names, f.out)
	}
	if f.noReport {
		return err
	}
	// The run is done and whole: a report that fails does not undo it.
	if path, err := report.Write(f.out); err != nil {
		fmt.Fprintln(os.Stderr, "volley: no report:", err)
	} else {
		fmt.Fprintln(os.Stderr, "the report is", path)
	}
	return err
}

func printJSON(s *record.Summary) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Println(string(text))
	return err
}

// printSummary says what happened, in a few lines. names orders the results.
func printSummary(s *record.Summary, names []string, out string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d neurons, %d synapses, %.6g ms simulated in %.3g s (%.2f x real time), %.2f ns an event\n",
		s.Model, s.Neurons, s.Synapses, s.DurationMs, s.WallS.Simulate, float64(s.RealTimeFactor), float64(s.NsPerEvent))
	for _, name := range sortedNames(s.Populations) {
		p := s.Populations[name]
		fmt.Fprintf(&b, "  %-10s %7d neurons  %8.3f Hz  ISI CV %.2f  kappa %s\n", name, p.Size, float64(p.RateHz), float64(p.CVISI), kappa(p))
	}
	for _, name := range names {
		fmt.Fprintf(&b, "  %-22s %s\n", name, s.Results[name])
	}
	fmt.Fprintf(&b, "spikes  %s (%d)\n", s.SpikeHash[:16], s.Spikes)
	if s.WeightHash != "" {
		fmt.Fprintf(&b, "weights %s\n", s.WeightHash[:16])
	}
	_, err := os.Stdout.WriteString(b.String())
	fmt.Fprintln(os.Stderr, "the run's files are in", out)
	return err
}

// kappa is a population's synchrony, for people.
func kappa(p record.PopulationSummary) string {
	if x, ok := p.Synchrony["kappa"]; ok && x.Defined() {
		return fmt.Sprintf("%.4f", float64(x))
	}
	return "-"
}
