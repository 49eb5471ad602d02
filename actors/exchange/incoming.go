package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/neuron"
)

// incoming is what a node heard from another of a step.
type incoming struct {
	messages.Envelope
	fault *engine.Fault // in place of the envelope
}

// readPayload makes a payload of a frame's body, which it keeps.
func readPayload(f messages.Frame, body []byte) (any, error) {
	in := &incoming{}
	if f.Kind == messages.FaultFrame {
		var w wireFault
		if err := json.Unmarshal(body, &w); err != nil {
			return nil, err
		}
		in.fault = w.fault()
		return in, nil
	}
	return in, in.Read(body)
}

// batch reads a batch of an envelope into b. The error says that it does not fit the
// step, which a checksum cannot tell.
func (in *incoming) batch(k int, from, to snn.Tick, b *kernel.Batch) (err error) {
	if err := in.covers(from, to); err != nil {
		return err
	}
	b.From = from
	b.Offsets, b.GIDs, err = messages.Spikes(in.Batches[k].Spikes, int(in.Ticks), b.Offsets, b.GIDs)
	return err
}

// covers refuses an envelope of other ticks than (from, to].
func (in *incoming) covers(from, to snn.Tick) error {
	if in.FirstTick != int64(from) || in.Ticks != int64(to-from) {
		return fmt.Errorf("a step of %d ticks after tick %d came for one of %d after %d: the nodes do not simulate the same", in.Ticks, in.FirstTick, to-from, from)
	}
	return nil
}

// silent makes b a batch without spikes.
func silent(b *kernel.Batch, from, to snn.Tick) {
	b.From, b.GIDs, b.Offsets = from, b.GIDs[:0], b.Offsets[:0]
	for range to - from + 1 {
		b.Offsets = append(b.Offsets, 0)
	}
}

// wireFault is an engine.Fault on its way.
type wireFault struct {
	Partition int     `json:"partition"`
	First     uint32  `json:"first"` // GIDs
	End       uint32  `json:"end"`
	From      int64   `json:"from"` // ticks
	To        int64   `json:"to"`
	DtMs      float64 `json:"dt_ms"`
	Cause     string  `json:"cause"`
	Stack     []byte  `json:"stack,omitempty"`

	Unstable *wireInstability `json:"unstable,omitempty"`
}

// wireInstability is a neuron.Instability; of its voltage the bits, since JSON has
// no number that is none.
type wireInstability struct {
	Model  string `json:"model"`
	GID    uint32 `json:"gid"`
	Tick   int64  `json:"tick"`
	VmBits uint64 `json:"vm_bits"`
	Spikes int    `json:"spikes,omitempty"`
}

func toFault(f *engine.Fault) wireFault {
	w := wireFault{Partition: f.Partition, First: uint32(f.GIDs.First), End: uint32(f.GIDs.End), From: int64(f.From), To: int64(f.To), DtMs: f.DtMs, Cause: f.Cause.Error(), Stack: f.Stack}
	var u *neuron.Instability
	if errors.As(f.Cause, &u) {
		w.Unstable = &wireInstability{u.Model, uint32(u.GID), int64(u.Tick), math.Float64bits(u.VmMV), u.Spikes}
	}
	return w
}

func (w *wireFault) fault() *engine.Fault {
	f := &engine.Fault{Partition: w.Partition, GIDs: snn.Range{First: snn.GID(w.First), End: snn.GID(w.End)}, From: snn.Tick(w.From), To: snn.Tick(w.To), DtMs: w.DtMs, Stack: w.Stack}
	f.Cause = errors.New(w.Cause)
	if u := w.Unstable; u != nil {
		f.Cause = &neuron.Instability{Model: u.Model, GID: snn.GID(u.GID), Tick: snn.Tick(u.Tick), VmMV: math.Float64frombits(u.VmBits), Spikes: u.Spikes}
	}
	return f
}
