package messages

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// TrainingBatch is the samples of a batch, as nodes need them to take it through the
// network.
type TrainingBatch struct {
	Epoch      uint64 // that chance is drawn by
	Rows, Cols uint32 // of an image
	Numbers    []uint32
	Labels     []byte
	Pixels     []byte // Rows*Cols of each sample
}

// Append appends the body of the batch's frame: varints of the epoch, rows, columns,
// and number of samples; the samples' numbers in the data, as varints; a byte for each
// label; the pixels.
func (b *TrainingBatch) Append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, b.Epoch)
	dst = binary.AppendUvarint(dst, uint64(b.Rows))
	dst = binary.AppendUvarint(dst, uint64(b.Cols))
	dst = binary.AppendUvarint(dst, uint64(len(b.Numbers)))
	for _, n := range b.Numbers {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	return append(append(dst, b.Labels...), b.Pixels...)
}

// Read reads a body. Labels and Pixels lie in data.
func (b *TrainingBatch) Read(data []byte) error {
	r := reader{data: data}
	b.Epoch, b.Rows, b.Cols = r.uvarint(), r.uint32(), r.uint32()
	n := r.count(2) // a number and a label each
	b.Numbers = make([]uint32, 0, n)
	for range n {
		b.Numbers = append(b.Numbers, r.uint32())
	}
	if r.short || n > len(r.data) {
		return errTraining
	}
	b.Labels = r.bytes(n)
	b.Pixels = r.data
	if uint64(len(b.Pixels)) != uint64(n)*uint64(b.Rows)*uint64(b.Cols) {
		return fmt.Errorf("a batch of %d images of %d x %d pixels in %d bytes", n, b.Rows, b.Cols, len(b.Pixels))
	}
	return nil
}

// Order says what the nodes of a training are to do with a batch.
type Order struct {
	Values   int64 // number of the values that the batch is taken through
	Backward bool  // the gradients are wanted, not only the activity
	Spike    float32
	Shares   []TrainingShare // of those from whom something is wanted
}

// TrainingShare is the shards of a node: First to End.
type TrainingShare struct{ Place, First, End uint32 }

// Append appends the body of the order's frame: a varint of the values' number; a byte
// that is 1 where gradients are wanted; 4 bytes of what the loss gains by a spike,
// little-endian IEEE 754; varints of the number of shares, and of the node's place and
// the shards from and to for each.
func (o *Order) Append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(o.Values))
	backward := byte(0)
	if o.Backward {
		backward = 1
	}
	dst = append(dst, backward)
	dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(o.Spike))
	dst = binary.AppendUvarint(dst, uint64(len(o.Shares)))
	for _, s := range o.Shares {
		dst = binary.AppendUvarint(dst, uint64(s.Place))
		dst = binary.AppendUvarint(dst, uint64(s.First))
		dst = binary.AppendUvarint(dst, uint64(s.End))
	}
	return dst
}

// Read reads a body.
func (o *Order) Read(data []byte) error {
	r := reader{data: data}
	o.Values = int64(r.uvarint())
	if r.short || len(r.data) < 5 {
		return errTraining
	}
	o.Backward = r.data[0] == 1
	o.Spike = math.Float32frombits(binary.LittleEndian.Uint32(r.data[1:]))
	r.data = r.data[5:]
	o.Shares = o.Shares[:0]
	for range r.count(3) {
		s := TrainingShare{r.uint32(), r.uint32(), r.uint32()}
		if s.First >= s.End {
			return fmt.Errorf("an order for shards %d to %d", s.First, s.End)
		}
		o.Shares = append(o.Shares, s)
	}
	if r.short || len(r.data) > 0 {
		return errTraining
	}
	return nil
}

// Activity is what a shard made of its samples, going forward. Rows of spikes are
// ticks, and samples within them.
type Activity struct {
	Loss   float64 // sum over the samples
	Logits []byte  // as AppendValues writes them, samples outermost
	Spikes []byte  // as AppendSpikes writes them, a tick for each row
	Input  []byte  // the same of the input; nothing where nobody reads it
}

// Append appends the body of the activity's frame: 8 bytes of the loss, then the
// length, as a varint, and the bytes of logits, spikes and input.
func (a *Activity) Append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(a.Loss))
	for _, x := range [][]byte{a.Logits, a.Spikes, a.Input} {
		dst = append(binary.AppendUvarint(dst, uint64(len(x))), x...)
	}
	return dst
}

// Read reads a body, in which what is read lies.
func (a *Activity) Read(data []byte) error {
	if len(data) < 8 {
		return errTraining
	}
	a.Loss = math.Float64frombits(binary.LittleEndian.Uint64(data))
	r := reader{data: data[8:]}
	for _, x := range []*[]byte{&a.Logits, &a.Spikes, &a.Input} {
		*x = r.bytes(r.count(1))
	}
	if r.short || len(r.data) > 0 {
		return errTraining
	}
	return nil
}

// Lack says which parts of a body are missing: those from one on.
type Lack struct {
	Kind  Kind
	First uint32
}

// Append appends the body of the lack's frame: a byte and a varint.
func (l *Lack) Append(dst []byte) []byte {
	return binary.AppendUvarint(append(dst, byte(l.Kind)), uint64(l.First))
}

// Read reads a body.
func (l *Lack) Read(data []byte) error {
	if len(data) == 0 {
		return errTraining
	}
	r := reader{data: data[1:]}
	l.Kind, l.First = Kind(data[0]), r.uint32()
	if r.short || len(r.data) > 0 {
		return errTraining
	}
	return nil
}

// AppendValues appends numbers as 4 bytes each, little-endian IEEE 754.
func AppendValues(dst []byte, x []float32) []byte {
	at := len(dst)
	dst = slices.Grow(dst, 4*len(x))[:at+4*len(x)]
	for k, y := range x {
		binary.LittleEndian.PutUint32(dst[at+4*k:], math.Float32bits(y))
	}
	return dst
}

// Values reads len(x) numbers. The error says that data has another length.
func Values(x []float32, data []byte) error {
	if len(data) != 4*len(x) {
		return fmt.Errorf("%d bytes for %d numbers, expected %d", len(data), len(x), 4*len(x))
	}
	for k := range x {
		x[k] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*k:]))
	}
	return nil
}

var errTraining = errors.New("a message of a training: it is cut short, or says a number that its bytes cannot hold")
