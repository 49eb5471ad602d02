package training

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/encode"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// blobs are images of two kinds that a network can tell apart: bright above, or
// bright below.
func blobs(n, rows, cols int) *train.Set {
	m := &dataset.Images{N: n, Rows: rows, Cols: cols, Pixels: make([]byte, n*rows*cols)}
	labels := make([]byte, n)
	s := random.Seed(7, random.Noise).Stream()
	for i := range n {
		labels[i] = byte(s.Intn(2))
		for k := range m.Image(i) {
			x := s.Intn(60)
			if (k < rows*cols/2) == (labels[i] == 0) {
				x += s.Intn(196)
			}
			m.Image(i)[k] = byte(x)
		}
	}
	return train.Whole(m, labels)
}

func small(hidden, inputs, batchSize int, rules ...train.WeightRule) *train.Trainer {
	n := recurrent.New(recurrent.Config{Inputs: inputs, Hidden: hidden, Outputs: 2, Ticks: 5, Threshold: 0.5, Surrogate: surrogate.MultiGaussian(), TauM: [2]float64{2, 6}, TauN: [2]float64{2, 6}})
	n.Initialize(3)
	return train.New(n, train.Config{
		Seed: 3, Batch: batchSize, Shards: 4, Encoder: encode.NewBernoulli(2, 0.5, 5), Optimizer: optimize.NewAdam(1e-5), Rate: optimize.Constant(0.01),
		ClipNorm: 1, RateTarget: 0.1, RateWeight: 0.5, V0: [2]float32{0, 1}, Rules: rules,
	})
}

func hash(x []float32) [32]byte {
	var b []byte
	for _, y := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(y))
	}
	return sha256.Sum256(b)
}

func ssdpOn(weight int) train.WeightRule {
	return train.WeightRule{Weight: weight, Config: plastic.Config{Params: batch.Corrected(5), Gate: plastic.Synchrony, GateK: 0.5, Horizon: 10}}
}

// Any number of workers trains the same weights, bit for bit; batches that do not
// divide by the shards among them.
func TestWorkersChangeNothing(t *testing.T) {
	set := blobs(70, 6, 6)
	var first [32]byte
	for _, w := range []Workers{1, 2, 3, 4, 7} {
		tr := small(40, 36, 18, ssdpOn(recurrent.InputWeight), ssdpOn(recurrent.RecurrentWeight))
		for epoch := range 2 {
			for b := range tr.Batches(set) {
				if err := w.Learn(context.Background(), tr, set, epoch, b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if h := hash(tr.Net.Values); w == 1 {
			first = h
		} else if h != first {
			t.Errorf("%d workers train other weights than one", w)
		}
	}
}

// Where the optimizer changes the readout alone, the spiking layer has what SSDP makes
// of it, and what it has at the start where that is off.
func TestReadoutOnly(t *testing.T) {
	set := blobs(70, 6, 6)
	for _, rules := range [][]train.WeightRule{nil, {ssdpOn(recurrent.InputWeight)}} {
		tr := small(40, 36, 18, rules...)
		tr.ReadoutOnly, tr.Optimizer = true, optimize.NewAdam(0)
		before := append([]float32(nil), tr.Net.Values...)
		for b := range tr.Batches(set) {
			if err := Workers(1).Learn(context.Background(), tr, set, 0, b); err != nil {
				t.Fatal(err)
			}
		}
		for k := range tr.Net.Layout.Specs {
			same := hash(tr.Net.Layout.Of(before, k)) == hash(tr.Net.Layout.Of(tr.Net.Values, k))
			changes := k >= recurrent.ReadoutWeight || k == recurrent.InputWeight && rules != nil
			if same == changes {
				t.Errorf("%d rules: %s changes: %v", len(rules), tr.Net.Layout.Specs[k].Name, !same)
			}
		}
	}
}

func TestLearnsWhatCanBeTold(t *testing.T) {
	set := blobs(400, 6, 6)
	learned, left := set.Split(100, 1)
	tr := small(32, 36, 32)
	for epoch := range 4 {
		for b := range tr.Batches(learned) {
			if err := Workers(1).Learn(context.Background(), tr, learned, epoch, b); err != nil {
				t.Fatal(err)
			}
		}
	}
	tr.Take()
	for b := range tr.Batches(left) {
		if err := Workers(1).Test(context.Background(), tr, left, b, nil); err != nil {
			t.Fatal(err)
		}
	}
	if y := tr.Take(); y.Samples != 100 || y.Accuracy() < 0.95 {
		t.Errorf("accuracy %g of %d samples that were left out", y.Accuracy(), y.Samples)
	}
}
