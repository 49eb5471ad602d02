package session

import (
	"context"
	"flag"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

var scale = flag.String("scale", "1", "the size of the network whose checkpoints are measured")

type entries struct{ blob.Store }

func (s entries) List(ctx context.Context, prefix string) ([]checkpoint.Entry, error) {
	all, err := s.Store.List(ctx, prefix)
	var out []checkpoint.Entry
	for _, e := range all {
		out = append(out, checkpoint.Entry(e))
	}
	return out, err
}

// BenchmarkBeside says how much longer a run of the balanced network takes, with static
// synapses and with STDP, by what a checkpoint costs it, the copy and what is packed and
// stored beside it: steps without a checkpoint and steps with one follow each other, and
// are as many. percent is of a run that keeps one every 10 s. Figures are medians.
func BenchmarkBeside(b *testing.B) {
	for _, plasticity := range []string{"off", "stdp"} {
		b.Run(plasticity, func(b *testing.B) { beside(b, plasticity) })
	}
}

func beside(b *testing.B, plasticity string) {
	e, n := balanced(b, plasticity)
	store, err := blob.NewDirectory(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	w := checkpoint.Writer{Store: entries{store}}
	advance(b, e, n, 200)
	var saved engine.Saved
	if err := e.Save(&saved); err != nil {
		b.Fatal(err)
	}
	const ms = 500
	var without, differences []float64
	for b.Loop() {
		start := time.Now()
		advance(b, e, n, ms)
		plain := time.Since(start)
		start = time.Now()
		if err := e.Save(&saved); err != nil {
			b.Fatal(err)
		}
		done := make(chan error, 1)
		parts := saved.Partitions
		go func() {
			var packs []*checkpoint.Pack
			for _, p := range parts {
				packs = append(packs, checkpoint.NewPack(p))
			}
			done <- w.Write(context.Background(), &checkpoint.Manifest{}, packs)
		}()
		advance(b, e, n, ms)
		with := time.Since(start)
		if err := <-done; err != nil {
			b.Fatal(err)
		}
		without = append(without, float64(plain.Microseconds())/1000)
		differences = append(differences, float64((with-plain).Microseconds())/1000)
	}
	slices.Sort(without)
	slices.Sort(differences)
	b.ReportMetric(without[b.N/2], "ms-without")
	b.ReportMetric(differences[b.N/2], "ms-more")
	b.ReportMetric(differences[b.N/2]/10000*100, "percent")
}

// balanced builds the network that is measured.
func balanced(b *testing.B, plasticity string) (*engine.Engine, *kernel.Network) {
	files := os.DirFS("../../examples")
	set := []string{"scale=" + *scale, "duration=10 min"}
	if plasticity != "off" {
		set = append(set, "plasticity="+plasticity)
	}
	m, err := model.Load(files, "brunel.yaml", model.Options{Set: set})
	if err != nil {
		b.Fatal(err)
	}
	n, err := kernel.Compile(m, files)
	if err != nil {
		b.Fatal(err)
	}
	e, err := engine.New(n, engine.Config{Threads: runtime.NumCPU()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	return e, n
}

// advance steps for so much biological time.
func advance(b *testing.B, e *engine.Engine, n *kernel.Network, ms float64) {
	for end := e.Now() + snn.Tick(ms/n.DtMs); e.Now() < end; {
		if _, err := e.Step(min(n.Boundary(e.Now(), nil), end), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheckpoint says what a checkpoint of the balanced network costs, with static
// synapses and with STDP: how long the run stands still for the copy, what packing and
// storing it take beside the run, and how large it is; and, to compare, how long 100 ms
// of biological time take.
func BenchmarkCheckpoint(b *testing.B) {
	for _, plasticity := range []string{"off", "stdp"} {
		b.Run(plasticity, func(b *testing.B) {
			e, n := balanced(b, plasticity)
			run := func(ms float64) { advance(b, e, n, ms) }
			store, err := blob.NewDirectory(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			w := checkpoint.Writer{Store: entries{store}}
			run(200)
			var saved engine.Saved
			if err := e.Save(&saved); err != nil { // the first makes the room
				b.Fatal(err)
			}
			var copying, packing, storing, simulating time.Duration
			var bytes int64
			for b.Loop() {
				start := time.Now()
				run(100)
				simulating += time.Since(start)
				start = time.Now()
				if err := e.Save(&saved); err != nil {
					b.Fatal(err)
				}
				copying += time.Since(start)
				start = time.Now()
				var packs []*checkpoint.Pack
				for _, p := range saved.Partitions {
					packs = append(packs, checkpoint.NewPack(p))
				}
				packing += time.Since(start)
				start = time.Now()
				m := &checkpoint.Manifest{}
				if err := w.Write(context.Background(), m, packs); err != nil {
					b.Fatal(err)
				}
				storing += time.Since(start)
				bytes = 0
				for _, p := range m.Parts {
					bytes += p.Size
				}
			}
			each := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
			b.ReportMetric(each(simulating), "ms/100ms")
			b.ReportMetric(each(copying), "copy-ms")
			b.ReportMetric(each(packing), "pack-ms")
			b.ReportMetric(each(storing), "store-ms")
			b.ReportMetric(float64(bytes)/1e6, "MB")
			synapses := int64(0)
			for _, p := range e.Partitions {
				for _, h := range p.Sizes() {
					synapses += h.Synapses
				}
			}
			b.ReportMetric(float64(synapses), "synapses")
		})
	}
}
