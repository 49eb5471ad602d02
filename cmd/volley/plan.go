package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors/pretended"
	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// planFlags are what `volley plan` is told beside the model.
type planFlags struct {
	set              []string
	data             string
	nodes, threads   int
	partitions       int
	cores            int
	memory           int64
	latency, message time.Duration
	bandwidth        float64 // MB/s
	measure          time.Duration
	costs            string
	dryRun           bool
	steps            int
	json             bool
}

func planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{
		Use: "plan MODEL", Short: "Say how a model would run on N nodes, before anything is built there", Args: cobra.ExactArgs(1),
		Long: `Divide a model among nodes, and predict each node's memory and traffic and the speed of the whole.
What a step costs is measured here, on this machine, with the model itself; where that
does not fit, --costs takes what "volley plan --json" said of a smaller version of it. What a
message costs is measured over NATS on loopback; say --latency for a network between machines.`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return err
			}
			r, err := f.plan(c.Context(), args[0])
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
	fl.IntVar(&f.nodes, "nodes", 1, "how many nodes")
	fl.IntVar(&f.threads, "threads", runtime.NumCPU(), "threads of a node")
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
	fl.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

// check refuses values of flags that mean nothing. The error is a usageError.
func (f *planFlags) check() error {
	for _, flag := range []struct {
		name  string
		value float64
		least float64
	}{
		{"nodes", float64(f.nodes), 1}, {"threads", float64(f.threads), 1}, {"partitions", float64(f.partitions), 0}, {"cores", float64(f.cores), 0},
		{"memory", float64(f.memory), 0}, {"latency", float64(f.latency), 0}, {"message", float64(f.message), 0}, {"bandwidth", f.bandwidth, 1e-6},
		{"measure", float64(f.measure), float64(10 * time.Millisecond)}, {"steps", float64(f.steps), 1},
	} {
		if !(flag.value >= flag.least) {
			return usageError{fmt.Errorf("--%s is too small: expected at least %g, is %g", flag.name, flag.least, flag.value)}
		}
	}
	return nil
}

// plan makes the plan and says what it comes to.
func (f *planFlags) plan(ctx context.Context, arg string) (*planReport, error) {
	m, files, err := resolve(arg, f.data, model.Options{Set: f.set})
	if err != nil {
		return nil, err
	}
	n, err := kernel.Compile(m, files)
	if err != nil {
		return nil, err
	}
	pace, measured, err := f.pace(ctx, n)
	if err != nil {
		return nil, err
	}
	network := engine.ToPlan(n)
	for k, pop := range n.Populations {
		if rate, known := pace.RatesHz[pop.Name]; known {
			network.Groups[k].RateHz = rate
		}
	}
	var nodes []partition.Node
	for k := range f.nodes {
		nodes = append(nodes, partition.Node{Name: fmt.Sprintf("node-%d", k), Threads: f.threads, MemoryBytes: f.memory})
	}
	p, err := partition.Make(network, nodes, partition.Options{Parts: f.partitions})
	var small *partition.TooSmall
	if errors.As(err, &small) {
		return nil, usageError{err}
	} else if err != nil {
		return nil, err
	}
	cost, err := f.busCost(ctx)
	if err != nil {
		return nil, err
	}
	speed := partition.Speed{UnitNs: pace.UnitNs, SpikeNs: pace.SpikeNs, MessageNs: float64(cost.Message), LatencyNs: float64(cost.Latency), BytesPerS: f.bandwidth * 1e6, Cores: f.cores}
	r := newPlanReport(n, network, p, speed, partition.Pace{DtMs: n.DtMs, Ticks: pace.StepTicks, Lag: 1}, pace)
	r.Measured = measured
	r.LatencyUs, r.MessageUs, r.BandwidthMBps = speed.LatencyNs/1000, speed.MessageNs/1000, f.bandwidth
	if f.dryRun {
		r.DryRun, err = pretended.Run(pretended.Config{Network: network, Plan: p, DtMs: n.DtMs, Ticks: max(int(pace.StepTicks+0.5), 1), Lag: 1, Steps: f.steps, Seed: max(n.Seeds.Base, 1)})
	}
	return r, err
}

// busCost is what messages cost: as told, and else as measured.
func (f *planFlags) busCost(ctx context.Context) (c busCost, err error) {
	if f.nodes > 1 && (f.latency == 0 || f.message == 0) {
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
	p, err = bench.MeasurePace(ctx, n, min(f.threads, runtime.NumCPU()), f.measure)
	return p, true, err
}
