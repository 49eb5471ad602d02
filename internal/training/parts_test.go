package training

import (
	"math/rand/v2"
	"testing"

	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
)

// divided is a batch of an epoch in which others have the shards, each from one to the
// next of the cuts: they know the batch and the network's values, and say who spiked
// and what their gradients sum to.
func divided(t *testing.T, tr *train.Trainer, others []*train.Trainer, cuts []int, s *train.Set, epoch, number int) {
	t.Helper()
	tr.Begin(s, epoch, number)
	part := tr.Part()
	for k, o := range others {
		copy(o.Net.Values, tr.Net.Values)
		o.Net.Refresh()
		must(t, o.BeginPart(part))
		for shard := cuts[k]; shard < cuts[k+1]; shard++ {
			o.Forward(shard)
			went := o.Shard(shard)
			must(t, tr.Went(shard, &went.Input, &went.Spikes, went.Logits, went.Loss))
		}
	}
	must(t, tr.Meet())
	for k, o := range others {
		o.Met(tr.Spike())
		for shard := cuts[k]; shard < cuts[k+1]; shard++ {
			o.Backward(shard)
		}
		o.ReduceSome(cuts[k], cuts[k+1], 0, 2)
		o.ReduceSome(cuts[k], cuts[k+1], 1, 2)
		for _, sum := range tr.Sums(cuts[k], cuts[k+1]) {
			copy(tr.Gradient(sum.First, sum.Shards), o.Gradient(sum.First, sum.Shards))
		}
	}
	tr.Reduce(0, 1)
	must(t, tr.Finish())
}

// Whoever has which shards, the weights are those of one worker who has all; with every
// kind of rule, since each reads other things of the spikes.
func TestSharesChangeNothing(t *testing.T) {
	set := blobs(70, 6, 6)
	exponential := train.WeightRule{Weight: recurrent.InputWeight, Config: plastic.Config{Exponential: true, Before: true, Decay: batch.PublishedExponential(1e-3), Anneal: batch.Anneal{Start: 1e-3, End: 1e-4, Epochs: 3}}}
	windowed := ssdpOn(recurrent.InputWeight)
	windowed.Window, windowed.Params = 3, batch.Corrected(3)
	r := rand.New(rand.NewPCG(1, 2))
	for name, rules := range map[string][]train.WeightRule{
		"none": nil, "whole": {ssdpOn(recurrent.InputWeight), ssdpOn(recurrent.RecurrentWeight)}, "windows": {windowed}, "exponential": {exponential},
		"recurrent": {ssdpOn(recurrent.RecurrentWeight)},
	} {
		for _, shards := range []int{1, 2, 3, 4, 6, 7, 13} {
			create := func() *train.Trainer {
				c := small(24, 36, 18, rules...).Config
				c.Shards = shards
				c.Augmentation = train.Augmentation{Shift: 1, Flip: true}
				return train.New(small(24, 36, 18).Net, c)
			}
			whole, own := create(), create()
			var others []*train.Trainer
			for range 4 {
				others = append(others, create())
			}
			for b := range whole.Batches(set) {
				must(t, Workers(1).Learn(t.Context(), whole, set, 0, b))
				cuts := []int{0}
				for n := 1 + r.IntN(min(shards, 4)); len(cuts) < n; {
					cuts = append(cuts, cuts[len(cuts)-1]+r.IntN(shards-cuts[len(cuts)-1]+1))
				}
				cuts = append(cuts, shards)
				divided(t, own, others[:len(cuts)-1], cuts, set, 0, b)
				if hash(own.Net.Values) != hash(whole.Net.Values) {
					t.Fatalf("%s: %d shards cut at %v give other weights in batch %d", name, shards, cuts, b)
				}
			}
			if x, y := whole.Take(), own.Take(); x.Kappa != y.Kappa && x.Kappa == x.Kappa || x.Correct != y.Correct || x.NeverActive != y.NeverActive || x.Rate != y.Rate {
				t.Errorf("%s: %d shards: other counts: %+v, expected %+v", name, shards, y, x)
			}
		}
	}
}

// Sums are what the tree makes, and cover each shard once.
func TestSumsCoverShardsOnce(t *testing.T) {
	for shards := 1; shards <= 64; shards++ {
		tr := &train.Trainer{Config: train.Config{Shards: shards}}
		if all := tr.Sums(0, shards); len(all) != 1 {
			t.Fatalf("%d shards make %v, expected one sum", shards, all)
		}
		for from := range shards {
			for to := from + 1; to <= shards; to++ {
				at := from
				for _, s := range tr.Sums(from, to) {
					if s.First != at || s.Shards < 1 {
						t.Fatalf("shards %d to %d of %d: %v", from, to, shards, tr.Sums(from, to))
					}
					at += s.Shards
				}
				if at != to {
					t.Fatalf("shards %d to %d of %d: %v", from, to, shards, tr.Sums(from, to))
				}
			}
		}
	}
}
