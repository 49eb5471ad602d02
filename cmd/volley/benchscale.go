package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/model"
)

// scaleFlags are what `volley bench scale` is told.
type scaleFlags struct {
	runFlags
	threadCounts, nodeCounts []int
	threadsEach, repeats     int
	weak, plot               string
}

func benchScaleCommand() *cobra.Command {
	f := scaleFlags{runFlags: runFlags{format: "parquet"}}
	c := &cobra.Command{
		Use: "scale MODEL", Short: "Run a model on growing numbers of threads and of node processes, and see what each costs", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkRepeats(f.repeats); err != nil {
				return err
			}
			if f.duration != "" {
				f.set = append(f.set, "duration="+f.duration)
			}
			r, err := f.measure(c.Context(), args[0])
			if err != nil {
				return err
			}
			if f.plot != "" {
				if err := os.WriteFile(f.plot, []byte(r.SVG()), 0o666); err != nil {
					return err
				}
			}
			if f.json {
				return writeJSON(os.Stdout, r)
			}
			return printScale(os.Stdout, r, f.repeats)
		},
	}
	fl := c.Flags()
	fl.StringArrayVar(&f.set, "set", nil, "change the model: path=value, or a parameter's name=value; may be repeated")
	fl.StringVar(&f.duration, "duration", "", "biological time, such as 2s")
	fl.StringVar(&f.data, "data", "", "directory of data files that are not beside the model")
	fl.IntSliceVar(&f.threadCounts, "threads", []int{1, runtime.GOMAXPROCS(0)}, "numbers of threads in one process; 0 for none")
	fl.IntSliceVar(&f.nodeCounts, "nodes", []int{1, 2}, "numbers of node processes, started on this machine")
	fl.IntVar(&f.threadsEach, "threads-each", 1, "threads of a node")
	fl.IntVar(&f.repeats, "repeats", 3, "runs of each, of which the median is shown")
	fl.StringVar(&f.weak, "weak", "", "weak scaling: a parameter that is multiplied by the number of workers, name=value")
	fl.StringVar(&f.plot, "plot", "", "draw time by workers into this SVG file")
	fl.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

func (f *scaleFlags) measure(ctx context.Context, arg string) (*bench.Scale, error) {
	r := &bench.Scale{Model: arg, Weak: f.weak}
	for _, threads := range f.threadCounts {
		if threads == 0 {
			continue
		}
		run, err := f.oneProcess(ctx, arg, threads)
		if err != nil {
			return nil, err
		}
		r.Runs = append(r.Runs, *run)
	}
	for _, nodes := range f.nodeCounts {
		if nodes == 0 {
			continue
		}
		run, err := f.onNodes(ctx, arg, nodes)
		if err != nil {
			return nil, err
		}
		r.Runs = append(r.Runs, *run)
	}
	if len(r.Runs) == 0 {
		return nil, usageError{fmt.Errorf("--threads and --nodes: nothing is left to run")}
	}
	if f.weak == "" {
		for k := range r.Runs {
			if r.Runs[k].SpikeHash != r.Runs[0].SpikeHash {
				return nil, fmt.Errorf("%d nodes of %d threads gave the spike hash %s, and %d of %d %s", r.Runs[k].Nodes, r.Runs[k].Threads, r.Runs[k].SpikeHash,
					r.Runs[0].Nodes, r.Runs[0].Threads, r.Runs[0].SpikeHash)
			}
		}
	}
	r.Compare()
	return r, nil
}

// sets is the changes of the model for a number of workers.
func (f *scaleFlags) sets(workers int) ([]string, error) {
	if f.weak == "" {
		return f.set, nil
	}
	name, value, _ := strings.Cut(f.weak, "=")
	x, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return nil, usageError{fmt.Errorf("--weak %s: expected name=number", f.weak)}
	}
	return append(slices.Clone(f.set), fmt.Sprintf("%s=%v", name, x*float64(workers))), nil
}

// oneProcess runs the model in processes of its own, one after the other.
func (f *scaleFlags) oneProcess(ctx context.Context, arg string, threads int) (*bench.ScaleRun, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	sets, err := f.sets(threads)
	if err != nil {
		return nil, err
	}
	out, err := os.MkdirTemp("", "volley-scale-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(out)
	args := []string{"run", arg, "--json", "--quiet", "--no-report", "--out", filepath.Join(out, "run"), "--threads", fmt.Sprint(threads)}
	for _, set := range sets {
		args = append(args, "--set", set)
	}
	if f.data != "" {
		args = append(args, "--data", f.data)
	}
	var all []*record.Summary
	for k := range f.repeats {
		c := exec.CommandContext(ctx, self, args...)
		var said bytes.Buffer
		c.Stderr = &said
		text, err := c.Output()
		if err != nil {
			return nil, fmt.Errorf("%d threads: %w: %s", threads, err, strings.TrimSpace(said.String()))
		}
		s := &record.Summary{}
		if err := json.Unmarshal(text, s); err != nil {
			return nil, err
		}
		all = append(all, s)
		fmt.Fprintf(os.Stderr, "%d threads in one process, run %d of %d: %.3g s\n", threads, k+1, f.repeats, s.WallS.Simulate)
	}
	return scaleRun(0, threads, all)
}

// onNodes runs the model on node processes, which live for all repeats.
func (f *scaleFlags) onNodes(ctx context.Context, arg string, nodes int) (*bench.ScaleRun, error) {
	sets, err := f.sets(nodes * f.threadsEach)
	if err != nil {
		return nil, err
	}
	places, name, folder, err := locate(arg, "", f.data)
	if err != nil {
		return nil, err
	}
	bundle, _, err := actors.Pack(places, name, model.Options{Set: sets, Folder: folder})
	if err != nil {
		return nil, err
	}
	local, err := startCluster(ctx, nodes, f.threadsEach)
	if err != nil {
		return nil, err
	}
	defer local.end()
	var all []*record.Summary
	var splits []*bench.Split
	for k := range f.repeats {
		one, err := local.run(ctx, bundle)
		if err != nil {
			return nil, fmt.Errorf("%d nodes: %w", nodes, err)
		}
		all, splits = append(all, one.Summary), append(splits, splitOf(one.Nodes))
		fmt.Fprintf(os.Stderr, "%d nodes, run %d of %d: %.3g s\n", nodes, k+1, f.repeats, one.Summary.WallS.Simulate)
	}
	r, err := scaleRun(nodes, f.threadsEach, all)
	if err != nil {
		return nil, err
	}
	middle := slices.IndexFunc(all, func(s *record.Summary) bool { return s.WallS.Simulate >= r.SimulateWallS.Median })
	r.Split = splits[max(middle, 0)]
	return r, nil
}

// splitOf is the mean of the nodes of a run.
func splitOf(nodes []*control.NodeProgress) *bench.Split {
	s := &bench.Split{}
	messages, bytes, n := 0.0, 0.0, float64(len(nodes))
	for _, node := range nodes {
		l := node.GetLoad()
		s.ComputeS += float64(l.GetComputeNs()) / 1e9 / n
		s.ExchangeS += float64(l.GetEncodeNs()) / 1e9 / n
		s.WaitS += float64(l.GetWaitNs()) / 1e9 / n
		s.BlockedS += float64(l.GetBlockedNs()) / 1e9 / n
		s.Steps = max(s.Steps, l.GetSteps())
		s.Asks += l.GetAsks()
		messages += float64(l.GetMessagesSent()) / n
		bytes += float64(l.GetBytesSent()) / n
	}
	s.MessagesPerStep, s.BytesPerStep = messages/float64(max(s.Steps, 1)), bytes/float64(max(s.Steps, 1))
	return s
}

// scaleRun sums up the repeats of one arrangement, which must agree.
func scaleRun(nodes, threads int, all []*record.Summary) (*bench.ScaleRun, error) {
	var build, simulate []float64
	for _, s := range all {
		if s.SpikeHash != all[0].SpikeHash {
			return nil, fmt.Errorf("two runs gave the spike hashes %s and %s", all[0].SpikeHash, s.SpikeHash)
		}
		build, simulate = append(build, s.WallS.Build), append(simulate, s.WallS.Simulate)
	}
	r := &bench.ScaleRun{Nodes: nodes, Threads: threads, Partitions: all[0].Partitions, Neurons: all[0].Neurons, Synapses: all[0].Synapses, SpikeHash: all[0].SpikeHash,
		BuildWallS: bench.SpreadOf(build), SimulateWallS: bench.SpreadOf(simulate)}
	r.RealTimeFactor = record.Number(r.SimulateWallS.Median * 1000 / all[0].DurationMs)
	return r, nil
}

func printScale(to io.Writer, r *bench.Scale, repeats int) error {
	if r.Weak == "" {
		fmt.Fprintf(to, "%s, one network on more and more workers: the median of %d runs, all with the spike hash %.16s\n\n", r.Model, repeats, r.Runs[0].SpikeHash)
	} else {
		fmt.Fprintf(to, "%s, with %s times the workers: the median of %d runs\n\n", r.Model, r.Weak, repeats)
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "workers\tneurons\tsimulate, s\treal time\tspeed-up\tefficiency\tcompute, s\texchange, s\twait, s\tblocked, s\tmessages a step\tbytes a step")
	for k := range r.Runs {
		run := &r.Runs[k]
		workers := fmt.Sprintf("%d threads", run.Threads)
		if run.Nodes > 0 {
			workers = fmt.Sprintf("%d nodes x %d", run.Nodes, run.Threads)
		}
		fmt.Fprintf(w, "%s\t%d\t%v\t%.2f x\t%.2f\t%.0f %%", workers, run.Neurons, run.SimulateWallS, float64(run.RealTimeFactor), float64(run.Speedup), 100*float64(run.Efficiency))
		if s := run.Split; s != nil {
			fmt.Fprintf(w, "\t%.3f\t%.3f\t%.3f\t%.3f\t%.1f\t%.0f", s.ComputeS, s.ExchangeS, s.WaitS, s.BlockedS, s.MessagesPerStep, s.BytesPerStep)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}
