package twin_test

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/plasticity"
	"github.com/volley-snn/volley/snn/protocol"
	"github.com/volley-snn/volley/snn/twin"
)

var count = flag.Int("networks", 200, "how many random networks are compared")

// The kernel and the twin agree on random small networks of everything that there
// is: on every spike, and on plastic weights to 1e-9.
func TestKernelAgreesWithTwin(t *testing.T) {
	networks := *count
	seen := coverage{}
	quiet, busy := 0, 0
	for seed := range networks {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			m, files := randomModel(seed)
			if err := m.Validate(); err != nil {
				t.Fatal(err)
			}
			n, err := kernel.Compile(m, files)
			if err != nil {
				t.Fatal(err)
			}
			want := twin.New(m, files)
			spikes := want.Run()
			perTick := float64(len(spikes)) / float64(n.Size()) / (float64(n.End) + 1)
			switch {
			case len(spikes) < 100:
				quiet++
			case perTick > 0.3:
				busy++
			}
			for _, parts := range []int{1, 3} {
				compare(t, n, run(t, n, parts), spikes, want)
			}
			if t.Failed() {
				t.Logf("again: go test ./snn/twin -run 'TestKernelAgreesWithTwin/seed=%d$'", seed)
			}
			seen.add(m, n, spikes, want, files)
		})
	}
	if t.Failed() {
		return
	}
	if quiet+busy > networks/10 {
		t.Errorf("%d of %d networks have fewer than 100 spikes, and %d fire all the time: little is compared", quiet, networks, busy)
	}
	if networks == 200 {
		seen.check(t)
	}
}

// outcome is what the kernel makes of a network.
type outcome struct {
	parts   int
	spikes  []twin.Spike
	weights map[string][]float64
}

// run lets the kernel simulate a network cut into parts.
func run(t *testing.T, n *kernel.Network, parts int) outcome {
	t.Helper()
	var ps []*kernel.Partition
	for k := range parts {
		p, err := kernel.Build(n, snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)})
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	out := outcome{parts: parts, weights: map[string][]float64{}}
	var batches []*kernel.Batch
	var sums []kernel.Aggregate
	now := snn.Tick(0)
	step := func(to snn.Tick, starts *kernel.Trial) {
		var next []*kernel.Batch
		var shares []kernel.Share
		for _, p := range ps {
			o := p.Step(kernel.Input{To: to, Spikes: batches, Aggregates: sums, Trial: starts})
			next, shares = append(next, o.Spikes), append(shares, o.Shares...)
		}
		for k := range int(to - now) {
			for _, b := range next {
				for _, g := range b.At(k) {
					out.spikes = append(out.spikes, twin.Spike{Tick: now + 1 + snn.Tick(k), GID: g})
				}
			}
		}
		batches, sums, now = next, kernel.Sum(shares), to
	}
	if n.Protocol == nil {
		for now < n.End {
			step(n.Boundary(now, nil), nil)
		}
	} else {
		c := protocol.NewConductor(n.Protocol)
		for trial, more := c.Next(); more; trial, more = c.Next() {
			before := len(out.spikes)
			for starts := &trial; now < trial.End; starts = nil {
				step(n.Boundary(now, &trial), starts)
			}
			watched := int64(0)
			for _, s := range out.spikes[before:] {
				if n.Watched.Range.Contains(s.GID) {
					watched++
				}
			}
			c.End(watched)
		}
	}
	step(now, nil)
	for _, p := range n.Projections {
		if p.Plastic() {
			for _, part := range ps {
				part.Weights(p, func(_ int, _ []uint32, w []float64) { out.weights[p.Name] = append(out.weights[p.Name], w...) })
			}
		}
	}
	return out
}

// compare finds the first spike that differs, and the worst weight of each projection.
func compare(t *testing.T, n *kernel.Network, got outcome, spikes []twin.Spike, want *twin.Network) {
	t.Helper()
	if !slices.Equal(got.spikes, spikes) {
		k := 0
		for k < min(len(spikes), len(got.spikes)) && got.spikes[k] == spikes[k] {
			k++
		}
		at := func(all []twin.Spike) string {
			if k == len(all) {
				return "no more"
			}
			for _, p := range n.Populations {
				if p.Range.Contains(all[k].GID) {
					return fmt.Sprintf("neuron %d of %s (%s) at tick %d", all[k].GID-p.Range.First, p.Name, p.Model, all[k].Tick)
				}
			}
			return ""
		}
		t.Errorf("%d partitions: spike %d is of %s, expected %s (%d spikes, expected %d)", got.parts, k, at(got.spikes), at(spikes), len(got.spikes), len(spikes))
	}
	for _, p := range n.Projections {
		if !p.Plastic() {
			continue
		}
		w := got.weights[p.Name]
		synapses := want.Synapses(p.Name)
		if len(w) != len(synapses) {
			t.Errorf("%d partitions: %s has %d synapses, expected %d", got.parts, p.Name, len(w), len(synapses))
			continue
		}
		low, high, _ := p.WeightSpan()
		tolerance := 1e-9
		if p.Model.Precision != "float64" {
			tolerance = 3e-5
		}
		for k, s := range synapses {
			if off := math.Abs(w[k] - s.Weight); !(off <= tolerance*max(math.Abs(low), math.Abs(high))) {
				t.Errorf("%d partitions: weight %d of %s (%s, %d to %d) is %v, expected %v", got.parts, k, p.Name, p.Model.Synapse, s.Source, s.Target, w[k], s.Weight)
				break
			}
		}
	}
}

// coverage counts the networks in which each kind was at work.
type coverage map[string]int

func (c coverage) add(m *model.Model, n *kernel.Network, spikes []twin.Spike, want *twin.Network, files fstest.MapFS) {
	fired := map[string]int{}
	for _, s := range spikes {
		for _, p := range n.Populations {
			if p.Range.Contains(s.GID) {
				fired[p.Name]++
			}
		}
	}
	here := map[string]bool{}
	for i := range m.Populations {
		p := &m.Populations[i]
		if fired[p.Name] < p.Size {
			continue
		}
		here["neuron "+p.Model] = true
		if p.Precision == "float32" {
			here["float32 "+p.Model] = true
		}
		if a := p.AdaptiveThreshold; a != nil {
			here[fmt.Sprintf("threshold, each spike: %v, protocol: %v", a.Increment > 0, m.Protocol != nil)] = true
		}
	}
	for i := range m.Inputs {
		if in := &m.Inputs[i]; fired[in.Name] >= 10 {
			here["input "+in.Model+" "+in.Encoding] = true
		}
	}
	for i := range m.Stimuli {
		here["stimulus "+m.Stimuli[i].Model] = true
	}
	fresh := twin.New(m, files)
	for i := range m.Projections {
		p := &m.Projections[i]
		if fired[p.Source] < 10 || len(want.Synapses(p.Name)) == 0 {
			continue
		}
		here["rule "+p.Rule] = true
		here[fmt.Sprintf("%s, autapses %v, multapses %v", p.Rule, p.Autapses, p.Multapses)] = true
		here["weights "+string(p.Weight.Dist.Kind)] = true
		here["delays "+string(p.Delay.Dist.Kind)] = true
		if n.Projections[i].Plastic() {
			if moved(want.Synapses(p.Name), fresh.Synapses(p.Name)) || p.Synapse == "tsodyks_synapse" || p.Synapse == "tsodyks2_synapse" {
				c.plastic(here, p, m.Protocol != nil)
			}
			continue
		}
		here["static "+string(n.Projections[i].Layout.Layout)] = true
		here[fmt.Sprint("static of bits ", p.Bits)] = true
	}
	if m.Protocol != nil {
		here["protocol"] = true
		here[fmt.Sprintf("protocol that resets: %v", len(m.Protocol.Reset) > 0)] = true
	}
	for kind := range here {
		c[kind]++
	}
}

func (c coverage) plastic(here map[string]bool, p *model.Projection, trials bool) {
	here["synapse "+p.Synapse] = true
	here[fmt.Sprintf("%s in trials: %v", p.Synapse, trials)] = true
	here["plastic in "+p.Precision] = true
	if p.Normalize != nil {
		here[fmt.Sprintf("normalised %s, in spans: %v", map[bool]string{true: "SSDP", false: "STDP"}[p.SSDP != nil], p.Normalize.Every > 0)] = true
	}
	if s := p.SSDP; s != nil {
		here["ssdp one_silent "+s.OneSilent] = true
		here["ssdp pairing "+s.Pairing] = true
		here["ssdp align "+s.Align] = true
		here["ssdp bounds "+s.Bounds] = true
		here["ssdp gate "+s.Gate.Type+" "+s.Gate.Measure+" "+s.Gate.Of] = true
	}
}

// moved reports whether learning has changed any weight by a hundredth.
func moved(after, before []*twin.Synapse) bool {
	for k, s := range after {
		if math.Abs(s.Weight-before[k].Weight) > 0.01*math.Abs(before[k].Weight) {
			return true
		}
	}
	return false
}

// check wants every kind often enough.
func (c coverage) check(t *testing.T) {
	var kinds []string
	for kind := range c {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		t.Logf("%4d  %s", c[kind], kind)
	}
	atLeast := func(n int, kind string) {
		if c[kind] < n {
			t.Errorf("%s was at work in %d of %d networks, expected %d or more", kind, c[kind], *count, n)
		}
	}
	for _, m := range neuron.Models() {
		atLeast(10, "neuron "+m.Name)
	}
	for _, m := range plasticity.Models() {
		atLeast(8, "synapse "+m.Name)
	}
}
