package kernel

import (
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
)

// threadNs is the processor time of this thread.
func threadNs() int64 {
	var u syscall.Rusage
	const thread = 1
	_ = syscall.Getrusage(thread, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// brunelWith is the example brunel with overrides.
func brunelWith(t testing.TB, set ...string) *Network {
	t.Helper()
	files := os.DirFS("../../examples")
	m, err := model.Load(files, "brunel.yaml", model.Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	n, err := Compile(m, files)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// BenchmarkBrunelLearns runs 100 ms of the balanced network on one thread: without
// plasticity, with additive STDP on its excitatory synapses, and with the same in
// float64, which the general block holds.
func BenchmarkBrunelLearns(b *testing.B) {
	for _, c := range []struct {
		name string
		set  []string
	}{
		{"static", nil}, {"additive", []string{"plasticity=stdp"}}, {"general", []string{"plasticity=stdp", "projections.E_E.precision=float64"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			n := brunelWith(b, append(c.set, "duration=1 min")...)
			p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
			if err != nil {
				b.Fatal(err)
			}
			var batches []*Batch
			run := func(ticks snn.Tick) {
				for end := p.Now() + ticks; p.Now() < end; {
					batches = []*Batch{p.Step(Input{To: min(n.Boundary(p.Now(), nil), end), Spikes: batches}).Spikes}
				}
			}
			run(1000)
			before := p.Sizes()["E_E"]
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			start := threadNs()
			for b.Loop() {
				run(1000)
			}
			seconds := float64(threadNs()-start) / 1e9 / float64(b.N) * 10
			after := p.Sizes()["E_E"]
			events := float64(after.Events-before.Events) / float64(b.N)
			b.ReportMetric(seconds, "cpu-s/bio-s")
			b.ReportMetric(events*10/1e6, "Mevents/bio-s")
			b.ReportMetric(float64(after.Bytes)/float64(after.Synapses), "B/synapse")
		})
	}
}
