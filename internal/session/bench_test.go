package session

import (
	"context"
	"flag"
	"os"
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

// BenchmarkCheckpoint says what a checkpoint of the balanced network costs, with static
// synapses and with STDP: how long the run stands still for the copy, what packing and
// storing it take beside the run, and how large it is; and, to compare, how long 100 ms
// of biological time take.
func BenchmarkCheckpoint(b *testing.B) {
	for _, plasticity := range []string{"off", "stdp"} {
		b.Run(plasticity, func(b *testing.B) {
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
			e, err := engine.New(n, engine.Config{})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			run := func(ms float64) {
				for end := e.Now() + snn.Tick(ms/n.DtMs); e.Now() < end; {
					if _, err := e.Step(min(n.Boundary(e.Now(), nil), end), nil); err != nil {
						b.Fatal(err)
					}
				}
			}
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
