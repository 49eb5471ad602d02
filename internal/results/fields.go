package results

import (
	"fmt"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// Fields are the weights of some targets as pictures: what each neuron looks for.
type Fields struct {
	Kind   string            `json:"kind"` // "images"
	Rows   int               `json:"rows"`
	Cols   int               `json:"cols"`
	Images [][]record.Number `json:"images"` // [target][pixel], row-major
}

// String says it in one line.
func (f Fields) String() string {
	return fmt.Sprintf("%d pictures of %d x %d, in the report", len(f.Images), f.Rows, f.Cols)
}

// receptiveFields reads the weights from an input of images.
type receptiveFields struct {
	sightless
	projection        *kernel.Projection
	rows, cols, count int
}

func newFields(n *kernel.Network, r *model.Result) (finding, error) {
	p, err := projection(n, r.Projection)
	if err != nil {
		return nil, err
	}
	rows, cols := p.Source.ImageSize()
	if rows == 0 {
		return nil, fmt.Errorf("projection: the source of %s, %s, shows no images", p.Name, p.Source.Name)
	}
	return &receptiveFields{sightless{}, p, rows, cols, r.Count}, nil
}

func (f *receptiveFields) finish(sim engine.Simulation) (any, error) {
	out := Fields{Kind: "images", Rows: f.rows, Cols: f.cols}
	every := max(f.projection.Target.Size()/max(f.count, 1), 1)
	err := sim.EachWeight(f.projection, func(target int, sources []uint32, weights []float64) {
		if target%every != 0 || len(out.Images) == f.count {
			return
		}
		image := make([]record.Number, f.rows*f.cols)
		for k, s := range sources {
			image[s] += record.Number(float32(weights[k]))
		}
		out.Images = append(out.Images, image)
	})
	return out, err
}
