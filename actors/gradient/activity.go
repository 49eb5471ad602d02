package gradient

import (
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/matrix"
)

// activity is the body that says what a shard did.
func activity(t *train.Trainer, shard int) []byte {
	s := t.Shard(shard)
	a := messages.Activity{Loss: s.Loss, Logits: messages.AppendValues(nil, s.Logits)}
	a.Spikes = appendLists(nil, &s.Spikes)
	if t.Learns() && t.NeedsInput() {
		a.Input = appendLists(nil, &s.Input)
	}
	return a.Append(nil)
}

// went takes such a body.
func went(t *train.Trainer, shard int, body []byte) error {
	var a messages.Activity
	if err := a.Read(body); err != nil {
		return err
	}
	rows := t.Size(shard) * t.Net.Ticks
	logits := make([]float32, t.Size(shard)*t.Net.Outputs)
	if err := messages.Values(logits, a.Logits); err != nil {
		return err
	}
	spikes, err := readLists(a.Spikes, rows)
	if err != nil {
		return err
	}
	var input *matrix.Lists
	if t.Learns() && t.NeedsInput() {
		if input, err = readLists(a.Input, rows); err != nil {
			return err
		}
	}
	return t.Went(shard, input, spikes, logits, a.Loss)
}

func appendLists(dst []byte, l *matrix.Lists) []byte {
	offsets := make([]uint32, len(l.Start))
	for k, at := range l.Start {
		offsets[k] = uint32(at)
	}
	return messages.AppendSpikes(dst, offsets, l.Index)
}

func readLists(data []byte, rows int) (*matrix.Lists, error) {
	offsets, index, err := messages.Spikes(data, rows, nil, []uint32(nil))
	if err != nil {
		return nil, err
	}
	l := &matrix.Lists{Index: index, Start: make([]int32, len(offsets))}
	for k, at := range offsets {
		l.Start[k] = int32(at)
	}
	return l, nil
}

// batchBody is the body of the batch that was begun.
func batchBody(t *train.Trainer) []byte {
	p := t.Part()
	b := messages.TrainingBatch{Epoch: p.Epoch, Rows: uint32(p.Images.Rows), Cols: uint32(p.Images.Cols), Labels: p.Labels, Pixels: p.Images.Pixels}
	for _, n := range p.Numbers {
		b.Numbers = append(b.Numbers, uint32(n))
	}
	return b.Append(nil)
}

// beginBatch begins the batch of a body.
func beginBatch(t *train.Trainer, body []byte) error {
	var b messages.TrainingBatch
	if err := b.Read(body); err != nil {
		return err
	}
	p := &train.Part{Epoch: b.Epoch, Labels: b.Labels, Images: dataset.Images{N: len(b.Numbers), Rows: int(b.Rows), Cols: int(b.Cols), Pixels: b.Pixels}}
	for _, n := range b.Numbers {
		p.Numbers = append(p.Numbers, int32(n))
	}
	return t.BeginPart(p)
}
