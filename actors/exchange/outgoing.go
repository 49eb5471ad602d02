package exchange

import (
	"encoding/json"

	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// outgoing is what a node says of a step: a body for each audience and one for the
// recorder.
type outgoing struct {
	step      lockstep.Step
	kind      messages.Kind
	audiences [][]byte
	recorder  []byte
}

// writer makes outgoing payloads of a node's outputs. Bodies lie in a ring: one is
// used again when the lockstep's credit says that all have taken it.
type writer struct {
	n     *kernel.Network
	share *partition.Share
	ring  []outgoing

	groups   [][]snn.Range // by audience: whose spikes it gets
	whole    []bool        // by audience: it gets all
	envelope messages.Envelope
	spikes   [][]byte // buffers of the audience under way
	all      [][]byte // buffers of all spikes
	offsets  []uint32
	gids     []snn.GID
}

func newWriter(n *kernel.Network, p *partition.Network, share *partition.Share, window int) *writer {
	w := &writer{n: n, share: share, ring: make([]outgoing, window), spikes: make([][]byte, share.Parts), all: make([][]byte, share.Parts)}
	for _, a := range share.Audiences {
		var ranges []snn.Range
		neurons := 0
		for _, g := range a.Groups {
			own := p.Groups[g].Range.Intersect(share.Range)
			ranges, neurons = append(ranges, own), neurons+own.Len()
		}
		w.groups, w.whole = append(w.groups, ranges), append(w.whole, neurons == share.Range.Len())
	}
	for k := range w.ring {
		w.ring[k].audiences = make([][]byte, len(share.Audiences))
	}
	return w
}

// step is what happened in a step of a node.
type step struct {
	number     lockstep.Step
	from, to   snn.Tick
	outputs    []kernel.Output // none in the step that settles
	watched    int64
	shares     []messages.Window // for who sums learning windows
	aggregates []messages.Window
}

// write makes the payload of a step.
func (w *writer) write(s *step) *outgoing {
	o := &w.ring[int(s.number)%len(w.ring)]
	o.step, o.kind = s.number, messages.EnvelopeFrame
	e := &w.envelope
	e.Reset()
	e.FirstTick, e.Ticks, e.Watched = int64(s.from), int64(s.to-s.from), s.watched
	for k := range s.outputs {
		b := s.outputs[k].Spikes
		w.all[k] = messages.AppendSpikes(w.all[k][:0], b.Offsets, b.GIDs)
	}
	e.Shares, e.Aggregates = s.shares, s.aggregates
	for a := range w.groups {
		e.Batches = e.Batches[:0]
		for k := range s.outputs {
			data := w.all[k]
			if !w.whole[a] {
				w.spikes[k] = w.filtered(w.spikes[k][:0], s.outputs[k].Spikes, w.groups[a])
				data = w.spikes[k]
			}
			e.Batches = append(e.Batches, messages.Batch{Partition: uint32(w.share.First + k), Spikes: data})
		}
		o.audiences[a] = e.Append(o.audiences[a][:0])
	}
	e.Batches, e.Shares, e.Aggregates = e.Batches[:0], nil, nil
	for k := range s.outputs {
		e.Batches = append(e.Batches, messages.Batch{Partition: uint32(w.share.First + k), Spikes: w.all[k]})
		for i := range s.outputs[k].Shares {
			if sh := &s.outputs[k].Shares[i]; w.n.Measurement(sh.Measure) != nil {
				e.Shares = append(e.Shares, window(sh))
			}
		}
		for i := range s.outputs[k].Samples {
			sample := &s.outputs[k].Samples[i]
			e.Samples = append(e.Samples, messages.Samples{Signal: int64(sample.Signal), Tick: int64(sample.Tick), First: uint32(sample.First), Values: sample.Values})
		}
	}
	o.recorder = e.Append(o.recorder[:0])
	return o
}

// filtered appends the spikes of some ranges of GIDs.
func (w *writer) filtered(dst []byte, b *kernel.Batch, ranges []snn.Range) []byte {
	w.offsets, w.gids = append(w.offsets[:0], 0), w.gids[:0]
	for k := range b.Ticks() {
		for _, g := range b.At(k) {
			for _, r := range ranges {
				if r.Contains(g) {
					w.gids = append(w.gids, g)
					break
				}
			}
		}
		w.offsets = append(w.offsets, uint32(len(w.gids)))
	}
	return messages.AppendSpikes(dst, w.offsets, w.gids)
}

// fault makes the payload of a step in which a partition of this node failed.
func (w *writer) fault(number lockstep.Step, f *engine.Fault) (*outgoing, error) {
	body, err := json.Marshal(toFault(f))
	if err != nil {
		return nil, err
	}
	o := &w.ring[int(number)%len(w.ring)]
	o.step, o.kind, o.recorder = number, messages.FaultFrame, body
	for a := range o.audiences {
		o.audiences[a] = body
	}
	return o, nil
}

func window(s *kernel.Share) messages.Window {
	return messages.Window{Measure: int64(s.Measure), Number: int64(s.Window), End: int64(s.End), Counts: s.Counts}
}

func share(w *messages.Window) kernel.Share {
	return kernel.Share{Measure: int(w.Measure), Window: int(w.Number), End: snn.Tick(w.End), Counts: w.Counts}
}
