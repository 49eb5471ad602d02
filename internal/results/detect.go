package results

import (
	"fmt"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/state"
)

// DetectionResult is how well a group was found, as summary.json holds it.
type DetectionResult struct {
	AUC       record.Number `json:"auc"`
	Precision record.Number `json:"precision"`
	Recall    record.Number `json:"recall"`
	Threshold record.Number `json:"threshold"`
	Members   record.Number `json:"mean_member"` // mean score of the members
	Others    record.Number `json:"mean_other"`  // and of the other sources
}

// String says it in one line.
func (d DetectionResult) String() string {
	return fmt.Sprintf("AUC %.3f  precision %.3f  recall %.3f at %.3g  (members %.3f, others %.3f)",
		float64(d.AUC), float64(d.Precision), float64(d.Recall), float64(d.Threshold), float64(d.Members), float64(d.Others))
}

func (d Detection) result(scores []float64, members []int) DetectionResult {
	is, in, out := map[int]bool{}, 0.0, 0.0
	for _, m := range members {
		is[m] = true
	}
	for i, s := range scores {
		if is[i] {
			in += s
		} else {
			out += s
		}
	}
	return DetectionResult{
		AUC: record.Number(d.AUC), Precision: record.Number(d.Precision), Recall: record.Number(d.Recall), Threshold: record.Number(d.Threshold),
		Members: record.Number(in / float64(len(members))), Others: record.Number(out / float64(len(scores)-len(members))),
	}
}

// detection asks whether a projection's weights tell the planted members of its source.
type detection struct {
	sightless
	projection *kernel.Projection
	members    []int
	threshold  float64
}

func newDetection(n *kernel.Network, r *model.Result) (finding, error) {
	p, err := projection(n, r.Projection)
	if err != nil {
		return nil, err
	}
	members := p.Source.Members()
	if members == nil {
		return nil, fmt.Errorf("projection: the source of %s, %s, has no planted group; an input of kind volleys has", p.Name, p.Source.Name)
	}
	return &detection{sightless{}, p, members, r.Threshold}, nil
}

func (d *detection) finish(sim engine.Simulation) (any, error) {
	scores := make([]float64, d.projection.Source.Size())
	synapses := make([]int, len(scores))
	err := sim.EachWeight(d.projection, func(_ int, sources []uint32, weights []float64) {
		for k, s := range sources {
			scores[s] += weights[k]
			synapses[s]++
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range scores {
		scores[i] /= float64(max(synapses[i], 1))
	}
	return Detect(scores, d.members, d.threshold).result(scores, d.members), nil
}

// pairwiseKappa scores the sources of an input pair by pair, as a mark.
type pairwiseKappa struct {
	source    *kernel.Population
	pairs     *Pairwise
	members   []int
	threshold float64
	binTicks  int64
	bin       int64 // under way
}

func newPairwiseKappa(n *kernel.Network, r *model.Result) (finding, error) {
	p := population(n, r.Input)
	if p == nil || p.Members() == nil {
		return nil, fmt.Errorf("input: no input %q of kind volleys", r.Input)
	}
	return &pairwiseKappa{source: p, pairs: NewPairwise(p.Size()), members: p.Members(), threshold: r.Threshold, binTicks: max(int64(kernel.Ticks(r.Bin, n.DtMs)), 1)}, nil
}

func (k *pairwiseKappa) Observe(m *engine.Moment) error {
	for i := range int(m.To - m.From) {
		if bin := (int64(m.From) + int64(i)) / k.binTicks; bin != k.bin {
			k.pairs.EndBin()
			k.bin = bin
		}
		for _, o := range m.Outputs {
			for _, g := range o.Spikes.At(i) {
				if k.source.Range.Contains(g) {
					k.pairs.Spike(int(g - k.source.Range.First))
				}
			}
		}
	}
	return nil
}

func (k *pairwiseKappa) Save(w *state.Writer) error {
	w.Int(k.bin)
	k.pairs.Save(w)
	return nil
}

func (k *pairwiseKappa) Load(r *state.Reader) error {
	k.bin = r.Int()
	k.pairs.Load(r)
	return r.Err()
}

func (k *pairwiseKappa) finish(engine.Simulation) (any, error) {
	scores := k.pairs.Scores()
	return Detect(scores, k.members, k.threshold).result(scores, k.members), nil
}
