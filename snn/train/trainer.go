package train

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
)

// Trainer trains a network.
type Trainer struct {
	Config
	Net   *recurrent.Network
	Rules []*plastic.Rule // as in Config

	shards []*recurrent.Shard
	grads  [][]float32 // of shards; nil until one has been made
	sums   []int       // of how many shards the sum is that each is in
	grad   []float32   // of the batch; the frozen parameters' piles up
	samples
	tally Tally
}

// samples is the batch that is on its way.
type samples struct {
	set                     *Set
	epoch                   uint64
	batch                   int
	index                   []int32
	noise                   *Noise
	sourceTimes, inputTimes []int32
	sourceFired, inputFired []float32
	kappa                   []float64
	spike                   float32 // what the loss gains by a spike
	loss                    float64
}

// New makes a trainer; the network has its values.
func New(n *recurrent.Network, c Config) *Trainer {
	t := &Trainer{Config: c, Net: n, grad: n.Layout.New()}
	for range c.Shards {
		s := n.NewShard()
		s.LastSpike = c.LastSpike
		t.shards = append(t.shards, s)
	}
	t.grads, t.sums = make([][]float32, c.Shards), make([]int, c.Shards)
	for _, r := range c.Rules {
		t.Rules = append(t.Rules, plastic.New(r.Config, n.Layout.Specs[r.Weight].Shape[0], n.Hidden))
	}
	return t
}

// Batches is how many batches the samples of a set make.
func (t *Trainer) Batches(s *Set) int { return (len(s.Index) + t.Batch - 1) / t.Batch }

// Begin takes batch number batch of an epoch, in the epoch's order.
func (t *Trainer) Begin(s *Set, epoch, batch int) {
	t.begin(s, uint64(epoch), batch, nil)
	order := orderKey(t.Seed, t.epoch).Permutation(uint64(len(s.Index)))
	for k := range t.index {
		t.index[k] = s.Index[order.At(uint64(batch*t.Batch+k))]
	}
}

// BeginTest takes a batch of a set that is not learned from, in its own order.
func (t *Trainer) BeginTest(s *Set, batch int, noise *Noise) {
	t.begin(s, testEpoch, batch, noise)
	copy(t.index, s.Index[batch*t.Batch:])
}

func (t *Trainer) begin(s *Set, epoch uint64, batch int, noise *Noise) {
	n := min(t.Batch, len(s.Index)-batch*t.Batch)
	t.set, t.epoch, t.batch, t.noise = s, epoch, batch, noise
	t.index = grow(t.index, n)
}

// span is the samples of a shard.
func (t *Trainer) span(shard int) (from, to int) {
	n := len(t.index)
	return shard * n / t.Shards, (shard + 1) * n / t.Shards
}

// Forward takes a shard's samples through the network.
func (t *Trainer) Forward(shard int) {
	s := t.shards[shard]
	from, to := t.span(shard)
	s.Begin(to - from)
	if to > from {
		t.encode(s, t.index[from:to])
		s.Forward()
	}
}

// mostLoss is how many times the loss of guessing a batch that is learned may have:
// weights that give more are no longer of use to anyone, though they be numbers.
const mostLoss = 1000

// Meet adds up what the shards found, after all have gone forward. The error says
// that the loss is no number, or far above what guessing has; it is ErrExploded.
func (t *Trainer) Meet() error {
	spikes, cross := int64(0), 0.0
	for k, s := range t.shards {
		if from, to := t.span(k); to > from {
			spikes += s.Count()
			cross += s.Loss
		}
	}
	n := float64(len(t.index))
	places := n * float64(t.Net.Ticks) * float64(t.Net.Hidden)
	rate := float64(spikes) / places
	off := rate - t.RateTarget
	t.spike = float32(2 * t.RateWeight * off / places)
	t.loss = cross/n + float64(t.RateWeight*float64(off*off))
	if math.IsNaN(t.loss) || math.IsInf(t.loss, 0) {
		return t.exploded(fmt.Sprintf("the loss is %g", t.loss))
	}
	if guess := pinned.Log(float64(t.Net.Outputs)); t.Learns() && cross/n > mostLoss*guess {
		return t.exploded(fmt.Sprintf("the loss is %.4g, and guessing has %.4g", cross/n, guess))
	}
	t.tally.add(t, cross, spikes)
	return nil
}

// Backward makes a shard's gradient.
func (t *Trainer) Backward(shard int) {
	grad := t.Gradient(shard, 1)
	clear(grad)
	if from, to := t.span(shard); to > from {
		t.shards[shard].Backward(grad, len(t.index), t.spike)
	}
}

// Reduce adds the shards' gradients in part number part of so many: neighbours,
// then pairs of neighbours, and so on.
func (t *Trainer) Reduce(part, parts int) { t.reduce(0, t.Shards, part, parts) }

// Finish changes the weights.
func (t *Trainer) Finish() error {
	l := &t.Net.Layout
	grad := t.grads[0]
	for k := range l.Specs {
		if l.Specs[k].Frozen {
			of, sum := l.Of(grad, k), l.Of(t.grad, k)
			for i := range of {
				of[i] += sum[i]
			}
		}
	}
	for k := range l.Specs {
		if t.ReadoutOnly && k < recurrent.ReadoutWeight {
			clear(l.Of(grad, k))
		}
	}
	norm := t.clip(grad)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return t.exploded(fmt.Sprintf("the norm of the gradient is %g", norm))
	}
	for k := range l.Specs {
		if l.Specs[k].Frozen {
			copy(l.Of(t.grad, k), l.Of(grad, k))
		}
	}
	if err := t.plasticity(true); err != nil {
		return err
	}
	t.Optimizer.Step(l, t.Net.Values, grad, t.Rate.At(int(t.epoch)))
	if err := t.plasticity(false); err != nil {
		return err
	}
	t.tally.norm(norm)
	t.Net.Refresh()
	return nil
}

func grow[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}
