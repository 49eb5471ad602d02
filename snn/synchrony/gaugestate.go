package synchrony

import "github.com/volley-snn/volley/snn/state"

func (g *populationGauge) Save(w *state.Writer) {
	if g.coincidence != nil {
		g.coincidence.save(w)
	}
	c := &g.chi
	w.Int(int64(c.seen))
	w.Int(c.bins)
	state.Put(w, []float64{c.sum, c.sumSquares, c.squares, c.totals})
}

func (g *populationGauge) Load(r *state.Reader) {
	if g.coincidence != nil {
		g.coincidence.load(r)
	}
	c := &g.chi
	c.seen, c.bins = int(r.Int()), r.Int()
	c.sum, c.sumSquares, c.squares, c.totals = r.Float(), r.Float(), r.Float(), r.Float()
}

func (g *projectionGauge) Save(w *state.Writer) { g.coincidence.save(w) }
func (g *projectionGauge) Load(r *state.Reader) { g.coincidence.load(r) }

// save writes the windows that C0 is taken from; their sum follows.
func (c *Coincidence) save(w *state.Writer) {
	w.Int(int64(c.at))
	w.Int(int64(len(c.past)))
	for _, counts := range c.past {
		state.PutList(w, counts)
	}
}

func (c *Coincidence) load(r *state.Reader) {
	at, n := int(r.Int()), r.Count(8)
	if r.Err() == nil && (n > Horizon || at < 0 || at > n) {
		r.Fail("%d windows, %d the last, of %d at most", n, at, Horizon)
		return
	}
	c.at, c.past = at, nil
	clear(c.sum)
	for range n {
		counts := state.GetList[int64](r)
		if len(counts) != len(c.sum) {
			r.Fail("%d counts of a window, expected %d", len(counts), len(c.sum))
			return
		}
		for i, x := range counts {
			c.sum[i] += x
		}
		c.past = append(c.past, counts)
	}
}
