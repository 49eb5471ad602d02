package kernel

import "github.com/volley-snn/volley/snn"

// Batch holds the spikes that one partition emitted in one step (From, To]:
// those of tick From+1+k are GIDs[Offsets[k]:Offsets[k+1]], ascending. A silent
// step has a batch too, so that silence and loss cannot be confused.
type Batch struct {
	From    snn.Tick
	Offsets []uint32 // len To-From+1
	GIDs    []snn.GID
}

// Ticks is the number of ticks that the batch covers.
func (b *Batch) Ticks() int { return max(len(b.Offsets)-1, 0) }

// At is the spikes of tick From+1+k.
func (b *Batch) At(k int) []snn.GID { return b.GIDs[b.Offsets[k]:b.Offsets[k+1]] }

func (b *Batch) begin(from snn.Tick) {
	b.From = from
	b.GIDs = b.GIDs[:0]
	b.Offsets = append(b.Offsets[:0], 0)
}

func (b *Batch) endTick() { b.Offsets = append(b.Offsets, uint32(len(b.GIDs))) }
