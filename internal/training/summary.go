package training

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"github.com/volley-snn/volley/internal/record"
)

// Summary is summary.json.
type Summary struct {
	Model       string        `json:"model"`
	ModelDigest string        `json:"model_digest"`
	Seed        uint64        `json:"seed"`
	Epochs      int           `json:"epochs"` // done
	Of          int           `json:"of_epochs"`
	Parameters  int           `json:"parameters"`
	WeightHash  string        `json:"weight_hash"` // SHA-256 of all parameters as little-endian float32
	Validation  bool          `json:"validation"`  // what is called test is a validation set
	Accuracy    record.Number `json:"test_accuracy"`
	Loss        record.Number `json:"test_loss"`
	Rate        record.Number `json:"rate"`
	Kappa       record.Number `json:"kappa"`
	NeverActive int           `json:"never_active"`
	WallS       float64       `json:"wall_s"`
	CPUS        float64       `json:"cpu_s"` // of this process
	Workers     int           `json:"workers"`
	Nodes       int           `json:"nodes,omitempty"` // that took part at the end, beside this process
	History     []Epoch       `json:"history"`
}

// Summary is what the training has come to.
func (s *Session) Summary() *Summary {
	o := &Summary{
		Model: s.Model.Name, ModelDigest: s.Model.Digest(), Seed: s.Model.Seed, Epochs: len(s.Epochs), Of: s.Model.Epochs,
		Parameters: s.trainer.Net.Layout.Len(), WeightHash: weightHash(s.trainer.Net.Values), Validation: s.Model.Data.Validation > 0,
		Accuracy: record.NaN, Loss: record.NaN, Rate: record.NaN, Kappa: record.NaN, Workers: int(s.Workers), Nodes: s.nodes(), History: s.Epochs,
	}
	for _, e := range s.Epochs {
		o.WallS += e.WallS
		o.CPUS += e.CPUS
		o.Accuracy, o.Loss, o.Rate, o.Kappa, o.NeverActive = e.TestAccuracy, e.TestLoss, e.Rate, e.Kappa, e.NeverActive
	}
	return o
}

// Doubt says what speaks against the network that has come out; it is empty where
// nothing does that can be told without knowing the task.
func (s *Session) Doubt() string {
	if len(s.Epochs) == 0 {
		return ""
	}
	last, n := &s.Epochs[len(s.Epochs)-1], &s.Model.Network
	guess := math.Log(float64(n.Outputs))
	switch {
	case float64(last.Loss) > doubtful*guess:
		return fmt.Sprintf("the loss of epoch %d is %.4g, and guessing has %.4g: it has learned nothing; lower the learning rate, or clip the gradient", last.Epoch+1, float64(last.Loss), guess)
	case last.NeverActive == n.Hidden:
		return fmt.Sprintf("no neuron fired in epoch %d: nothing reaches the outputs; lower network.threshold, or let more spikes in by encoding", last.Epoch+1)
	}
	return ""
}

// doubtful is how many times the loss of guessing is above what any training comes from.
const doubtful = 10

// nodes is how many take part.
func (s *Session) nodes() int {
	if t, on := s.Team.(interface{ Nodes() int }); on {
		return t.Nodes()
	}
	return 0
}

// Finish writes the predictions, the weights and, last, the summary: those of the last
// epoch that is done, also where Run ended in the middle of one.
func (s *Session) Finish() error {
	if err := s.settle(); err != nil {
		return err
	}
	if s.predictions != nil {
		if err := Write(s.Dir, PredictionsFile, s.predicted()); err != nil {
			return err
		}
	}
	weights, err := archive(&s.trainer.Net.Layout, s.trainer.Net.Values)
	if err != nil {
		return err
	}
	if err := Write(s.Dir, WeightsFile, weights); err != nil {
		return err
	}
	text, err := json.MarshalIndent(s.Summary(), "", "  ")
	if err != nil {
		return err
	}
	return Write(s.Dir, SummaryFile, append(text, '\n'))
}

// predicted is the predictions as CSV.
func (s *Session) predicted() []byte {
	b := []byte("sample,label,prediction\n")
	for k, i := range s.data.Test.Index {
		b = fmt.Appendf(b, "%d,%d,%d\n", i, s.data.Test.Labels[i], s.predictions[k])
	}
	return b
}

func weightHash(x []float32) string {
	h := sha256.New()
	var b [4]byte
	for _, y := range x {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(y+0)) // -0 is 0
		_, _ = h.Write(b[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
