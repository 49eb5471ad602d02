package kernel

import (
	"math"

	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/neuron"
	"github.com/volley-snn/volley/snn/plasticity"
)

// Estimate is the memory that a network is expected to take, known before any part
// of it is built. Drawn numbers of synapses are their means.
type Estimate struct {
	Neurons     int64 // input populations too
	Synapses    int64
	NeuronBytes int64
	Bytes       int64 // in all
	Projections []ProjectionEstimate
}

// ProjectionEstimate is a projection's share of an Estimate.
type ProjectionEstimate struct {
	Name            string
	Synapses, Bytes int64
}

// Estimate is what the network takes, cut into a number of partitions.
func (n *Network) Estimate(partitions int) Estimate {
	e := Estimate{Neurons: int64(n.total), NeuronBytes: NeuronBytes(n.Model)}
	e.Bytes = e.NeuronBytes
	for _, p := range n.Projections {
		synapses := p.rule.Expected(p.space, 0, p.space.Targets)
		own := ProjectionEstimate{p.Name, whole(synapses), whole(p.expectedBytes(synapses, partitions))}
		e.Synapses = whole(float64(e.Synapses) + synapses)
		e.Bytes = whole(float64(e.Bytes) + float64(own.Bytes))
		e.Projections = append(e.Projections, own)
	}
	return e
}

// expectedBytes is the memory of a projection: what its layout takes, and an index
// of its sources in every further partition.
func (p *Projection) expectedBytes(synapses float64, partitions int) float64 {
	index := float64(8 * (p.space.Sources + 1))
	if !p.Plastic() {
		return float64(p.Layout.Bytes) + float64(index*float64(partitions-1))
	}
	weight, more, targets := 4.0, 0.0, 0.0
	switch {
	case p.Model.Precision == "float64":
		weight = 8
	case p.Model.SSDP != nil && p.Model.Bits == 16:
		weight = 2
	}
	if !p.sameDelay() {
		more += 2
	}
	switch {
	case p.Model.SSDP != nil:
		more += 0.25 // what is due, a bit a window
		// Of each source its participation, as of when, and its first spikes in two
		// windows; of each target those, what they take from a weight, and a history.
		index += float64(20 * p.space.Sources)
		targets = float64(28 * p.space.Targets)
	case p.synapse.Traces != nil && p.synapse.Traces(p.params).Pre == plasticity.SincePost:
		more += weight // a trace of its own
	}
	return float64(synapses*(2+weight+more)) + float64(index*float64(partitions)) + targets
}

// NeuronBytes is the memory that the neurons of a model take at least, and their
// inputs: of data files nothing is known, and no file is read.
func NeuronBytes(m *model.Model) int64 {
	bytes := 0.0
	for i := range m.Populations {
		p := &m.Populations[i]
		spec, ok := neuron.Lookup(p.Model)
		if !ok {
			continue
		}
		each := 40 + float64(16*float64(len(spec.State))) // sums, refractoriness, cost; the state and its start
		for _, values := range []map[string]model.Value{p.Params, p.Initial} {
			for _, v := range values {
				if v.File != "" || v.List != nil || !v.Dist.IsConstant() {
					each += 24 // a number, its copy and what is made of it
				}
			}
		}
		bytes += float64(each * float64(p.Size))
	}
	for i := range m.Inputs {
		bytes += float64(40 * float64(m.Inputs[i].Size))
	}
	return whole(bytes)
}

// whole is x as an integer, where it fits.
func whole(x float64) int64 { return int64(min(math.Round(x), math.MaxInt64/2)) }
