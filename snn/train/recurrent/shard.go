package recurrent

import (
	"math/bits"

	"github.com/volley-snn/volley/snn/synchrony"
	"github.com/volley-snn/volley/snn/train/lane"
	"github.com/volley-snn/volley/snn/train/loss"
	"github.com/volley-snn/volley/snn/train/matrix"
)

// Shard is some samples of a batch on their way through a network: Input and
// Initial are set, then come Forward, and Backward where one learns. It keeps its
// memory from batch to batch. Arrays have rows of samples, steps outermost.
type Shard struct {
	Samples int
	Input   matrix.Lists // [ticks x samples][inputs], spikes
	Current []float32    // [samples][inputs], in place of Input where inputs are currents
	Initial []float32    // [samples][hidden], the potential before the first step
	Labels  []int32

	Spikes matrix.Lists // [ticks x samples][hidden]
	Logits []float32    // [samples][outputs]
	Loss   float64      // sum over samples of the cross-entropy
	// Times and InputTimes are the tick of each neuron's first spike, or Ticks;
	// of its last with LastSpike.
	Times, InputTimes []int32 // [samples][hidden], [samples][inputs]
	LastSpike         bool
	Kappa             []float64 // of each sample's spikes; NaN where it is not defined

	net                     *Network
	xIn, xRec               []float32 // normalised
	inverseIn, inverseRec   []float32
	current, d, v           []float32
	mean                    []float32 // [samples][hidden], of spikes over steps
	fired                   []byte    // bits, of a sample in a step
	counts                  []uint16  // [samples][hidden], spikes
	normal, inverse, zero   []float32
	gLogits, gMean, gSpikes []float32
	gIn, gRec, slope, u, gI []float32
	gV, gD                  []float32
	transposed              matrix.Lists
	blocks                  matrix.Blocks
	product                 matrix.Product
	across                  []float32 // Current, by input
	dense                   matrix.Packed
	gradient                lane.FilterGradient
}

// NewShard is an empty shard of the network.
func (n *Network) NewShard() *Shard { return &Shard{net: n} }

// Begin makes room for so many samples, and empties Input.
func (s *Shard) Begin(samples int) {
	n := s.net
	s.Samples = samples
	s.Input.Reset(n.Inputs)
	s.Initial = grow(s.Initial, samples*n.Hidden)
	if n.Direct {
		s.Current = grow(s.Current, samples*n.Inputs)
	}
	s.Labels = grow(s.Labels, samples)
	s.InputTimes = grow(s.InputTimes, samples*n.Inputs)
	for k := range s.InputTimes {
		s.InputTimes[k] = int32(n.Ticks)
	}
}

// EndInput ends the spikes of sample b in tick t, which have been appended to
// Input.Index. Ticks come in order, and samples within them.
func (s *Shard) EndInput(t, b int) {
	s.Input.End()
	times := s.InputTimes[b*s.net.Inputs : (b+1)*s.net.Inputs]
	for _, i := range s.Input.Row(s.Input.Rows() - 1) {
		if s.LastSpike || times[i] > int32(t) {
			times[i] = int32(t)
		}
	}
}

// measure sets the samples' chance-corrected synchrony.
func (s *Shard) measure() {
	h := s.net.Hidden
	bins := make([]int64, s.net.Ticks)
	s.Kappa = grow(s.Kappa, s.Samples)
	for b := range s.Samples {
		for t := range bins {
			bins[t] = int64(len(s.Spikes.Row(t*s.Samples + b)))
		}
		squares := int64(0)
		for _, m := range s.counts[b*h : (b+1)*h] {
			squares += int64(m) * int64(m)
		}
		s.Kappa[b] = synchrony.Kappa(h, bins, squares)
	}
}

// Last is who fired in sample b's last tick: of the layer, or of its inputs.
func (s *Shard) Last(layer bool, b int) []uint32 {
	row := (s.net.Ticks-1)*s.Samples + b
	if layer {
		return s.Spikes.Row(row)
	}
	return s.Input.Row(row)
}

// Count is how many spikes the layer fired.
func (s *Shard) Count() int64 { return int64(len(s.Spikes.Index)) }

// Forward takes the samples through the network.
func (s *Shard) Forward() {
	n := s.net
	h, rows := n.Hidden, n.Ticks*s.Samples
	s.room(rows)
	s.takeInput(rows)
	s.silence()
	for t := range n.Ticks {
		from, to := t*s.Samples, (t+1)*s.Samples
		recurrent := s.xRec[from*h : to*h]
		fill(recurrent, n.of(RecurrentBias))
		if t > 0 {
			s.Spikes.AddRows(recurrent, &n.rec, from-s.Samples, from)
		}
		for b := range s.Samples {
			s.step(t, b)
		}
	}
	for k, c := range s.counts {
		s.mean[k] = float32(c) / float32(n.Ticks)
	}
	s.measure()
	s.read()
}

// takeInput sums what comes in, in all ticks.
func (s *Shard) takeInput(rows int) {
	n := s.net
	if !n.Direct {
		fill(s.xIn, n.of(InputBias))
		s.Input.AddRows(s.xIn, &n.in, 0, rows)
		return
	}
	first := s.xIn[:s.Samples*n.Hidden]
	fill(first, n.of(InputBias))
	s.product.Add(first, s.Current, s.Samples, &n.inDense)
	fill(s.xIn[len(first):], first)
}

// step is one sample's step t.
func (s *Shard) step(t, b int) {
	n, h := s.net, s.net.Hidden
	r := t*s.Samples + b
	row := func(x []float32) []float32 { return x[r*h : (r+1)*h : (r+1)*h] }
	xIn, xRec, current, d, v := row(s.xIn), row(s.xRec), row(s.current), row(s.d), row(s.v)
	s.inverseIn[r], s.inverseRec[r] = lane.Normalize(xIn, epsilon), lane.Normalize(xRec, epsilon)
	lane.TwoAffine(current, xIn, n.of(InputNormScale), xRec, n.of(RecurrentNormScale), n.shift)
	d0, v0 := s.before(t, b)
	n.filter.Step(d, v, d0, v0, current)
	s.fired = lane.Above(s.fired, v, n.Threshold)
	for k, eight := range s.fired {
		for ; eight != 0; eight &= eight - 1 {
			s.spike(t, b*h, uint32(8*k+bits.TrailingZeros8(eight)))
		}
	}
	s.Spikes.End()
}

// silence makes it that no neuron has spiked.
func (s *Shard) silence() {
	s.Spikes.Reset(s.net.Hidden)
	clear(s.counts)
	for k := range s.Times {
		s.Times[k] = int32(s.net.Ticks)
	}
}

// spike is that of neuron j in step t, of the sample whose neurons are counted from at.
func (s *Shard) spike(t, at int, j uint32) {
	s.Spikes.Index = append(s.Spikes.Index, j)
	k := at + int(j)
	s.counts[k]++
	if s.LastSpike || s.Times[k] > int32(t) {
		s.Times[k] = int32(t)
	}
}

// before is the state before step t.
func (s *Shard) before(t, b int) (d0, v0 []float32) {
	h := s.net.Hidden
	if t == 0 {
		return s.zero, s.Initial[b*h : (b+1)*h]
	}
	r := (t-1)*s.Samples + b
	return s.d[r*h : (r+1)*h], s.v[r*h : (r+1)*h]
}

// read makes logits of the mean activities, and the loss.
func (s *Shard) read() {
	n, o := s.net, s.net.Outputs
	fill(s.normal, n.of(ReadoutBias))
	s.product.Add(s.normal, s.mean, s.Samples, &n.readout)
	scale, shift := n.of(ReadoutNormScale), n.of(ReadoutNormShift)
	s.Loss = 0
	for b := range s.Samples {
		x, out := s.normal[b*o:(b+1)*o], s.Logits[b*o:(b+1)*o]
		s.inverse[b] = lane.Normalize(x, epsilon)
		for k := range x {
			out[k] = float32(x[k]*scale[k]) + shift[k]
		}
		s.Loss += loss.CrossEntropy(s.gLogits[b*o:(b+1)*o], out, int(s.Labels[b]), 0)
	}
}

func (s *Shard) room(rows int) {
	n := s.net
	h := n.Hidden
	for _, x := range []*[]float32{&s.xIn, &s.xRec, &s.current, &s.d, &s.v, &s.gIn, &s.gRec} {
		*x = grow(*x, rows*h)
	}
	s.inverseIn, s.inverseRec = grow(s.inverseIn, rows), grow(s.inverseRec, rows)
	for _, x := range []*[]float32{&s.mean, &s.gMean, &s.gSpikes, &s.gV, &s.gD} {
		*x = grow(*x, s.Samples*h)
	}
	s.Times, s.counts = grow(s.Times, s.Samples*h), grow(s.counts, s.Samples*h)
	s.Logits, s.normal, s.gLogits = grow(s.Logits, s.Samples*n.Outputs), grow(s.normal, s.Samples*n.Outputs), grow(s.gLogits, s.Samples*n.Outputs)
	s.inverse = grow(s.inverse, s.Samples)
	for _, x := range []*[]float32{&s.zero, &s.slope, &s.u, &s.gI, &s.gradient.A, &s.gradient.B} {
		*x = grow(*x, h)
	}
	clear(s.zero)
}

// fill sets every row of x to one row.
func fill(x, row []float32) {
	for len(x) > 0 {
		x = x[copy(x, row):]
	}
}

func grow[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}
