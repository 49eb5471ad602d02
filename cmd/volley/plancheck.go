package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"

	"github.com/volley-snn/volley/internal/bench"
)

// planCheck compares numbers of nodes: what is predicted of each, and with --check
// what is measured.
type planCheck struct {
	Model   string      `json:"model"`
	Pace    *bench.Pace `json:"pace"`
	Threads int         `json:"threads"`         // of a node
	Cores   int         `json:"cores,omitempty"` // that all share
	Checked bool        `json:"checked"`
	Rows    []checkRow  `json:"rows"`
}

// checkRow is a number of nodes. Memory is that of a node's synapses, bytes those
// that a node sends in a step; each is the mean of the nodes, and Worst the error
// of the node that is furthest from its forecast.
type checkRow struct {
	Nodes          int           `json:"nodes"`
	Memory         compared      `json:"synapse_bytes"`
	Bytes          compared      `json:"bytes_a_step"`
	RealTimeFactor compared      `json:"real_time_factor"`
	Spread         *bench.Spread `json:"measured_real_time_factors,omitempty"`
	ComputeUs      float64       `json:"compute_us"`
	ExchangeUs     float64       `json:"exchange_us"`
	RecordUs       float64       `json:"record_us"`
	PeakBytes      int64         `json:"peak_rss_bytes,omitempty"` // measured, of a node's process: the mean
}

// compared is a forecast beside what was measured. Errors are relative: 0.1 where a
// tenth too much was predicted.
type compared struct {
	Predicted float64  `json:"predicted"`
	Measured  float64  `json:"measured,omitempty"`
	Error     *float64 `json:"error,omitempty"`
	Worst     *float64 `json:"worst_error,omitempty"`
}

// with is the comparison with what nodes were measured to have.
func (c compared) with(predicted, measured []float64) compared {
	worst := 0.0
	for k, m := range measured {
		c.Measured += m / float64(len(measured))
		if off := predicted[k]/m - 1; math.Abs(off) > math.Abs(worst) {
			worst = off
		}
	}
	off := c.Predicted/c.Measured - 1
	c.Error, c.Worst = &off, &worst
	return c
}

// compare predicts each number of nodes, and with --check runs the model on them.
func (p *planning) compare(ctx context.Context) (*planCheck, error) {
	c := &planCheck{Model: p.n.Model.Name, Pace: p.pace, Threads: p.threads, Cores: p.cores, Checked: p.check}
	for _, count := range p.nodes {
		row, err := p.row(ctx, count)
		if err != nil {
			return nil, fmt.Errorf("%d nodes: %w", count, err)
		}
		c.Rows = append(c.Rows, *row)
	}
	return c, nil
}

func (p *planning) row(ctx context.Context, count int) (*checkRow, error) {
	var l *localCluster
	if p.together() {
		var err error
		if l, err = startCluster(ctx, count, p.threads); err != nil {
			return nil, err
		}
		defer l.end()
	}
	r, err := p.forecast(ctx, count, l)
	if err != nil {
		return nil, err
	}
	row := &checkRow{Nodes: count, ComputeUs: r.ComputeUs, ExchangeUs: r.ExchangeUs, RecordUs: r.RecordUs}
	var memory, bytes []float64
	for _, n := range r.Nodes {
		memory, bytes = append(memory, float64(n.SynapseBytes)), append(bytes, n.BytesOut)
	}
	row.Memory.Predicted, row.Bytes.Predicted, row.RealTimeFactor.Predicted = average(memory), average(bytes), r.RealTimeFactor
	if durationS := float64(p.n.End) * p.n.DtMs / 1000; durationS > 0 {
		row.RealTimeFactor.Predicted += r.StartS / durationS
	}
	if !p.check {
		return row, nil
	}
	return row, p.measure(ctx, l, row, memory, bytes)
}

// measure runs the model and fills in what came of it.
func (p *planning) measure(ctx context.Context, l *localCluster, row *checkRow, memory, bytes []float64) error {
	var factors []float64
	var last *localRun
	for k := range p.repeats {
		r, err := l.run(ctx, p.bundle)
		if err != nil {
			return err
		}
		last, factors = r, append(factors, float64(r.Summary.RealTimeFactor))
		fmt.Fprintf(os.Stderr, "%d nodes, run %d of %d: %.3g x real time, predicted %.3g\n", row.Nodes, k+1, p.repeats, factors[k], row.RealTimeFactor.Predicted)
	}
	has, sent := make([]float64, len(memory)), make([]float64, len(memory))
	place := map[string]int{}
	for k, n := range last.Nodes {
		place[n.Name] = k
		sent[k] = float64(n.GetLoad().GetBytesSent()) / float64(max(n.GetLoad().GetSteps(), 1))
	}
	for _, part := range last.Run.Plan.Partitions {
		has[place[part.Node]] += float64(part.Bytes)
	}
	spread := bench.SpreadOf(factors)
	row.Memory, row.Bytes = row.Memory.with(memory, has), row.Bytes.with(bytes, sent)
	row.RealTimeFactor = row.RealTimeFactor.with([]float64{row.RealTimeFactor.Predicted}, []float64{spread.Median})
	row.RealTimeFactor.Worst, row.Spread, row.PeakBytes = nil, &spread, last.Summary.PeakRSSBytes/int64(row.Nodes)
	return nil
}

func average(x []float64) (mean float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	return mean
}

func (c *planCheck) print(to io.Writer) error {
	fmt.Fprintf(to, "%s on nodes of %d threads", c.Model, c.Threads)
	if c.Cores > 0 {
		fmt.Fprintf(to, ", all on %d cores", c.Cores)
	}
	fmt.Fprint(to, "\n\n")
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	if !c.Checked {
		fmt.Fprintln(w, "nodes\tsynapses of a node\tbytes a node and step\tx real time\tcomputing, us a step\texchanging, us\trecorder, us")
		for _, r := range c.Rows {
			fmt.Fprintf(w, "%d\t%s\t%.0f\t%.3g\t%.1f\t%.1f\t%.1f\n", r.Nodes, size(int64(r.Memory.Predicted)), r.Bytes.Predicted, r.RealTimeFactor.Predicted, r.ComputeUs, r.ExchangeUs, r.RecordUs)
		}
		return w.Flush()
	}
	fmt.Fprintln(w, "\tsynapses of a node\t\t\tbytes a node and step\t\t\tx real time\t\t\t\tprocess")
	fmt.Fprintln(w, "nodes\tpredicted\tmeasured\terror (worst)\tpredicted\tmeasured\terror (worst)\tpredicted\tmeasured\t(range)\terror\tat most")
	for _, r := range c.Rows {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s (%s)\t%.0f\t%.0f\t%s (%s)\t%.3g\t%.3g\t(%.3g to %.3g)\t%s\t%s\n", r.Nodes,
			size(int64(r.Memory.Predicted)), size(int64(r.Memory.Measured)), percent(r.Memory.Error), percent(r.Memory.Worst),
			r.Bytes.Predicted, r.Bytes.Measured, percent(r.Bytes.Error), percent(r.Bytes.Worst),
			r.RealTimeFactor.Predicted, r.RealTimeFactor.Measured, r.Spread.Min, r.Spread.Max, percent(r.RealTimeFactor.Error), size(r.PeakBytes))
	}
	return w.Flush()
}

// percent words a relative error.
func percent(x *float64) string { return fmt.Sprintf("%+.1f %%", 100**x) }
