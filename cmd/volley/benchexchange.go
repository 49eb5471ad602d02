package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/cluster/bus/nats/bare"
	"github.com/volley-snn/volley/internal/bench"
)

// exchangeFlags are what `volley bench exchange` is told.
type exchangeFlags struct {
	nodeCounts             []int
	spikes, steps, repeats int
	json                   bool
}

func benchExchangeCommand() *cobra.Command {
	var f exchangeFlags
	c := &cobra.Command{
		Use: "exchange", Short: "Measure a step's exchange between node processes, beside bare NATS between them", Args: cobra.NoArgs,
		Long: `Node processes are started on this machine, one thread each, with their NATS servers. They
run a network that computes next to nothing, one of them recording it, and exchange what
its neurons emit; and, in turn with that, messages of the same sizes by nats.go alone. The
time of a step is shown, less the least that its computing takes on the machine's cores.`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkRepeats(f.repeats); err != nil {
				return err
			}
			for _, n := range append([]int{f.spikes, f.steps}, f.nodeCounts...) {
				if n < 1 {
					return usageError{errors.New("--nodes, --spikes and --steps: expected at least 1")}
				}
			}
			r := &bench.Exchange{SpikesPerStep: f.spikes, Steps: f.steps}
			for _, nodes := range f.nodeCounts {
				row, err := f.measure(c.Context(), nodes)
				if err != nil {
					return fmt.Errorf("%d nodes: %w", nodes, err)
				}
				r.Rows = append(r.Rows, *row)
			}
			if f.json {
				return writeJSON(os.Stdout, r)
			}
			return printExchange(os.Stdout, r, f.repeats)
		},
	}
	fl := c.Flags()
	fl.IntSliceVar(&f.nodeCounts, "nodes", []int{2, 4, 8}, "numbers of node processes")
	fl.IntVar(&f.spikes, "spikes", 450, "that a node emits in a step, of 1 to 2 bytes each; a step of example:brunel on 2 nodes has 520 bytes")
	fl.IntVar(&f.steps, "steps", 2000, "of a round")
	fl.IntVar(&f.repeats, "repeats", 5, "rounds of each, of which the median is shown")
	fl.BoolVar(&f.json, "json", false, "print JSON")
	return c
}

// exchangeModel computes next to nothing: each neuron fires once in a step of 1.5 ms,
// driven by a current, and all nodes need the spikes of all.
const exchangeModel = `
name: exchanged
duration: %d ms
populations:
  n: {model: iaf_psc_delta, size: %d, params: {I_e: 4000 pA, t_ref: 0.5 ms}, initial: {V_m: {uniform: {min: -70 mV, max: -55 mV}}}}
projections:
  all: {source: n, target: n, rule: fixed_indegree, indegree: 1, weight: 0.001 mV, delay: 1.5 ms}
`

// model is one of some steps for a number of nodes.
func (f *exchangeFlags) model(nodes int) (text string, steps int) {
	steps = (f.steps + 1) / 2 * 2 // of 1.5 ms, in whole ms
	return fmt.Sprintf(exchangeModel, steps*3/2, f.spikes*nodes), steps
}

// measure starts nodes and has them exchange, in turn by ours and by bare NATS.
func (f *exchangeFlags) measure(ctx context.Context, nodes int) (*bench.ExchangeRow, error) {
	local, err := startProcesses(ctx, nodes, "", func(int) []string { return []string{"bench", "exchange-node"} })
	if err != nil {
		return nil, err
	}
	defer local.end()
	row := &bench.ExchangeRow{Nodes: nodes}
	var sizes bare.Sizes
	var ours, theirs [][]int64
	text, steps := f.model(nodes)
	for k := range f.repeats {
		round, err := exchangeOnce(ctx, local, &exchangeOrder{Run: fmt.Sprint("ours", k), Model: text, Steps: steps})
		if err != nil {
			return nil, err
		}
		ours, sizes = append(ours, bench.Exchanges(round.times, runtime.GOMAXPROCS(0))), round.sizes
		if round, err = exchangeOnce(ctx, local, &exchangeOrder{Run: fmt.Sprint("bare", k), Bare: &sizes, Steps: steps}); err != nil {
			return nil, err
		}
		theirs = append(theirs, bench.Exchanges(round.times, runtime.GOMAXPROCS(0)))
		fmt.Fprintf(os.Stderr, "%d nodes, round %d of %d\n", nodes, k+1, f.repeats)
	}
	row.Bytes, row.RecordBytes = sizes.Step, sizes.Record
	row.Volley, row.Bare = bench.DelayOf(ours), bench.DelayOf(theirs)
	row.Compare()
	return row, nil
}

// exchanged is what the nodes answered together.
type exchanged struct {
	times []bench.StepTimes // by node
	sizes bare.Sizes        // the mean
}

// spreading is how long servers may take to tell each other of subscriptions.
const spreading = 200 * time.Millisecond

// exchangeOnce has all nodes prepare an order, carry it out, and leave it.
func exchangeOnce(ctx context.Context, local *localNodes, order *exchangeOrder) (*exchanged, error) {
	sum := &exchanged{}
	for _, do := range []string{"prepare", "go", "end"} {
		for k, n := range local.nodes {
			o := *order
			o.Do, o.Self, o.Of = do, k, len(local.nodes)
			if err := json.NewEncoder(n.input).Encode(&o); err != nil {
				return nil, err
			}
		}
		for k, n := range local.nodes {
			r, err := n.reply(ctx)
			if err != nil {
				return nil, fmt.Errorf("node %d: %s: %w", k+1, do, err)
			}
			if do != "go" {
				continue
			}
			sum.times = append(sum.times, bench.StepTimes(r.Steps))
			sum.sizes.Step += r.Sizes.Step / len(local.nodes)
			sum.sizes.Record += r.Sizes.Record / len(local.nodes)
			sum.sizes.Every = max(sum.sizes.Every, r.Sizes.Every)
		}
		if do == "prepare" {
			time.Sleep(spreading)
		}
	}
	return sum, nil
}

// reply is what a node answers.
func (n *localNode) reply(ctx context.Context) (*exchangeReply, error) {
	select {
	case line := <-n.lines:
		r := &exchangeReply{}
		if err := json.Unmarshal([]byte(line), r); err != nil {
			return nil, fmt.Errorf("it says %.100q: %w", line, err)
		}
		if r.Error != "" {
			return nil, errors.New(r.Error)
		}
		return r, nil
	case <-n.exited:
		return nil, errors.New("it has ended")
	case <-time.After(time.Minute):
		return nil, errors.New("it does not answer")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func printExchange(to io.Writer, r *bench.Exchange, repeats int) error {
	fmt.Fprintf(to, "a step of %d spikes of each node, in us: the median of %d rounds of %d steps, and their range\n\n", r.SpikesPerStep, repeats, r.Steps)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "nodes\tbytes\tvolley, p50\tbare NATS, p50\tratio\tvolley, p99\tbare NATS, p99\tratio\tvolley, mean\tbare NATS, mean")
	for k := range r.Rows {
		row := &r.Rows[k]
		fmt.Fprintf(w, "%d\t%d\t%v\t%v\t%.2f\t%v\t%v\t%.2f\t%.3g\t%.3g\n", row.Nodes, row.Bytes, row.Volley.P50Us, row.Bare.P50Us, row.RatioP50, row.Volley.P99Us, row.Bare.P99Us, row.RatioP99, row.Volley.MeanUs.Median, row.Bare.MeanUs.Median)
	}
	return w.Flush()
}
