package layer

import "github.com/volley-snn/volley/snn/random"

// Dropout sets each number to 0 with chance Rate, and scales the others by
// 1/(1 - Rate), so that the mean stays. Number k of a row draws word k of the row's
// own stream: the same for a sample, epoch and seed whatever shard it is in.
type Dropout struct{ Rate float32 }

// Apply works on a row in place: on activities going forward, on the gradient, with
// the same lanes, going back.
func (d Dropout) Apply(row []float32, lanes random.Lanes) {
	scale := 1 / (1 - d.Rate)
	for k := range row {
		if lanes.Uniform(uint32(k)) < d.Rate {
			row[k] = 0
		} else {
			row[k] = float32(row[k] * scale)
		}
	}
}
