package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/model"
)

func benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure what this machine does: inner loops, a model, how it scales, what it survives", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(benchKernelCommand(), benchModelCommand(), benchScaleCommand(), benchTargetsCommand(), benchLockstepCommand(), benchExchangeCommand(), exchangeNodeCommand(), benchFaultsCommand(), benchServerCommand())
	return c
}

// kernelReport is what `volley bench kernel --json` prints.
type kernelReport struct {
	Machine    bench.Machine    `json:"machine"`
	Repeats    int              `json:"repeats"`
	Deliveries []bench.Delivery `json:"deliveries"`
	Updates    []bench.Update   `json:"updates"`
	Drives     []bench.Drive    `json:"drives"`
}

func benchKernelCommand() *cobra.Command {
	var repeats int
	var large, asJSON bool
	c := &cobra.Command{
		Use: "kernel", Short: "Measure the inner loops: delivery by layout, neuron updates, Poisson drive; on one core", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := checkRepeats(repeats); err != nil {
				return err
			}
			r, err := measureKernel(repeats, large)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(os.Stdout, r)
			}
			return r.print(os.Stdout)
		},
	}
	c.Flags().IntVar(&repeats, "repeats", 5, "measurements of each, of which the median and the range are shown")
	c.Flags().BoolVar(&large, "large", false, "delivery in a network of 100,000 neurons too: 1 GB of memory, a minute more")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func checkRepeats(n int) error {
	if n < 1 {
		return usageError{fmt.Errorf("--repeats must be at least 1, is %d", n)}
	}
	return nil
}

func measureKernel(repeats int, large bool) (*kernelReport, error) {
	tell := func(format string, args ...any) { fmt.Fprintf(os.Stderr, "measuring "+format+"\n", args...) }
	tell("the memory")
	r := &kernelReport{Machine: bench.ThisMachine(repeats), Repeats: repeats, Updates: bench.Updates(), Drives: bench.Drives()}
	r.Deliveries = bench.Deliveries(false)
	if large {
		r.Deliveries = append(r.Deliveries, bench.Deliveries(true)...)
	}
	for i := range r.Deliveries {
		d := &r.Deliveries[i]
		tell("delivery: %s, %d x %d", d.Name(), d.Neurons, d.InDegree)
		if err := d.Measure(repeats); err != nil {
			return nil, err
		}
	}
	for i := range r.Updates {
		tell("the update of %s in %s", r.Updates[i].Model, r.Updates[i].Precision)
		r.Updates[i].Measure(repeats)
	}
	tell("the Poisson drive")
	for i := range r.Drives {
		r.Drives[i].Measure(repeats)
	}
	return r, nil
}

func (r *kernelReport) print(to io.Writer) error {
	printMachine(to, r.Machine)
	fmt.Fprintf(to, "processor time on one core: the median of %d measurements, and their range\n\n", r.Repeats)
	w := tabwriter.NewWriter(to, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "delivery\tneurons x in-degree\tns an event\tbytes a synapse\tbuilt, ns a synapse")
	for _, d := range r.Deliveries {
		fmt.Fprintf(w, "%s\t%d x %d\t%v\t%.2f\t%.2f\n", d.Name(), d.Neurons, d.InDegree, d.NsPerEvent, d.BytesPerSynapse, d.BuildNsPerSynapse)
	}
	fmt.Fprintln(w, "\nneuron update\tprecision\tns a neuron and step\tat, Hz")
	for _, u := range r.Updates {
		fmt.Fprintf(w, "%s\t%s\t%v\t%.0f\n", u.Model, u.Precision, u.NsPerNeuron, u.RateHz)
	}
	fmt.Fprintln(w, "\nPoisson drive\trates\tns a target and step")
	for _, d := range r.Drives {
		rates := "differ"
		if d.OneRate {
			rates = "one for all"
		}
		fmt.Fprintf(w, "%g Hz\t%s\t%v\n", d.RateHz, rates, d.NsPerTarget)
	}
	return w.Flush()
}

func printMachine(to io.Writer, m bench.Machine) {
	vector := "no vector code"
	if m.Vector {
		vector = "with vector code"
	}
	fmt.Fprintf(to, "%s, %d cores, %s/%s, %s, %s; %s\n", m.CPU, m.Cores, m.OS, m.Arch, m.Go, vector, bench.Now())
	fmt.Fprintf(to, "memory, one core: %v GB/s in sequence, %v GB/s in rows of 2 KB anywhere, latency %v ns\n", m.SequentialGBps, m.RowsGBps, m.LatencyNs)
}

func writeJSON(to io.Writer, v any) error {
	e := json.NewEncoder(to)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// modelReport is what `volley bench model --json` prints.
type modelReport struct {
	Machine bench.Machine `json:"machine"`
	Repeats int           `json:"repeats"`
	*bench.Model
}

func benchModelCommand() *cobra.Command {
	var f runFlags
	var repeats int
	c := &cobra.Command{
		Use: "model MODEL", Short: "Build and simulate a model several times, without recording", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkRepeats(repeats); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			if f.duration != "" {
				f.set = append(f.set, "duration="+f.duration)
			}
			m, files, err := resolve(args[0], f.data, model.Options{Set: f.set})
			if err != nil {
				return err
			}
			n, err := compile(m, files, 0, f.partitions)
			if err != nil {
				return err
			}
			r := modelReport{Repeats: repeats}
			fmt.Fprintln(os.Stderr, "measuring the memory")
			r.Machine = bench.ThisMachine(repeats)
			r.Model, err = bench.MeasureModel(c.Context(), n, engine.Config{Partitions: f.partitions, Threads: f.threads}, repeats,
				func(done int) { fmt.Fprintf(os.Stderr, "run %d of %d is done\n", done, repeats) })
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
	fl.StringVar(&f.duration, "duration", "", "biological time, such as 2s")
	fl.IntVar(&f.partitions, "partitions", 0, "cut the network into N parts (default: one a thread)")
	fl.IntVar(&f.threads, "threads", 0, "cores to use (default: all)")
	fl.StringVar(&f.data, "data", "", "directory of data files that are not beside the model")
	fl.BoolVar(&f.json, "json", false, "print JSON")
	fl.IntVar(&repeats, "repeats", 5, "runs, of which the median and the range are shown")
	return c
}

func (r modelReport) print(to io.Writer) error {
	printMachine(to, r.Machine)
	m := r.Model
	fmt.Fprintf(to, "%s: %d neurons, %d synapses, %g ms, %d spikes, %d synaptic events; %d threads, %d partitions\n", m.Model, m.Neurons, m.Synapses, m.DurationMs, m.Spikes, m.Events, m.Threads, m.Partitions)
	fmt.Fprintf(to, "the median of %d runs, and their range; every run gave the spike hash %s\n\n", r.Repeats, m.SpikeHash)
	w := tabwriter.NewWriter(to, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "\twall time, s\tprocessor time, s\n")
	fmt.Fprintf(w, "build\t%v\t%v\n", m.BuildWallS, m.BuildCPUS)
	fmt.Fprintf(w, "simulate\t%v\t%v\n\n", m.SimulateWallS, m.SimulateCPUS)
	fmt.Fprintf(w, "real-time factor\t%v\n", m.RealTimeFactor)
	fmt.Fprintf(w, "processor time an event\t%.3g ns\n", m.CPUNsPerEvent)
	fmt.Fprintf(w, "events a second\t%.3g\n", m.EventsPerS)
	fmt.Fprintf(w, "events a second and core\t%.3g\n", m.EventsPerCoreS)
	fmt.Fprintf(w, "memory of a synapse\t%.3g bytes\n", m.BytesPerSynapse)
	fmt.Fprintf(w, "building a synapse\t%.3g ns\n", m.BuildNsPerSynapse)
	return w.Flush()
}
