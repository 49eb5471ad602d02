package synchrony

// Projection says what is counted of a projection's source and target in a
// window, and how the counts lie in the vector that is added up over partitions:
// the first-spike histograms of the source and of the target, and where both are
// the same population, by distance in bins, the neurons that fired as both.
type Projection struct {
	Sources, Targets int // neurons of all slices
	Same             bool
	Measures         []Measure // nil for all

	kernel *Kernel
}

// NewProjection completes p for a window of ticks; sigmaTicks is the width of
// C's kernel.
func NewProjection(p Projection, windowTicks int, sigmaTicks float64) *Projection {
	p.kernel = NewKernel(windowTicks, sigmaTicks)
	return &p
}

// Len is the length of the vector of counts.
func (p *Projection) Len() int {
	if p.Same {
		return 3 * p.kernel.Bins()
	}
	return 2 * p.kernel.Bins()
}

// Gauge starts a gauge at the first window.
func (p *Projection) Gauge() Gauge {
	return &projectionGauge{of: p, ask: asked(p.Measures, OfProjection), coincidence: NewCoincidence(p.kernel), none: make([]int64, p.kernel.Bins())}
}

type projectionGauge struct {
	of          *Projection
	ask         func(Measure) bool
	coincidence *Coincidence
	none        []int64
	values      []Value
}

func (g *projectionGauge) Add(counts []int64) []Value {
	b := g.of.kernel.Bins()
	pre, post, self := counts[:b], counts[b:2*b], g.none
	if g.of.Same {
		self = counts[2*b:]
	}
	var sources, targets int64
	for k := range b {
		sources += pre[k]
		targets += post[k]
	}
	product := float64(sources) / float64(g.of.Sources) * (float64(targets) / float64(g.of.Targets))
	now, expected, corrected := g.coincidence.Add(pre, post, self)
	g.values = g.values[:0]
	for _, v := range [...]Value{{S, product, 1}, {C, now, 1}, {C0, expected, 1}, {CCorrected, corrected, 1}} {
		if g.ask(v.Measure) {
			g.values = append(g.values, v)
		}
	}
	return g.values
}
