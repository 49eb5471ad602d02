package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/volley-snn/volley/actors/pretended"
	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
)

// planReport is what `volley plan --json` prints. Figures of traffic are of a step.
type planReport struct {
	Model    string      `json:"model"`
	Neurons  int64       `json:"neurons"`
	Synapses int64       `json:"synapses"`
	Bytes    int64       `json:"bytes"`
	Pace     *bench.Pace `json:"pace"`
	Measured bool        `json:"measured_here"`

	LatencyUs     float64 `json:"latency_us"`
	MessageUs     float64 `json:"message_us"` // of processor time, to send or take one
	BandwidthMBps float64 `json:"bandwidth_mb_per_s"`

	StepMs         float64       `json:"step_ms"` // biological
	ComputeUs      float64       `json:"compute_us"`
	ExchangeUs     float64       `json:"exchange_us"`
	RealTimeFactor float64       `json:"real_time_factor"`
	AloneFactor    float64       `json:"real_time_factor_of_one_node"`
	Nodes          []plannedNode `json:"nodes"`
	Sums           []plannedSum  `json:"sums,omitempty"`

	RecordUs float64 `json:"record_us"`         // of the recorder, a step
	StartS   float64 `json:"start_s,omitempty"` // that a run takes for its first step, where measured

	DryRun *pretended.Report `json:"dry_run,omitempty"`
}

// plannedNode is a node of a plan.
type plannedNode struct {
	Name         string  `json:"name"`
	First        uint32  `json:"first_gid"`
	End          uint32  `json:"end_gid"`
	Partitions   int     `json:"partitions"`
	Bytes        int64   `json:"bytes"`
	SynapseBytes int64   `json:"synapse_bytes"` // of these
	CostShare    float64 `json:"cost_share"`
	Sources      int     `json:"sources"`
	Audiences    int     `json:"audiences"`
	ComputeUs    float64 `json:"compute_us"`
	Messages     float64 `json:"messages"`
	Received     float64 `json:"received"`
	BytesOut     float64 `json:"bytes_out"`
	BytesIn      float64 `json:"bytes_in"`
}

// plannedSum is where the windows that a projection learns from are summed.
type plannedSum struct {
	Projection string `json:"projection"`
	Node       string `json:"node,omitempty"` // empty: each sums for itself, since a window is too short
	Depth      int    `json:"depth"`
}

func newPlanReport(n *kernel.Network, network *partition.Network, p *partition.Plan, speed partition.Speed, steps partition.Pace, pace *bench.Pace) *planReport {
	f := p.Forecast(network, speed, steps)
	e := n.Estimate(len(p.Parts))
	r := &planReport{
		Model: n.Model.Name, Neurons: e.Neurons, Synapses: e.Synapses, Bytes: e.Bytes, Pace: pace,
		StepMs: steps.Ticks * steps.DtMs, ComputeUs: f.ComputeNs / 1000, ExchangeUs: f.ExchangeNs / 1000, RecordUs: f.RecordNs / 1000, RealTimeFactor: f.RealTimeFactor,
	}
	speed.TogetherNs = 0
	if alone, err := partition.Make(network, []partition.Node{{Threads: p.Shares[0].Node.Threads}}, partition.Options{}); err == nil {
		r.AloneFactor = alone.Forecast(network, speed, steps).RealTimeFactor
	}
	cost, neuron := 0.0, float64(e.NeuronBytes)/float64(max(n.Size(), 1))
	for _, s := range p.Shares {
		cost += s.Cost
	}
	for k, s := range p.Shares {
		l := &f.Loads[k]
		r.Nodes = append(r.Nodes, plannedNode{
			Name: s.Node.Name, First: uint32(s.Range.First), End: uint32(s.Range.End), Partitions: s.Parts, Bytes: int64(s.Bytes), SynapseBytes: int64(s.Bytes - neuron*float64(s.Range.Len())), CostShare: s.Cost / cost,
			Sources: len(s.Sources), Audiences: len(s.Audiences), ComputeUs: l.ComputeNs / 1000, Messages: l.Messages, Received: l.Received, BytesOut: l.BytesOut, BytesIn: l.BytesIn,
		})
	}
	for _, t := range p.Sums {
		sum := plannedSum{Projection: t.Name, Depth: t.Depth()}
		if !t.Direct && len(t.Members) > 0 {
			sum.Node = p.Shares[t.Members[0]].Node.Name
		}
		r.Sums = append(r.Sums, sum)
	}
	return r
}

// mostRows is how many nodes are shown.
const mostRows = 16

func (r *planReport) print(to io.Writer) error {
	fmt.Fprintf(to, "%s: %d neurons, %.4g synapses, about %s\n", r.Model, r.Neurons, float64(r.Synapses), size(r.Bytes))
	from := "taken from --costs"
	if r.Measured {
		from = fmt.Sprintf("measured here over %.4g ms with threads: %d", r.Pace.MeasuredMs, r.Pace.Threads)
	}
	fmt.Fprintf(to, "what computing costs is %s; a message takes %.1f us to arrive, and %.1f us of a processor at either end\n\n", from, r.LatencyUs, r.MessageUs)
	w := tabwriter.NewWriter(to, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "node\tGIDs\tpartitions\tmemory\tcost\thears nodes\tcomputes a step, us\tmessages out, in\tbytes out, in")
	for _, n := range r.Nodes[:min(len(r.Nodes), mostRows)] {
		fmt.Fprintf(w, "%s\t%d-%d\t%d\t%s\t%.1f %%\t%d\t%.1f\t%.0f, %.0f\t%.0f, %.0f\n", n.Name, n.First, n.End-1, n.Partitions, size(n.Bytes), 100*n.CostShare, n.Sources, n.ComputeUs, n.Messages, n.Received, n.BytesOut, n.BytesIn)
	}
	if more := len(r.Nodes) - mostRows; more > 0 {
		fmt.Fprintf(w, "and %d more\n", more)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range r.Sums {
		where := "each node sums for itself: a window is too short for a detour"
		if s.Node != "" {
			where = fmt.Sprintf("summed on %s, %d steps there and back", s.Node, 2*s.Depth)
		}
		fmt.Fprintf(to, "windows of %s: %s\n", s.Projection, where)
	}
	fmt.Fprintf(to, "\na step of %.4g ms takes %.1f us: %.1f computing, %.1f exchanging; the recorder works %.1f us meanwhile\n", r.StepMs, r.ComputeUs+r.ExchangeUs, r.ComputeUs, r.ExchangeUs, r.RecordUs)
	fmt.Fprintf(to, "%.3g x real time (wall over biological time); one such node alone %.3g, a speed-up of %.2f on %d nodes\n", r.RealTimeFactor, r.AloneFactor, r.AloneFactor/r.RealTimeFactor, len(r.Nodes))
	if d := r.DryRun; d != nil {
		fmt.Fprintf(to, "\ndry run of %d steps of %d nodes, a node and step (mean, most):\n", d.Steps, d.Nodes)
		printTraffic(to, d)
	}
	return nil
}

func printTraffic(to io.Writer, d *pretended.Report) {
	for _, row := range []struct {
		name string
		m    pretended.Mean
	}{{"messages published", d.Published}, {"messages taken", d.Delivered}, {"bytes published", d.BytesOut}, {"bytes taken", d.BytesIn}, {"asks, acknowledgements, probes taken", d.Words}} {
		fmt.Fprintf(to, "  %-38s %10.1f %10.1f\n", row.name, row.m.Mean, row.m.Most)
	}
	fmt.Fprintf(to, "  %-38s %10.2f us\n", "orchestration, processor time", d.OrchestrationNs/1000)
}
