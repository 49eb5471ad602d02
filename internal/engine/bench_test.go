package engine

import (
	"context"
	"fmt"
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
		b.Run(name, func(b *testing.B) { bench(b, name, size[name]) })
	}
}

// BenchmarkWeights runs the balanced network with a weight of its own for each
// synapse, static and under plasticity between its excitatory neurons.
func BenchmarkWeights(b *testing.B) {
	for _, c := range []struct {
		name string
		set  []string
	}{
		{"static", nil},
		{"static, 16 bits", []string{"projections.E_E.weight_bits=16", "projections.E_I.weight_bits=16", "projections.I_E.weight_bits=16", "projections.I_I.weight_bits=16"}},
		{"stdp", []string{"plasticity=stdp"}},
		{"ssdp", []string{"plasticity=ssdp"}},
		{"ssdp, 16 bits", []string{"plasticity=ssdp", "projections.E_E.weight_bits=16"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			bench(b, "brunel.yaml", append(c.set, "weight_std=0.1", "constant=1", "duration=600 ms"))
		})
	}
}

func bench(b *testing.B, name string, set []string) {
	m, err := model.Load(examples.Files, name, model.Options{Set: set})
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
}

// BenchmarkThreads runs steps of 15 ticks (brunel) and of one (microcircuit) on one
// thread and on two, alone and beside as many busy threads as there are processors:
// there, two threads must not take more than a tenth longer than one.
func BenchmarkThreads(b *testing.B) {
	for _, c := range []struct {
		name string
		set  []string
	}{
		{"brunel.yaml", []string{"constant=1", "duration=200 ms", "discard=0 ms"}},
		{"microcircuit.yaml", []string{"scale=0.3", "duration=200 ms", "discard=0 ms"}},
	} {
		m, err := model.Load(examples.Files, c.name, model.Options{Set: c.set})
		if err != nil {
			b.Fatal(err)
		}
		n, err := kernel.Compile(m, examples.Files)
		if err != nil {
			b.Fatal(err)
		}
		for _, busy := range []int{0, 2} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/busy=%d/threads=%d", c.name, busy, threads), func(b *testing.B) {
					for b.Loop() {
						b.StopTimer()
						e, err := New(n, Config{Threads: threads})
						if err != nil {
							b.Fatal(err)
						}
						stop := keepBusy(busy)
						b.StartTimer()
						if err := e.Run(context.Background()); err != nil {
							b.Fatal(err)
						}
						b.StopTimer()
						stop()
						e.Close()
						b.StartTimer()
					}
					b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/(float64(n.End)*n.DtMs), "real-time-factor")
				})
			}
		}
	}
}
