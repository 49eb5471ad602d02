package ssdp

import "github.com/volley-snn/volley/snn/state"

// Save writes what the gate has seen.
func (g *Gate) Save(w *state.Writer) {
	w.Int(int64(g.seen))
	w.Float(g.mean)
	w.Float(g.variance)
}

// Load reads what Save wrote.
func (g *Gate) Load(r *state.Reader) {
	g.seen, g.mean, g.variance = int(r.Int()), r.Float(), r.Float()
}

// Save writes the records, and what they were fitted to.
func (d *Dopamine) Save(w *state.Writer) {
	w.Int(int64(d.Records))
	w.Bool(d.Fixed)
	state.Put(w, []float64{d.Mean, d.MeanLoss, d.Square, d.SquareLoss, d.Mixed, d.K, d.Mu, d.SD})
}

// Load reads what Save wrote.
func (d *Dopamine) Load(r *state.Reader) {
	d.Records, d.Fixed = int(r.Int()), r.Bool()
	for _, x := range []*float64{&d.Mean, &d.MeanLoss, &d.Square, &d.SquareLoss, &d.Mixed, &d.K, &d.Mu, &d.SD} {
		*x = r.Float()
	}
}

// Save writes the running means.
func (e *Expectation) Save(w *state.Writer) {
	state.PutList(w, e.pre)
	state.PutList(w, e.post)
	w.Int(int64(e.windows))
	w.Int(int64(e.means))
	w.Float(e.value)
}

// Load reads what Save wrote.
func (e *Expectation) Load(r *state.Reader) {
	pre, post := state.GetList[float64](r), state.GetList[float64](r)
	if r.Err() == nil && (len(pre) != len(e.pre) || len(post) != len(e.post)) {
		r.Fail("histograms of %d and %d bins, expected %d", len(pre), len(post), len(e.pre))
		return
	}
	copy(e.pre, pre)
	copy(e.post, post)
	e.windows, e.means, e.value = int(r.Int()), int(r.Int()), r.Float()
}

// Values are the neurons' participations; the slice is live. SetWindows sets the
// number of windows that they are means of.
func (p *Participation) Values() []float64 { return p.p }

// SetWindows says how many windows Values are means of.
func (p *Participation) SetWindows(n int) { p.windows = n }
