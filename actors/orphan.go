package actors

import (
	"context"
	"errors"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

const (
	// unheard is how long a coordinator may say nothing before a host looks whether it
	// is there.
	unheard = 3 * time.Second
	// goneLooks is how many times in a row nobody of the coordinator's name may be
	// there, or not know the run, before another node takes it over,
	goneLooks = 3
	// goneLookPause is between these.
	goneLookPause = 500 * time.Millisecond
	// silentLooks the same where it does not answer, each for attemptTimeout.
	silentLooks = 6
)

// search is what a host has found out about a silent coordinator.
type search struct {
	under        bool
	gone, silent int
	told         bool // the node has been told that the run has no coordinator
}

type (
	// lookAgain is sent where a look has found nobody.
	lookAgain struct{}

	// searched is what a look has found.
	searched struct{ err error }

	// orphaned is a run whose coordinator is gone.
	orphaned struct {
		run   string
		lost  string // the coordinator
		epoch uint64 // its
		place int    // of this node among those that have a share
		of    int    // these
	}

	// owned says who has begun a later epoch of a run.
	owned struct {
		run         string
		coordinator string
		epoch       uint64
	}
)

// look asks whether the coordinator's node still has the run.
func (h *host) look() {
	if h.search.under || h.shelf == nil || h.owner.coordinator == "" {
		return
	}
	h.search.under = true
	caller := Caller{Bus: h.c.Bus, Sender: h.c.Name, Version: h.c.Version}
	owner := h.owner.coordinator
	go func() {
		ctx, cancel := context.WithTimeout(h.ctx, attemptTimeout)
		defer cancel()
		_, err := caller.Call(ctx, owner, &control.Request{Body: &control.Request_Attach{Attach: &control.Attach{Run: h.prepare.Run}}})
		h.root.Send(h.self, &searched{err})
	}()
}

func (h *host) searched(m *searched) {
	s := &h.search
	s.under = false
	var r *Refusal
	switch {
	case m.err == nil:
		s.gone, s.silent = 0, 0 // it goes on without this share, which is let go in time
	case errors.As(m.err, &r) && (r.Kind == control.Kind_KIND_NODE_LOST || r.Kind == control.Kind_KIND_UNKNOWN_RUN):
		s.gone++
	default:
		s.silent++
	}
	if s.told {
		return
	}
	if s.gone < goneLooks && s.silent < silentLooks {
		if s.gone > 0 {
			time.AfterFunc(goneLookPause, func() { h.root.Send(h.self, &lookAgain{}) })
		}
		return
	}
	s.told = true
	h.c.Log.Warn("a run's coordinator is gone", "run", h.prepare.Run, "node", h.owner.coordinator, "error", m.err)
	h.root.Send(h.parent, &orphaned{h.prepare.Run, h.owner.coordinator, h.owner.epoch, h.place, len(h.plan.Shares)})
}

// owned is told who has the run now, or that nobody new has: it is given time to
// prepare its epoch, and looked for when it does not.
func (h *host) owned(m *owned) {
	if m.epoch > h.owner.epoch {
		h.owner, h.heard = *m, time.Now()
	}
	h.search = search{}
}
