package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/actors/pretended"
	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// planFlags are what `volley plan` is told beside the model.
type planFlags struct {
	set              []string
	data             string
	nodes            []int
	threads          int
	partitions       int
	cores            int
	memory           int64
	latency, message time.Duration
	bandwidth        float64 // MB/s
	measure          time.Duration
	costs            string
	dryRun           bool
	steps            int
	check            bool
	repeats          int
	json             bool
}

func planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{
		Use: "plan MODEL", Short: "Say how a model would run on N nodes, before anything is built there", Args: cobra.ExactArgs(1),
		Long: `Divide a model among nodes, and predict each node's memory and traffic and the speed of the whole.
What a step costs is measured here, on this machine, with the model itself; where that
does not fit, --costs takes what "volley plan --json" said of a smaller version of it. What a
message costs is measured over NATS on loopback; say --latency for a network between machines.
Nodes that share all cores of this machine (--cores), up to 16, are started to measure what they do
to each other, with a network that computes for as long and says nothing. With --check they run
the model too, and what was predicted stands beside what was measured.`,
		RunE: func(c *cobra.Command, args []string) error {
			if f.check && !c.Flags().Changed("threads") {
				f.threads = 1
			}
			if f.check && f.cores == 0 {
				f.cores = runtime.NumCPU()
			}
			if err := f.checkFlags(); err != nil {
				return err
			}
			r, err := f.report(c.Context(), args[0])
			if err != nil {
				return err
			}
			if f.json {
				return writeJSON(os.Stdout, r)
			}
			return r.print(os.Stdout)
		},
	}
	fl := c.Flags()
	fl.StringArrayVar(&f.set, "set", nil, "change the model: path=value, or a parameter's name=value; may be repeated")
	fl.StringVar(&f.data, "data", "", "directory of data files that are not beside the model")
	fl.IntSliceVar(&f.nodes, "nodes", []int{1}, "how many nodes; several numbers are compared")
	fl.IntVar(&f.threads, "threads", runtime.NumCPU(), "threads of a node; with --check 1 where not said")
	fl.IntVar(&f.partitions, "partitions", 0, "partitions in all (default: one a thread)")
	fl.IntVar(&f.cores, "cores", 0, "cores that all nodes share, where they run on one machine (default: each has its own)")
	fl.Int64Var(&f.memory, "memory", 0, "bytes of memory that a node gives to partitions (default: any)")
	fl.DurationVar(&f.latency, "latency", 0, "from sending a message to taking it (default: measured over NATS on loopback)")
	fl.DurationVar(&f.message, "message", 0, "processor time to send or take a message (default: measured so too)")
	fl.Float64Var(&f.bandwidth, "bandwidth", 1000, "MB/s into or out of a node")
	fl.DurationVar(&f.measure, "measure", 4*time.Second, "longest time to measure the model here")
	fl.StringVar(&f.costs, "costs", "", "file of \"volley plan --json\" of a smaller version of the model, in place of measuring")
	fl.BoolVar(&f.dryRun, "dry-run", false, "run the protocol of all nodes in this process, with spikes at the rates measured")
	fl.IntVar(&f.steps, "steps", 50, "steps of --dry-run")
	fl.BoolVar(&f.check, "check", false, "run the model on local nodes too, and print predicted, measured, and the error")
	fl.IntVar(&f.repeats, "repeats", 3, "runs of each number of nodes with --check, of which the median counts")
	fl.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

// report is a forecast of one number of nodes, or a comparison of several.
func (f *planFlags) report(ctx context.Context, arg string) (interface{ print(io.Writer) error }, error) {
	p, err := f.prepare(ctx, arg)
	if err != nil {
		return nil, err
	}
	if f.check || len(f.nodes) > 1 {
		return p.compare(ctx)
	}
	if !f.together() {
		return p.forecast(ctx, f.nodes[0], nil)
	}
	l, err := startCluster(ctx, f.nodes[0], f.threads)
	if err != nil {
		return nil, err
	}
	defer l.end()
	return p.forecast(ctx, f.nodes[0], l)
}

// checkFlags refuses values of flags that mean nothing. The error is a usageError.
func (f *planFlags) checkFlags() error {
	if len(f.nodes) == 0 {
		return usageError{errors.New("--nodes: expected at least one number")}
	}
	if f.check && !f.together() {
		return usageError{fmt.Errorf("--check runs the model here, on nodes of this machine: expected --nodes up to %d, and no --cores but the %d that it has", mostTogether, runtime.NumCPU())}
	}
	for _, flag := range []struct {
		name  string
		value float64
		least float64
	}{
		{"nodes", float64(slices.Min(f.nodes)), 1}, {"repeats", float64(f.repeats), 1}, {"threads", float64(f.threads), 1}, {"partitions", float64(f.partitions), 0}, {"cores", float64(f.cores), 0},
		{"memory", float64(f.memory), 0}, {"latency", float64(f.latency), 0}, {"message", float64(f.message), 0}, {"bandwidth", f.bandwidth, 1e-6},
		{"measure", float64(f.measure), float64(10 * time.Millisecond)}, {"steps", float64(f.steps), 1},
	} {
		if !(flag.value >= flag.least) {
			return usageError{fmt.Errorf("--%s is too small: expected at least %g, is %g", flag.name, flag.least, flag.value)}
		}
	}
	return nil
}

// planning is what forecasts of a model rest on.
type planning struct {
	*planFlags
	bundle   *actors.Bundle
	n        *kernel.Network
	network  *partition.Network // with the rates that were measured
	pace     *bench.Pace
	measured bool
	cost     busCost
	stand    *standIn // nil where nodes do not share this machine
	follow   together // of one node that computes nothing: the recorder sets its pace
}

// prepare measures what all forecasts need.
func (f *planFlags) prepare(ctx context.Context, arg string) (*planning, error) {
	places, name, folder, err := locate(arg, "", f.data)
	if err != nil {
		return nil, err
	}
	p := &planning{planFlags: f}
	if p.bundle, p.n, err = actors.Pack(places, name, model.Options{Set: f.set, Folder: folder}); err != nil {
		return nil, err
	}
	p.network = engine.ToPlan(p.n)
	if _, err := p.plan(slices.Max(f.nodes)); err != nil {
		return nil, err
	}
	if p.pace, p.measured, err = f.pace(ctx, p.n); err != nil {
		return nil, err
	}
	for k, pop := range p.n.Populations {
		if rate, known := p.pace.RatesHz[pop.Name]; known {
			p.network.Groups[k].RateHz = rate
		}
	}
	for k := range p.network.Sums {
		p.network.Sums[k].Bytes = p.pace.WindowBytes[k]
	}
	for k := range p.network.Watches {
		p.network.Watches[k].Bytes = p.pace.WindowBytes[len(p.network.Sums)+k]
	}
	if p.cost, err = f.busCost(ctx); err != nil || !f.together() {
		return p, err
	}
	fmt.Fprintf(os.Stderr, "measuring what nodes do to each other on the %d cores of this machine\n", f.cores)
	if p.stand, err = newStandIn(ctx); err != nil {
		return nil, err
	}
	alone, err := startCluster(ctx, 1, f.threads)
	if err != nil {
		return nil, err
	}
	defer alone.end()
	p.follow, err = p.stand.measure(ctx, alone, 1, 0)
	return p, err
}

// plan divides the network among so many nodes.
func (p *planning) plan(count int) (*partition.Plan, error) {
	var nodes []partition.Node
	for k := range count {
		nodes = append(nodes, partition.Node{Name: fmt.Sprintf("node-%d", k), Threads: p.threads, MemoryBytes: p.memory})
	}
	plan, err := partition.Make(p.network, nodes, partition.Options{Parts: p.partitions})
	var small *partition.TooSmall
	if errors.As(err, &small) {
		return nil, usageError{err}
	}
	return plan, err
}

// forecast says what so many nodes come to. l is these nodes, where they run on this
// machine, else nil.
func (p *planning) forecast(ctx context.Context, count int, l *localCluster) (*planReport, error) {
	plan, err := p.plan(count)
	if err != nil {
		return nil, err
	}
	speed := partition.Speed{UnitNs: p.pace.UnitNs, SpikeNs: p.pace.SpikeNs, MessageNs: float64(p.cost.Message), LatencyNs: float64(p.cost.Latency), BytesPerS: p.bandwidth * 1e6, Cores: p.cores,
		RecordNs: p.pace.RecordNs, RecordSpikeNs: p.pace.RecordSpikeNs, FollowNs: p.follow.StepNs}
	steps := partition.Pace{DtMs: p.n.DtMs, Ticks: p.pace.StepTicks, Lag: 1}
	startS := p.follow.StartS
	if l != nil && count > 1 {
		computing, links := 0.0, 0.0
		alone := plan.Forecast(p.network, speed, steps)
		for _, load := range alone.Loads {
			computing += load.ComputeNs * float64(p.threads)
			links += load.Received
		}
		t, err := p.stand.measure(ctx, l, count*p.threads, computing)
		if err != nil {
			return nil, err
		}
		// In a stand-in all hear all; the recorder hears all in either.
		speed.TogetherNs = alone.ComputeNs + max(t.StepNs-alone.ComputeNs, 0)*(links+float64(count))/float64(count*count)
		startS = t.StartS
	}
	r := newPlanReport(p.n, p.network, plan, speed, steps, p.pace)
	r.Measured, r.StartS = p.measured, startS
	r.LatencyUs, r.MessageUs, r.BandwidthMBps = speed.LatencyNs/1000, speed.MessageNs/1000, p.bandwidth
	if p.dryRun {
		r.DryRun, err = pretended.Run(pretended.Config{Network: p.network, Plan: plan, DtMs: p.n.DtMs, Ticks: max(int(p.pace.StepTicks+0.5), 1), Lag: 1, Steps: p.steps, Seed: max(p.n.Seeds.Base, 1)})
	}
	return r, err
}

// together reports whether the nodes are those of one machine, and that is this one.
func (f *planFlags) together() bool {
	return f.cores == runtime.NumCPU() && slices.Max(f.nodes) <= mostTogether
}

// mostTogether is how many nodes are started to measure what they do to each other.
const mostTogether = 16

// busCost is what messages cost: as told, and else as measured.
func (f *planFlags) busCost(ctx context.Context) (c busCost, err error) {
	if slices.Max(f.nodes) > 1 && (f.latency == 0 || f.message == 0) {
		if c, err = measureBus(ctx); err != nil {
			return c, fmt.Errorf("measuring NATS on loopback: %w", err)
		}
	}
	if f.latency > 0 {
		c.Latency = f.latency
	}
	if f.message > 0 {
		c.Message = f.message
	}
	return c, nil
}

// pace is how fast the model runs: as measured here, or as a file says.
func (f *planFlags) pace(ctx context.Context, n *kernel.Network) (p *bench.Pace, measured bool, err error) {
	if f.costs != "" {
		text, err := os.ReadFile(f.costs)
		if err != nil {
			return nil, false, usageError{fmt.Errorf("--costs: %w", err)}
		}
		var r struct {
			Pace *bench.Pace `json:"pace"`
		}
		if err := json.Unmarshal(text, &r); err != nil || r.Pace == nil || !(r.Pace.UnitNs > 0) || !(r.Pace.StepTicks > 0) {
			return nil, false, usageError{fmt.Errorf("--costs %s: expected what volley plan --json prints (%v)", f.costs, err)}
		}
		return r.Pace, false, nil
	}
	if e, has := n.Estimate(f.threads), engine.AvailableMemory(); has > 0 && e.Bytes > has {
		return nil, false, usageError{fmt.Errorf("%s takes about %s, and this machine has %s: it cannot be measured here; give --costs FILE, what volley plan --json said of a smaller version", n.Model.Name, size(e.Bytes), size(has))}
	}
	fmt.Fprintf(os.Stderr, "measuring %s here for at most %v\n", n.Model.Name, f.measure)
	recorders, done, err := recordersOf(n)
	if err != nil {
		return nil, false, err
	}
	defer done()
	p, err = bench.MeasurePace(ctx, n, min(f.threads, runtime.NumCPU()), f.measure, recorders...)
	return p, true, err
}

// recordersOf is what records a run of the network, into a directory that done removes.
func recordersOf(n *kernel.Network) (all []engine.Observer, done func(), err error) {
	path, err := os.MkdirTemp("", "volley-plan-")
	if err != nil {
		return nil, nil, err
	}
	dir, err := record.Create(path, record.Options{})
	if err != nil {
		_ = os.RemoveAll(path)
		return nil, nil, err
	}
	done = func() {
		dir.Abort()
		_ = os.RemoveAll(path)
	}
	for _, make := range []func() (engine.Observer, error){
		func() (engine.Observer, error) { return engine.NewRecorder(n, dir) },
		func() (engine.Observer, error) { return engine.NewSynchrony(n, dir) },
		func() (engine.Observer, error) { return engine.NewPhases(n), nil },
		func() (engine.Observer, error) { return results.New(n) },
		func() (engine.Observer, error) { return engine.NewSignals(n, dir) },
	} {
		o, err := make()
		if err != nil {
			done()
			return nil, nil, err
		}
		all = append(all, o)
	}
	return all, done, nil
}
