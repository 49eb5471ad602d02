package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
)

// progress shows how far a run is: one line that is rewritten on a terminal, a
// line every few seconds elsewhere.
type progress struct {
	network     *kernel.Network
	quiet       bool
	terminal    bool
	start, last time.Time
	spikes      int64
	steps       int
	shown       bool
	expected    int64 // static synapses

	said func(note string) // told what happens to a run on nodes; may be nil
	note string            // the last
}

// progressOf is the progress of a network that is not known.
func progressOf(quiet bool) *progress {
	now := time.Now()
	return &progress{quiet: quiet, terminal: term.IsTerminal(int(os.Stderr.Fd())), start: now, last: now}
}

func newProgress(n *kernel.Network, quiet bool) *progress {
	p := progressOf(quiet)
	p.network = n
	for k, e := range n.Estimate(1).Projections {
		if !n.Projections[k].Plastic() {
			p.expected += e.Synapses
		}
	}
	return p
}

// Observe looks at the clock once in a while: a step may take only microseconds.
func (p *progress) Observe(m *engine.Moment) error {
	if p.quiet {
		return nil
	}
	for _, o := range m.Outputs {
		p.spikes += int64(len(o.Spikes.GIDs))
	}
	if p.steps++; p.steps%32 != 0 {
		return nil
	}
	now := time.Now()
	if !p.due(now) {
		return nil
	}
	p.ran(m.Done, float64(m.To)*p.network.DtMs/1000, now.Sub(p.start).Seconds(), p.spikes)
	return nil
}

// ran shows how far a run is, after seconds of biological and of wall time.
func (p *progress) ran(done, bio, wall float64, spikes int64) {
	p.show(fmt.Sprintf("%5.1f %%  %.3f s of biological time in %.1f s (%.2f x real time)  %.3g spikes/s",
		100*done, bio, wall, wall/bio, float64(spikes)/wall))
}

// told shows what a run's coordinator says.
func (p *progress) told(st *control.RunStatus) {
	if st.Note != "" && st.Note != p.note && p.said != nil {
		p.note = st.Note
		p.end()
		p.said(fmt.Sprintf("%s: the run goes on from %.6g ms, in epoch %d", st.Note, st.CheckpointMs, st.Epoch+1))
	}
	if p.quiet || !p.due(time.Now()) {
		return
	}
	switch {
	case st.State == control.State_STATE_PREPARING && st.Of > 0:
		p.show(fmt.Sprintf("building: %.3g of about %.3g synapses", float64(st.Building), float64(st.Of)))
	case st.State == control.State_STATE_RUNNING && st.TimeMs > 0:
		p.ran(st.Done, st.TimeMs/1000, st.WallS, st.Spikes)
	}
}

// built shows how far the network is built.
func (p *progress) built(synapses int64) {
	if p.quiet || !p.due(time.Now()) {
		return
	}
	p.show(fmt.Sprintf("building: %.3g of about %.3g synapses", float64(synapses), float64(p.expected)))
}

// due reports whether it is time for another line.
func (p *progress) due(now time.Time) bool {
	every := 3 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	if now.Sub(p.last) < every {
		return false
	}
	p.last = now
	return true
}

func (p *progress) show(line string) {
	if p.terminal {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s", line)
		p.shown = true
		return
	}
	fmt.Fprintln(os.Stderr, line)
}

// end clears the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

func sortedNames[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
