package results

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestDetect(t *testing.T) {
	d := Detect([]float64{0.9, 0.8, 0.3, 0.2, 0.1}, []int{0, 2}, 0.5)
	if math.Abs(d.AUC-5./6) > 1e-12 || d.Precision != 0.5 || d.Recall != 0.5 {
		t.Errorf("%+v", d)
	}
	if d := Detect([]float64{1, 1, 1, 1}, []int{0, 1}, 2); d.AUC != 0.5 || !math.IsNaN(d.Precision) || d.Recall != 0 {
		t.Errorf("all alike: %+v", d)
	}
}

func TestPairwiseFindsWhoFiresTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	p := NewPairwise(20)
	for range 20_000 {
		volley := r.Float64() < 0.05
		for i := range 20 {
			if r.Float64() < 0.05 || volley && i < 5 {
				p.Spike(i)
			}
		}
		p.EndBin()
	}
	scores := p.Scores()
	if d := Detect(scores, []int{0, 1, 2, 3, 4}, 0.05); d.AUC != 1 {
		t.Errorf("%+v, scores %v", d, scores)
	}
	for i := 5; i < 20; i++ {
		if math.Abs(scores[i]) > 0.01 {
			t.Errorf("source %d fires alone and scores %v", i, scores[i])
		}
	}
}
