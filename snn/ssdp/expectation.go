package ssdp

import "github.com/volley-snn/volley/snn/synchrony"

// Expectation tracks gbar, the mean kernel of a pair of independent neurons that
// both fire in a window: the running first-spike histograms of the two
// populations, folded with the kernel. Histograms are integers, so that their
// sum over partitions is exact, and every partition that folds the same sums
// gets the same bits.
type Expectation struct {
	rule      *Rule
	kernel    *synchrony.Kernel
	pre, post []float64 // running mean counts
	horizon   int       // windows that the means run over
	windows   int
	means     int // windows that value is a mean of, in AddNearest
	value     float64
}

// histogramWindows is the fewest windows that histograms run over: a histogram of
// few windows is mostly noise, however close by participation is measured.
const histogramWindows = 100

// NewExpectation starts with no window seen.
func NewExpectation(r *Rule) *Expectation {
	e := &Expectation{rule: r, horizon: max(r.Horizon, histogramWindows), kernel: synchrony.NewKernel(r.WindowTicks, r.SigmaTicks)}
	e.pre, e.post = make([]float64, e.kernel.Bins()), make([]float64, e.kernel.Bins())
	return e
}

// Bins is the number of bins of a histogram.
func (e *Expectation) Bins() int { return e.kernel.Bins() }

// Bin is the bin of tick 1 to WindowTicks of a window.
func (e *Expectation) Bin(tick int) int { return e.kernel.Bin(tick) }

// Value is gbar after the windows added so far; 0 before the first.
func (e *Expectation) Value() float64 { return e.value }

// Add takes the first-spike histograms of one window.
func (e *Expectation) Add(pre, post []int64) {
	e.windows++
	share := 1 / float64(min(e.windows, e.horizon))
	var nPre, nPost float64
	for k := range e.pre {
		e.pre[k] += float64(share * (float64(pre[k]) - e.pre[k]))
		e.post[k] += float64(share * (float64(post[k]) - e.post[k]))
		nPre += e.pre[k]
		nPost += e.post[k]
	}
	if nPre == 0 || nPost == 0 {
		return
	}
	e.value = synchrony.Sum(e.kernel, e.pre, e.post) / (nPre * nPost)
}

// AddNearest takes the trains of one window and the target's first-spike
// histogram, for nearest pairing: gbar is then the running mean of the kernel
// between the trains of the sources that fired and a first spike drawn from the
// target's running histogram. Cost: sources that fired times bins.
func (e *Expectation) AddNearest(trains *Trains, active []uint32, post []int64) {
	e.windows++
	share := 1 / float64(min(e.windows, e.horizon))
	n := 0.0
	for k := range e.post {
		e.post[k] += float64(share * (float64(post[k]) - e.post[k]))
		n += e.post[k]
	}
	if n == 0 || len(active) == 0 {
		return
	}
	sum := 0.0
	for _, i := range active {
		train := trains.Of(i)
		for k, h := range e.post {
			if h > 0 {
				sum += float64(h * e.rule.Kernel(Nearest(train, int32(e.kernel.Middle(k)))))
			}
		}
	}
	mean := sum / float64(n*float64(len(active)))
	if e.means++; e.means == 1 {
		e.value = mean
		return
	}
	e.value += float64(1 / float64(min(e.means, e.horizon)) * (mean - e.value))
}

// State is the running state, for checkpoints: the slices are live.
func (e *Expectation) State() (pre, post []float64, windows *int, value *float64) {
	return e.pre, e.post, &e.windows, &e.value
}
