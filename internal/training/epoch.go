package training

import (
	"fmt"
	"math"
	"strings"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/train"
)

// Epoch is what is written down of an epoch.
type Epoch struct {
	Epoch        int             `json:"epoch"` // from 0
	LearningRate float64         `json:"learning_rate"`
	Loss         record.Number   `json:"loss"` // mean cross-entropy, as learning went on
	Accuracy     record.Number   `json:"accuracy"`
	TestLoss     record.Number   `json:"test_loss"`
	TestAccuracy record.Number   `json:"test_accuracy"`
	Rate         record.Number   `json:"rate"` // spikes a neuron and tick
	Kappa        record.Number   `json:"kappa"`
	S            []record.Number `json:"s,omitempty"` // of each rule's layers
	NeverActive  int             `json:"never_active"`
	GradientNorm record.Number   `json:"gradient_norm"`
	WallS        float64         `json:"wall_s"`
	CPUS         float64         `json:"cpu_s"` // of this process
}

func (e *Epoch) learned(y train.Tally) {
	e.Loss, e.Accuracy, e.Rate = record.Number(y.Loss), record.Number(y.Accuracy()), record.Number(y.Rate)
	e.Kappa, e.GradientNorm, e.NeverActive = record.Number(y.Kappa), record.Number(y.Norm), y.NeverActive
	e.S = nil
	for _, s := range y.S {
		e.S = append(e.S, record.Number(s))
	}
}

// table is the epochs as CSV; rules names the columns of S.
func table(epochs []Epoch, rules []string) []byte {
	var b strings.Builder
	b.WriteString("epoch,learning_rate,loss,accuracy,test_loss,test_accuracy,rate,kappa,never_active,gradient_norm,wall_s,cpu_s")
	for _, r := range rules {
		b.WriteString(",S_" + r)
	}
	b.WriteByte('\n')
	number := func(x record.Number) string {
		if math.IsNaN(float64(x)) {
			return ""
		}
		return fmt.Sprintf("%.9g", float64(x))
	}
	for _, e := range epochs {
		fmt.Fprintf(&b, "%d,%.9g,%s,%s,%s,%s,%s,%s,%d,%s,%.3f,%.3f", e.Epoch, e.LearningRate, number(e.Loss), number(e.Accuracy), number(e.TestLoss), number(e.TestAccuracy),
			number(e.Rate), number(e.Kappa), e.NeverActive, number(e.GradientNorm), e.WallS, e.CPUS)
		for k := range rules {
			b.WriteByte(',')
			if k < len(e.S) {
				b.WriteString(number(e.S[k]))
			}
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func (e *Epoch) tested(y train.Tally) {
	e.TestLoss, e.TestAccuracy = record.Number(y.Loss), record.Number(y.Accuracy())
}
