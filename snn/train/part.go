package train

import (
	"fmt"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/train/matrix"
	"github.com/volley-snn/volley/snn/train/recurrent"
)

// Part is a batch as it travels to who takes some of its shards through the network:
// all that this depends on beside the network's values.
type Part struct {
	Epoch   uint64
	Images  dataset.Images
	Labels  []byte
	Numbers []int32 // of the images in the whole of the data
}

// Part is the batch that was begun. Noise does not travel.
func (t *Trainer) Part() *Part {
	p := &Part{Epoch: t.epoch, Images: dataset.Images{N: len(t.index), Rows: t.set.Images.Rows, Cols: t.set.Images.Cols}}
	for _, i := range t.index {
		p.Images.Pixels = append(p.Images.Pixels, t.set.Images.Image(int(i))...)
		p.Labels = append(p.Labels, t.set.Labels[i])
		p.Numbers = append(p.Numbers, t.set.number(i))
	}
	return p
}

// BeginPart takes a batch that came from elsewhere. The error says that it is none of
// this network.
func (t *Trainer) BeginPart(p *Part) error {
	m := &p.Images
	if m.N < 1 || m.N > t.Batch || m.Rows < 1 || m.Cols < 1 || m.Rows > t.Net.Inputs || m.Rows*m.Cols != t.Net.Inputs ||
		len(m.Pixels) != m.N*t.Net.Inputs || len(p.Labels) != m.N || len(p.Numbers) != m.N {
		return fmt.Errorf("a batch of %d images of %d x %d pixels, with %d labels: expected at most %d of %d pixels", m.N, m.Rows, m.Cols, len(p.Labels), t.Batch, t.Net.Inputs)
	}
	for _, l := range p.Labels {
		if int(l) >= t.Net.Outputs {
			return fmt.Errorf("a batch with label %d: expected less than %d", l, t.Net.Outputs)
		}
	}
	set := Whole(m, p.Labels)
	set.Numbers = p.Numbers
	t.begin(set, p.Epoch, 0, nil)
	copy(t.index, set.Index)
	return nil
}

// Size is how many samples a shard has.
func (t *Trainer) Size(shard int) int {
	from, to := t.span(shard)
	return to - from
}

// Learns reports whether the batch is one to learn from.
func (t *Trainer) Learns() bool { return t.epoch != testEpoch }

// NeedsInput reports whether Finish reads the spikes of the input.
func (t *Trainer) NeedsInput() bool {
	for k := range t.Config.Rules {
		if t.Config.Rules[k].Weight == recurrent.InputWeight {
			return true
		}
	}
	return false
}

// Shard is what Forward made of a shard.
func (t *Trainer) Shard(k int) *recurrent.Shard { return t.shards[k] }

// Went says what became of a shard that went forward elsewhere, in place of Forward.
// input is read where NeedsInput says so.
func (t *Trainer) Went(shard int, input, spikes *matrix.Lists, logits []float32, loss float64) error {
	s := t.shards[shard]
	from, to := t.span(shard)
	s.Begin(to - from)
	for b, i := range t.index[from:to] {
		s.Labels[b] = int32(t.set.Labels[i])
	}
	return s.Went(input, spikes, logits, loss)
}

// Spike is what the loss gains by a spike, which Meet finds and Backward needs.
func (t *Trainer) Spike() float32 { return t.spike }

// Met is Meet, where another has done it: it tells its Spike.
func (t *Trainer) Met(spike float32) { t.spike = spike }
