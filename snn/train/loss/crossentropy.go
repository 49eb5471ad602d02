package loss

import "github.com/volley-snn/volley/snn/pinned"

// CrossEntropy is the cross-entropy of a sample's logits against its label, and
// sets grad to its gradient at them. smoothing spreads that share of the label over
// all classes.
func CrossEntropy(grad, logits []float32, label int, smoothing float64) float64 {
	return SoftCrossEntropy(grad, logits, func(k int) float64 {
		p := smoothing / float64(len(logits))
		if k == label {
			p += 1 - smoothing
		}
		return p
	})
}

// SoftCrossEntropy is the same against a distribution over classes.
func SoftCrossEntropy(grad, logits []float32, target func(class int) float64) float64 {
	most := logits[0]
	for _, x := range logits[1:] {
		most = max(most, x)
	}
	total := 0.0
	for _, x := range logits {
		total += pinned.Exp(float64(x - most))
	}
	logTotal, sum := pinned.Log(total), 0.0
	for k, x := range logits {
		logP := float64(x-most) - logTotal
		p := target(k)
		sum -= float64(p * logP)
		grad[k] = float32(pinned.Exp(logP) - p)
	}
	return sum
}
