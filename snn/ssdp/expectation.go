package ssdp

// Expectation tracks gbar, the mean kernel of a pair of independent neurons that
// both fire in a window: the running first-spike histograms of the two
// populations, folded with the kernel. Histograms are integers, so that their
// sum over partitions is exact, and every partition that folds the same sums
// gets the same bits.
type Expectation struct {
	rule      *Rule
	width     int // ticks a bin
	fold      []float64
	pre, post []float64 // running mean counts
	windows   int
	value     float64
}

// NewExpectation starts with no window seen.
func NewExpectation(r *Rule) *Expectation {
	e := &Expectation{rule: r, width: BinWidth(r.Params)}
	bins := Bins(r.Params)
	e.pre, e.post = make([]float64, bins), make([]float64, bins)
	e.fold = make([]float64, bins)
	for d := range e.fold {
		e.fold[d] = e.between(d)
	}
	return e
}

// between is the mean kernel over the ticks of two bins d apart.
func (e *Expectation) between(d int) float64 {
	sum := 0.0
	for a := range e.width {
		for b := range e.width {
			sum += e.rule.Kernel(min(max(d*e.width+b-a, -e.rule.WindowTicks), e.rule.WindowTicks))
		}
	}
	return sum / float64(e.width*e.width)
}

// BinWidth is the ticks of a histogram's bin: a quarter of sigma, so that the
// kernel hardly changes within one, and no more than 256 bins.
func BinWidth(p Params) int {
	width := 1
	if quarter := p.SigmaTicks / 4; quarter > 1 {
		width = int(min(quarter, float64(p.WindowTicks)/16))
	}
	return max(width, (p.WindowTicks+255)/256, 1)
}

// Bins is the number of bins of a histogram.
func Bins(p Params) int { w := BinWidth(p); return (p.WindowTicks + w - 1) / w }

// Bin is the bin of tick 1 to WindowTicks of a window.
func (e *Expectation) Bin(tick int) int { return (tick - 1) / e.width }

// Value is gbar after the windows added so far; 0 before the first.
func (e *Expectation) Value() float64 { return e.value }

// Add takes the first-spike histograms of one window.
func (e *Expectation) Add(pre, post []int64) {
	e.windows++
	share := 1 / float64(min(e.windows, e.rule.Horizon))
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
	sum := 0.0
	for s, h := range e.post {
		if h == 0 {
			continue
		}
		inner := 0.0
		for t, g := range e.pre {
			d := s - t
			if d < 0 {
				d = -d
			}
			inner += float64(g * e.fold[d])
		}
		sum += float64(h * inner)
	}
	e.value = sum / (nPre * nPost)
}

// State is the running state, for checkpoints: the slices are live.
func (e *Expectation) State() (pre, post []float64, windows *int, value *float64) {
	return e.pre, e.post, &e.windows, &e.value
}
