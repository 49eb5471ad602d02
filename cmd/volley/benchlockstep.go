package main

import (
	"fmt"
	"os"
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
	var nodes []int
	var neurons, neighbours, dense, steps int
	var rate, drop float64
	var asJSON bool
	c := &cobra.Command{
		Use: "lockstep", Short: "Run the protocol of many pretended nodes in this process: messages and bytes a node", Args: cobra.NoArgs,
		Long: `The real plan, protocol and envelopes of nodes that are not there, with spikes drawn at a rate in
place of neurons. The network grows with the nodes: a ring, in which a node's neurons
reach those of its neighbours, and a dense one, in which all reach all.`,
		RunE: func(*cobra.Command, []string) error {
			for _, n := range append([]int{neurons, steps}, nodes...) {
				if n < 1 {
					return usageError{fmt.Errorf("--nodes, --neurons and --steps: expected at least 1, found %d", n)}
				}
			}
			if neighbours < 0 || !(rate >= 0) || !(drop >= 0 && drop < 0.9) {
				return usageError{fmt.Errorf("--neighbours and --rate: expected at least 0; --drop: from 0 to below 0.9")}
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
	fl.BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func pretend(n *partition.Network, count, steps int, faults simulated.Faults) (*pretended.Report, error) {
	var places []partition.Node
	for k := range count {
		places = append(places, partition.Node{Name: fmt.Sprint(k), Threads: 1})
	}
	p, err := partition.Make(n, places, partition.Options{})
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
