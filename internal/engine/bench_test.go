package engine

import (
	"context"
	"io/fs"
	"os"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// BenchmarkExample runs each example for a while on one thread.
func BenchmarkExample(b *testing.B) {
	size := map[string][]string{
		"brunel.yaml":       {"duration=200 ms"},
		"ssdp-volleys.yaml": {"duration=20 s"},
		"digits.yaml":       {"train=1000", "label=1", "test=1"},
		"microcircuit.yaml": {"duration=500 ms", "discard=0 ms"},
	}
	names, err := fs.Glob(examples.Files, "*.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		b.Run(name, func(b *testing.B) {
			m, err := model.Load(examples.Files, name, model.Options{Set: size[name]})
			if err != nil {
				b.Fatal(err)
			}
			n, err := kernel.Compile(m, files{os.DirFS(sharedData)})
			if err != nil {
				b.Skip(err)
			}
			for b.Loop() {
				b.StopTimer()
				e, err := New(n, Config{Partitions: 1, Threads: 1})
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := e.Run(context.Background()); err != nil {
					b.Fatal(err)
				}
				e.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/(float64(n.End)*n.DtMs), "us/ms")
		})
	}
}
