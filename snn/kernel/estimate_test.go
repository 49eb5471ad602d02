package kernel

import (
	"math"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
)

// What is estimated is what is built, within a tenth and a few kilobytes.
func TestEstimateIsWhatIsBuilt(t *testing.T) {
	drawn := func(p *model.Projection) {
		p.Weight.Dist = random.Distribution{Kind: random.Normal, A: p.Weight.Dist.A, B: 0.1 * math.Abs(p.Weight.Dist.A)}
		p.Delay.Dist = random.Distribution{Kind: random.Uniform, A: 0.5, B: 3}
	}
	windowed := func(p *model.Projection) {
		s := *learner().Projections[0].SSDP
		s.WMax = 100
		p.Synapse, p.SSDP = "ssdp_synapse", &s
	}
	for name, change := range map[string]func(p *model.Projection){
		"one weight":    func(*model.Projection) {},
		"drawn":         drawn,
		"bernoulli":     func(p *model.Projection) { p.Rule, p.P = "pairwise_bernoulli", 0.1 },
		"outdegree":     func(p *model.Projection) { p.Rule, p.Outdegree = "fixed_outdegree", 30 },
		"total":         func(p *model.Projection) { p.Rule, p.N = "fixed_total_number", 60_000 },
		"stdp":          func(p *model.Projection) { p.Synapse = "stdp_synapse" },
		"stdp, drawn":   func(p *model.Projection) { drawn(p); p.Synapse = "stdp_synapse" },
		"ssdp":          windowed,
		"ssdp, 16 bits": func(p *model.Projection) { windowed(p); p.Bits = 16 },
	} {
		for _, parts := range []int{1, 3} {
			m := brunel(10)
			for i := range m.Projections {
				if p := &m.Projections[i]; p.Source == "E" {
					change(p)
				}
			}
			n := compile(t, m, ".")
			e := n.Estimate(parts)
			bytes, synapses := int64(0), int64(0)
			for k := range parts {
				p, err := Build(n, snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)})
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range p.Sizes() {
					bytes, synapses = bytes+h.Bytes, synapses+h.Synapses
				}
			}
			expected := e.Bytes - e.NeuronBytes
			if off := math.Abs(float64(expected - bytes)); off > 0.1*float64(bytes)+40_000*float64(parts) {
				t.Errorf("%s in %d parts: %d bytes are expected, %d taken", name, parts, expected, bytes)
			}
			if off := math.Abs(float64(e.Synapses - synapses)); off > 0.02*float64(synapses) {
				t.Errorf("%s in %d parts: %d synapses are expected, there are %d", name, parts, e.Synapses, synapses)
			}
			if e.Neurons != 1250 || len(e.Projections) != 4 {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
}
