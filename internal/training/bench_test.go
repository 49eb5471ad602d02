package training

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/encode"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

// BenchmarkBatch is a batch of the paper's single-layer network on Fashion-MNIST, and
// what SSDP on both weights adds to it. A batch with and one without take turns, so
// that what else the machine does falls on both alike; SSDP is all in Finish, so its
// share is the difference of that.
func BenchmarkBatch(b *testing.B) {
	set := fashion(b)
	rule := func(weight int) train.WeightRule {
		return train.WeightRule{Weight: weight, Config: plastic.Config{Params: batch.Corrected(10)}}
	}
	plain, ssdp := paper(nil), paper([]train.WeightRule{rule(recurrent.InputWeight), rule(recurrent.RecurrentWeight)})
	var whole, finish [2][]float64 // ms, of plain and with SSDP
	for k := 0; b.Loop(); k++ {
		for of, t := range []*train.Trainer{plain, ssdp} {
			start := time.Now()
			t.Begin(set, 0, k%t.Batches(set))
			Workers(1).Each(t.Shards, t.Forward)
			if err := t.Meet(); err != nil {
				b.Fatal(err)
			}
			Workers(1).Each(t.Shards, t.Backward)
			Workers(1).Each(ReduceParts, func(k int) { t.Reduce(k, ReduceParts) })
			middle := time.Now()
			if err := t.Finish(); err != nil {
				b.Fatal(err)
			}
			finish[of] = append(finish[of], time.Since(middle).Seconds()*1e3)
			whole[of] = append(whole[of], time.Since(start).Seconds()*1e3)
		}
	}
	median := func(x []float64) float64 { slices.Sort(x); return x[len(x)/2] }
	more, all := median(finish[1])-median(finish[0]), median(whole[0])
	b.ReportMetric(all, "plain-ms")
	b.ReportMetric(whole[0][0], "plain-least-ms")
	b.ReportMetric(more, "ssdp-ms")
	b.ReportMetric(100*more/all, "ssdp-%")
	b.ReportMetric(0, "ns/op")
}

// paper is a trainer of the paper's network.
func paper(rules []train.WeightRule) *train.Trainer {
	n := recurrent.New(recurrent.Config{Inputs: 784, Hidden: 1024, Outputs: 10, Ticks: 10, Threshold: 0.5, Surrogate: surrogate.MultiGaussian(), TauM: [2]float64{2, 6}, TauN: [2]float64{2, 6}})
	n.Initialize(1)
	return train.New(n, train.Config{
		Seed: 1, Batch: 256, Shards: 4, Encoder: encode.NewBernoulli(20, 5./9, 10), Optimizer: optimize.NewAdam(1e-5), Rate: optimize.Constant(0.01),
		ClipNorm: 1, RateTarget: 0.1, RateWeight: 0.5, V0: [2]float32{0, 1}, Rules: rules,
	})
}

func fashion(b *testing.B) *train.Set {
	const folder = "../../../shared/data/fashion-mnist"
	if _, err := os.Stat(folder); err != nil {
		b.Skip("FASHION-MNIST IS MISSING: ", err)
	}
	read := func(name string, into func(f *os.File) error) {
		f, err := os.Open(folder + "/" + name)
		if err == nil {
			err = into(f)
			_ = f.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	var m *dataset.Images
	var labels []byte
	read("train-images-idx3-ubyte.gz", func(f *os.File) (err error) { m, err = dataset.ReadImages(f.Name(), f); return })
	read("train-labels-idx1-ubyte.gz", func(f *os.File) (err error) { labels, err = dataset.ReadLabels(f.Name(), f); return })
	return train.Whole(m, labels)
}
