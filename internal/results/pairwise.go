package results

import "github.com/volley-snn/volley/snn/state"

// Pairwise scores each source by how often it fires together with the others,
// against chance: Cohen's kappa of every pair over bins, averaged over the
// partners. It looks at every pair, which costs the square of the sources: a
// mark to measure learning against, not a way to scale.
type Pairwise struct {
	n        int
	bins     int64
	fired    []int64 // bins in which a source fired
	together []int64 // of each pair i < j, at i*n + j
	active   []int
	inBin    []bool
}

// NewPairwise counts n sources.
func NewPairwise(n int) *Pairwise {
	return &Pairwise{n: n, fired: make([]int64, n), together: make([]int64, n*n), inBin: make([]bool, n)}
}

// Spike notes that source i fired in the bin under way.
func (p *Pairwise) Spike(i int) {
	if !p.inBin[i] {
		p.inBin[i] = true
		p.active = append(p.active, i)
	}
}

// EndBin closes the bin under way.
func (p *Pairwise) EndBin() {
	p.bins++
	for a, i := range p.active {
		p.fired[i]++
		p.inBin[i] = false
		for _, j := range p.active[:a] {
			p.together[min(i, j)*p.n+max(i, j)]++
		}
	}
	p.active = p.active[:0]
}

// Scores is the mean kappa of each source with the others.
func (p *Pairwise) Scores() []float64 {
	scores := make([]float64, p.n)
	bins := float64(p.bins)
	for i := range p.n {
		for j := i + 1; j < p.n; j++ {
			a, b := float64(p.fired[i])/bins, float64(p.fired[j])/bins
			both := float64(p.together[i*p.n+j]) / bins
			agree := 1 - a - b + 2*both
			chance := a*b + (1-a)*(1-b)
			if chance < 1 {
				kappa := (agree - chance) / (1 - chance)
				scores[i] += kappa
				scores[j] += kappa
			}
		}
	}
	for i := range scores {
		scores[i] /= float64(p.n - 1)
	}
	return scores
}

// Save writes what has been counted, the bin under way with it.
func (p *Pairwise) Save(w *state.Writer) {
	w.Int(p.bins)
	state.PutList(w, p.fired)
	state.PutList(w, p.together)
	w.Int(int64(len(p.active)))
	for _, i := range p.active {
		w.Uint32(uint32(i))
	}
}

// Load reads what Save wrote of as many sources.
func (p *Pairwise) Load(r *state.Reader) {
	p.bins = r.Int()
	fired, together := state.GetList[int64](r), state.GetList[int64](r)
	if r.Err() == nil && (len(fired) != p.n || len(together) != p.n*p.n) {
		r.Fail("pairs of %d sources, expected %d", len(fired), p.n)
		return
	}
	copy(p.fired, fired)
	copy(p.together, together)
	for range r.Count(4) {
		p.Spike(int(r.Index(p.n)))
	}
}
