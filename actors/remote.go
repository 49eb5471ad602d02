package actors

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// eachWeight yields the weights of a partition that lies on another node, while
// nothing is computed there.
func (k *conductor) eachWeight(ctx context.Context, part int, projection string, yield func(target int, sources []uint32, weights []float64)) error {
	node := k.plan.Shares[k.plan.Parts[part].Node].Node.Name
	var r row
	reading := time.Now().UnixNano() // one reading is not taken for another's
	for at := int64(0); ; {
		reply, err := k.caller.Call(ctx, node, &control.Request{Body: &control.Request_Weights{Weights: &control.Weights{
			Run: k.run, Epoch: k.epoch, Partition: int32(part), Projection: projection, Tick: reading, Offset: at}}})
		if busy(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("the weights of %s cannot be read: %w", projection, err)
		}
		chunk := reply.GetChunk()
		if chunk == nil || chunk.Offset != at || crc32.Checksum(chunk.Content, castagnoli) != chunk.Crc32C {
			return fmt.Errorf("the weights of %s from node %s: %w", projection, node, errChunk)
		}
		if err := readRows(chunk.Content, &r, func() { yield(r.target, r.sources, r.weights) }); err != nil {
			return fmt.Errorf("the weights of %s from node %s: %w", projection, node, err)
		}
		if at += int64(len(chunk.Content)); chunk.Last {
			return nil
		}
	}
}

// stopAt lets all nodes end at one step.
func (k *conductor) stopAt(ctx context.Context, step int64) error {
	return k.each(ctx, func(ctx context.Context, i int) error {
		_, err := k.caller.Call(ctx, k.nodes[i].Name, &control.Request{Body: &control.Request_Stop{Stop: &control.Stop{Run: k.run, Epoch: k.epoch, AfterStep: step}}})
		return err
	})
}

// busy reports whether a node asks to be asked again.
func busy(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Kind == control.Kind_KIND_BUSY
}
