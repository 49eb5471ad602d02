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
// the same with SSDP on both weights. They take turns, so that what else the machine
// does falls on both alike.
func BenchmarkBatch(b *testing.B) {
	set := fashion(b)
	rule := func(weight int) train.WeightRule {
		return train.WeightRule{Weight: weight, Config: plastic.Config{Params: batch.Corrected(10)}}
	}
	plain, ssdp := paper(nil), paper([]train.WeightRule{rule(recurrent.InputWeight), rule(recurrent.RecurrentWeight)})
	var ms [2][]float64
	for k := 0; b.Loop(); k++ {
		for of, t := range []*train.Trainer{plain, ssdp} {
			start := time.Now()
			if err := Workers(1).Learn(b.Context(), t, set, 0, k%t.Batches(set)); err != nil {
				b.Fatal(err)
			}
			ms[of] = append(ms[of], float64(time.Since(start).Nanoseconds())/1e6)
		}
	}
	var more []float64
	for k := range ms[0] {
		more = append(more, ms[1][k]-ms[0][k])
	}
	median := func(x []float64) float64 { slices.Sort(x); return x[len(x)/2] }
	b.ReportMetric(median(ms[0]), "plain-ms")
	b.ReportMetric(median(more), "ssdp-ms")
	b.ReportMetric(100*median(more)/median(ms[0]), "ssdp-%")
	b.ReportMetric(ms[0][0], "plain-least-ms")
	b.ReportMetric(slices.Min(ms[1]), "both-least-ms")
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
