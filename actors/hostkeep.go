package actors

import (
	"context"
	"fmt"

	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/state"
)

// keeps is what a host does for checkpoints.
type keeps struct {
	sequence int64 // of the one that is being saved, or was last
	saved    *control.Saved
	failure  error

	restoring   int64 // number of the checkpoint that is being restored, or was last
	restored    bool
	restoreFail error

	copies engine.Saved // used again by each
	busy   bool         // copies is being stored
}

// What goroutines of checkpoints tell a host.
type (
	savedShare struct {
		sequence int64
		parts    []checkpoint.Blob
		err      error
	}
	restoredShare struct {
		sequence int64
		err      error
	}
)

// save has the share copied after a step and stored; to a repetition it says how far
// that is.
func (h *host) save(m *control.Save) *control.Reply {
	k := &h.keeps
	switch {
	case h.failure != nil:
		return refusal(h.failure)
	case h.share == nil || h.shelf == nil:
		return refusal(refuse(control.Kind_KIND_MALFORMED, "the share of run %s cannot be saved here", m.Run))
	case m.Sequence == k.sequence && k.failure != nil:
		return refusal(k.failure)
	case m.Sequence == k.sequence:
		return &control.Reply{Body: &control.Reply_Saved{Saved: k.saved}}
	case k.busy:
		return refusal(refuse(control.Kind_KIND_BUSY, "checkpoint %d of run %s is still being stored", k.sequence, m.Run))
	}
	k.sequence, k.saved, k.failure, k.busy = m.Sequence, &control.Saved{}, nil, true
	copied := func(err error) {
		if err != nil {
			h.root.Send(h.self, &savedShare{m.Sequence, nil, err})
			return
		}
		go func() {
			parts, err := session.StoreParts(h.ctx, h.shelf, m.Sequence, h.plan.Shares[h.place].First, k.copies.Partitions)
			h.root.Send(h.self, &savedShare{m.Sequence, parts, err})
		}()
	}
	err := h.share.SaveAfter(h.ctx, m.AfterStep, func(e *engine.Engine) error { return e.Save(&k.copies) }, copied)
	if err != nil {
		return refusal(err)
	}
	return &control.Reply{Body: &control.Reply_Saved{Saved: k.saved}}
}

func (h *host) savedShare(m *savedShare) {
	k := &h.keeps
	k.busy = false
	if m.sequence != k.sequence {
		return
	}
	if m.err != nil {
		k.failure = refuse(control.Kind_KIND_BUSY, "checkpoint %d could not be stored: %v", m.sequence, m.err)
		h.c.Log.Warn("a checkpoint could not be stored", "run", h.prepare.Run, "error", m.err)
		return
	}
	k.saved = &control.Saved{Done: true}
	for _, b := range m.parts {
		k.saved.Parts = append(k.saved.Parts, &control.Part{Key: b.Key, Size: b.Size, Digest: b.Digest})
	}
}

// restore has a checkpoint put into the share; to a repetition it says how far that is.
func (h *host) restore(m *control.Restore) *control.Reply {
	k := &h.keeps
	switch {
	case h.failure != nil:
		return refusal(h.failure)
	case h.share == nil || h.shelf == nil:
		return refusal(refuse(control.Kind_KIND_MALFORMED, "the share of run %s cannot be restored here", m.Run))
	case k.restoring == 0:
		k.restoring = m.Sequence
		go func() {
			err := guard("restored", func() error { return h.share.Restore(h.ctx, h.sections(m.Sequence)) })
			h.root.Send(h.self, &restoredShare{m.Sequence, err})
		}()
	case k.restoring != m.Sequence:
		return refusal(refuse(control.Kind_KIND_MALFORMED, "checkpoint %d of run %s is in place of %d", k.restoring, m.Run, m.Sequence))
	case k.restoreFail != nil:
		return refusal(k.restoreFail)
	}
	return &control.Reply{Body: &control.Reply_Building{Building: &control.Building{Built: k.restored}}}
}

// sections reads a checkpoint of the run.
func (h *host) sections(sequence int64) func(use func(state.Section) error) (engine.ScheduleState, error) {
	return func(use func(state.Section) error) (engine.ScheduleState, error) {
		c, err := checkpoint.Find(h.ctx, h.shelf, sequence)
		if err != nil {
			return engine.ScheduleState{}, err
		}
		return session.Sections(h.ctx, c, use)
	}
}

func (h *host) restoredShare(m *restoredShare) {
	h.keeps.restored = m.err == nil
	if m.err != nil {
		h.keeps.restoreFail = refuse(control.Kind_KIND_STORE, "checkpoint %d could not be restored: %v", m.sequence, m.err)
		h.c.Log.Error("a checkpoint could not be restored", "run", h.prepare.Run, "error", m.err)
	}
}

// guard calls a function with a panic as its error.
func guard(what string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the share could not be %s: %v", what, p)
		}
	}()
	return f()
}

// seesStore checks that the node keeps the run where its coordinator does.
func (h *host) seesStore(ctx context.Context) error {
	if len(h.prepare.Record) == 0 {
		h.shelf = nil // the coordinator keeps nothing
		return nil
	}
	if h.shelf == nil {
		return refuse(control.Kind_KIND_STORE, "it was started without --store, and the run's coordinator with one: all nodes must be given one that all of them reach")
	}
	if err := h.shelf.sees(ctx, h.prepare.Plan.Epoch, h.prepare.Record); err != nil {
		return refuse(control.Kind_KIND_STORE, "%v", err)
	}
	return nil
}
