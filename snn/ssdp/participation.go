package ssdp

// Participation is, for each neuron, the share of windows in which it fired: a
// running mean over Horizon windows, over all of them while they are fewer. A
// window's update uses the value of before the window, so that the chance term
// of independent neurons is unbiased.
type Participation struct {
	horizon, windows int
	p                []float64
}

// NewParticipation starts n neurons at 0.
func NewParticipation(n, horizon int) *Participation {
	return &Participation{horizon: horizon, p: make([]float64, n)}
}

// Of is the neuron's participation.
func (p *Participation) Of(i int) float64 { return p.p[i] }

// Windows is the number of windows seen.
func (p *Participation) Windows() int { return p.windows }

// Add takes one window: first[i] is a neuron's first tick, or negative where it was silent.
func (p *Participation) Add(first []int32) {
	p.windows++
	share := 1 / float64(min(p.windows, p.horizon))
	for i, f := range first {
		x := 0.0
		if f >= 0 {
			x = 1
		}
		p.p[i] += float64(share * (x - p.p[i]))
	}
}

// AddBatch takes a batch of windows, in fired[i] of which neuron i fired, as one:
// the horizon then counts batches.
func (p *Participation) AddBatch(fired []int64, windows int) {
	p.windows++
	share := 1 / float64(min(p.windows, p.horizon))
	for i, n := range fired {
		p.p[i] += float64(share * (float64(n)/float64(windows) - p.p[i]))
	}
}

// Len is the number of neurons.
func (p *Participation) Len() int { return len(p.p) }

// State is the running state, for checkpoints: the slice is live.
func (p *Participation) State() (share []float64, windows *int) { return p.p, &p.windows }
