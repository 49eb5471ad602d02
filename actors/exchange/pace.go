package exchange

import (
	"time"

	"github.com/volley-snn/volley/snn"
)

// wait is how long the next step is to stay open, where the run is paced: until the
// time of its last tick has come, so that what comes meanwhile has its tick in it.
// Steps that are closed again do not wait.
func (g *Ingest) wait() time.Duration {
	if g.c.Pace <= 0 {
		return 0
	}
	now := time.Now()
	origin := g.origin.Load()
	if origin == nil {
		at := now.Add(-g.wall(g.now))
		origin = &at
		g.origin.Store(origin)
	}
	to, _, more := g.schedule.Next(g.now)
	if !more || to <= g.closed {
		return 0
	}
	wait := origin.Add(g.wall(to)).Sub(now)
	if late := -wait; late > time.Duration(float64(slack)/g.c.Pace) { // more than a hiccup: what comes now would wait for long
		at := origin.Add(late)
		g.origin.Store(&at)
		g.slipped.Add(int64(late))
	}
	return wait
}

// wall is how long it takes until a tick of a paced run.
func (g *Ingest) wall(t snn.Tick) time.Duration {
	return time.Duration(float64(t) * g.c.Network.DtMs / g.c.Pace * float64(time.Millisecond))
}

// tickOf is the tick that a moment of a paced run lies in; 0 where nothing paces it.
func (g *Ingest) tickOf(now time.Time) snn.Tick {
	origin := g.origin.Load()
	if g.c.Pace <= 0 || origin == nil {
		return 0
	}
	ms := float64(now.Sub(*origin)) / float64(time.Millisecond)
	return snn.Tick(ms*g.c.Pace/g.c.Network.DtMs) + 1
}
