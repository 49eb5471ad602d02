package synchrony

import "math"

// Population says what is counted of a population in a window, and how the
// counts lie in the vector that is added up over partitions:
//
//	fired    Bins           neurons that fired in a bin
//	spikes   Bins           spikes
//	squares  1              sum over neurons of the square of its bins with a spike
//	active   1              neurons that fired
//	first    Kernel.Bins()  first spikes
//	counts   chi's bins     spikes
//	ofBins   1              sum over neurons and chi's bins of the squared spike count
//	ofSpan   1              what the window adds to the sum of squared spike counts of chi's span
//
// The last four are absent where nothing asks for them.
type Population struct {
	Neurons  int // of all slices
	Ticks    int // of a window
	WindowMs float64
	Bins     int       // of kappa and fano; at most MaxBins and Ticks
	Measures []Measure // nil for all

	kernel  *Kernel // nil where C is not asked for
	chiBins int     // 0 where chi is not asked for
	span    int     // windows

	squares, active, first, counts, ofBins, ofSpan, length int // where the parts start
}

// MaxBins is the most bins of kappa in a window.
const MaxBins = 64

// NewPopulation completes p. sigmaTicks is the width of C's kernel; spanMs is how
// long chi gathers, rounded up to windows.
func NewPopulation(p Population, sigmaTicks, spanMs float64) *Population {
	ask := asked(p.Measures, OfPopulation)
	if ask(C) || ask(C0) || ask(CCorrected) {
		p.kernel = NewKernel(p.Ticks, sigmaTicks)
	}
	if ask(ChiMeasure) || ask(ChiCorrected) {
		p.chiBins = max(min(int(math.Round(p.WindowMs/ChiBinMs)), p.Ticks, math.MaxUint16), 1)
		p.span = max(int(math.Ceil(spanMs/p.WindowMs-1e-9)), 1)
	}
	p.squares = 2 * p.Bins
	p.active = p.squares + 1
	p.first = p.active + 1
	p.counts = p.first
	if p.kernel != nil {
		p.counts += p.kernel.Bins()
	}
	p.ofBins = p.counts + p.chiBins
	p.length = p.ofBins
	if p.chiBins > 0 {
		p.ofSpan, p.length = p.ofBins+1, p.ofBins+2
	}
	return &p
}

// Len is the length of the vector of counts.
func (p *Population) Len() int { return p.length }

// Kappa is the kappa of summed counts.
func (p *Population) Kappa(counts []int64) float64 {
	return Kappa(p.Neurons, counts[:p.Bins], counts[p.squares])
}

// Gauge starts a gauge at the first window.
func (p *Population) Gauge() Gauge {
	g := &populationGauge{of: p, ask: asked(p.Measures, OfPopulation), chi: Chi{Neurons: p.Neurons, Windows: p.span}}
	if p.kernel != nil {
		g.coincidence = NewCoincidence(p.kernel)
		g.self = make([]int64, p.kernel.Bins())
	}
	return g
}

type populationGauge struct {
	of          *Population
	ask         func(Measure) bool
	coincidence *Coincidence
	self        []int64
	chi         Chi
	values      []Value
}

func (g *populationGauge) put(m Measure, x float64) {
	if g.ask(m) {
		g.values = append(g.values, Value{m, x, 1})
	}
}

func (g *populationGauge) Add(counts []int64) []Value {
	p := g.of
	g.values = g.values[:0]
	n := float64(p.Neurons)
	spikes := int64(0)
	for _, x := range counts[p.Bins : 2*p.Bins] {
		spikes += x
	}
	g.put(Rate, float64(spikes)*1000/float64(n*p.WindowMs))
	g.put(Participation, float64(counts[p.active])/n)
	g.put(KappaMeasure, p.Kappa(counts))
	if p.kernel != nil {
		first := counts[p.first:p.counts]
		g.self[0] = counts[p.active]
		now, expected, corrected := g.coincidence.Add(first, first, g.self)
		g.put(C, now)
		g.put(C0, expected)
		g.put(CCorrected, corrected)
	}
	g.put(FanoMeasure, Fano(counts[p.Bins:2*p.Bins]))
	if p.chiBins > 0 {
		chi, corrected := g.chi.Add(counts[p.counts:p.ofBins], counts[p.ofBins], counts[p.ofSpan])
		if g.chi.Ends() {
			first := len(g.values)
			g.put(ChiMeasure, chi)
			g.put(ChiCorrected, corrected)
			for k := range g.values[first:] {
				g.values[first+k].Windows = p.span
			}
		}
	}
	return g.values
}
