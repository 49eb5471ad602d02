package main

import (
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors/pretended"
	"github.com/volley-snn/volley/cluster/lockstep/simulated"
	"github.com/volley-snn/volley/partition"
)

// weakScaling is a row of `volley bench lockstep`.
type weakScaling struct {
	Network string `json:"network"`
	*pretended.Report
}

func benchLockstepCommand() *cobra.Command {
	var nodes, fanIns []int
	var neurons, neighbours, dense, steps, window int
	var rate, drop float64
	var asJSON bool
	c := &cobra.Command{
		Use: "lockstep", Short: "Run the protocol of many pretended nodes in this process: messages and bytes a node", Args: cobra.NoArgs,
		Long: `The real plan, protocol and envelopes of nodes that are not there, with spikes drawn at a rate in
place of neurons. The network grows with the nodes: a ring, in which a node's neurons
reach those of its neighbours, and a dense one, in which all reach all. With --fan-in a
population over all nodes whose windows are summed, and no spikes: what the trees of sums
take of the node that takes most, for each fan-in; 0 is the one that a plan chooses.`,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, n := range append([]int{neurons, steps}, nodes...) {
				if n < 1 {
					return usageError{fmt.Errorf("--nodes, --neurons and --steps: expected at least 1, found %d", n)}
				}
			}
			if neighbours < 0 || !(rate >= 0) || !(drop >= 0 && drop < 0.9) {
				return usageError{fmt.Errorf("--neighbours and --rate: expected at least 0; --drop: from 0 to below 0.9")}
			}
			if len(fanIns) > 0 {
				rows, err := measureSums(nodes, fanIns, neurons, steps, window, rate)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(os.Stdout, rows)
				}
				cost, err := measureBus(c.Context())
				if err != nil {
					return err
				}
				return printSums(rows, window, cost)
			}
			var rows []weakScaling
			measure := func(name string, count int, n *partition.Network) error {
				r, err := pretend(n, count, steps, simulated.Faults{Drop: drop, LongNs: 1e6})
				if err == nil {
					rows = append(rows, weakScaling{name, r})
				}
				return err
			}
			for _, count := range nodes {
				if err := measure("ring", count, pretended.Ring(count, neurons, neighbours, rate)); err != nil {
					return err
				}
			}
			for _, count := range nodes {
				if count > dense {
					continue
				}
				if err := measure("dense", count, pretended.Dense(count, neurons, rate)); err != nil {
					return err
				}
			}
			if asJSON {
				return writeJSON(os.Stdout, rows)
			}
			return printWeakScaling(rows)
		},
	}
	fl := c.Flags()
	fl.IntSliceVar(&nodes, "nodes", []int{1, 10, 100, 1000}, "numbers of nodes")
	fl.IntVar(&neurons, "neurons", 1000, "neurons of a node")
	fl.IntVar(&neighbours, "neighbours", 2, "of a node of the ring, on either side")
	fl.IntVar(&dense, "dense", 200, "most nodes of the dense network, whose messages grow with their square")
	fl.Float64Var(&rate, "rate", 8, "spikes a second and neuron")
	fl.Float64Var(&drop, "drop", 0, "share of messages that are lost")
	fl.IntVar(&steps, "steps", 50, "steps of 1.5 ms to run")
	fl.IntSliceVar(&fanIns, "fan-in", nil, "measure sums of windows instead: how many nodes a node sums up for")
	fl.IntVar(&window, "window", 13, "steps of a window, with --fan-in")
	fl.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// shareCounts is how many numbers a node says of a window: those of a 20 ms window
// that SSDP learns from, in ticks of 0.1 ms.
const shareCounts = 200

// measureSums lets nodes sum windows, by fan-in.
func measureSums(nodes, fanIns []int, neurons, steps, window int, rate float64) (rows []weakScaling, err error) {
	if window < 1 || slices.Min(fanIns) < 0 {
		return nil, usageError{fmt.Errorf("--window: expected at least 1; --fan-in: at least 0")}
	}
	for _, count := range nodes {
		for _, fanIn := range fanIns {
			if fanIn >= 2*count {
				continue
			}
			n := pretended.Summed(count, neurons, window, rate)
			p, err := partition.Make(n, pretendedNodes(count), partition.Options{FanIn: fanIn})
			if err != nil {
				return nil, err
			}
			r, err := pretended.Run(pretended.Config{Network: n, Plan: p, DtMs: 0.1, Ticks: 15, Lag: 1, Steps: steps, Seed: 1, Window: window, Counts: shareCounts})
			if err != nil {
				return nil, err
			}
			name := "sums"
			if fanIn == 0 {
				name = "sums, as planned"
			}
			rows = append(rows, weakScaling{name, r})
		}
	}
	return rows, nil
}

func printSums(rows []weakScaling, window int, cost busCost) error {
	fmt.Printf("windows of %d steps; of the node that takes most, a step; a message takes %.1f us of a processor, measured over NATS here\n", window, cost.Message.Seconds()*1e6)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "nodes\tfan-in\tlevels\tsum known after, steps\tmessages taken\tbytes taken\ttaking them, us")
	for _, r := range rows {
		fanIn := fmt.Sprint(r.Sums.FanIn)
		if r.Sums.Direct {
			fanIn = "each for itself"
		}
		if r.Network != "sums" {
			fanIn += " (planned)"
		}
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%.1f\t%.0f\t%.2f\n", r.Nodes, fanIn, r.Sums.Depth, r.Sums.LateSteps, r.Delivered.Most, r.BytesIn.Most, r.Delivered.Most*cost.Message.Seconds()*1e6)
	}
	return w.Flush()
}

// pretendedNodes are nodes of a thread each.
func pretendedNodes(count int) (places []partition.Node) {
	for k := range count {
		places = append(places, partition.Node{Name: fmt.Sprint(k), Threads: 1})
	}
	return places
}

func pretend(n *partition.Network, count, steps int, faults simulated.Faults) (*pretended.Report, error) {
	p, err := partition.Make(n, pretendedNodes(count), partition.Options{})
	if err != nil {
		return nil, err
	}
	return pretended.Run(pretended.Config{Network: n, Plan: p, DtMs: 0.1, Ticks: 15, Lag: 1, Steps: steps, Seed: 1, Faults: faults})
}

func printWeakScaling(rows []weakScaling) error {
	fmt.Println("a node and step: mean, and in brackets the node that has most")
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "network\tnodes\tpublished\ttaken\tbytes published\tbytes taken\tasks and acknowledgements\torchestration, us")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%.2f\n", r.Network, r.Nodes, mean(r.Published), mean(r.Delivered), mean(r.BytesOut), mean(r.BytesIn), mean(r.Words), r.OrchestrationNs/1000)
	}
	return w.Flush()
}

func mean(m pretended.Mean) string { return fmt.Sprintf("%.1f (%.1f)", m.Mean, m.Most) }
