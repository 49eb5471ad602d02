package actors

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// weightsBytes is about how much of a partition's weights travels in one message.
const weightsBytes = 192 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// row is the synapses of one target.
type row struct {
	target  int
	sources []uint32
	weights []float64
}

// appendRow appends the synapses of a target: varints of the target, their number and
// the sources, each as the distance to the one before, then 8 bytes a weight; 4 where
// all weights are float32, which the lowest bit of the number says.
func appendRow(dst []byte, r row) []byte {
	narrow := uint64(1)
	for _, w := range r.weights {
		if float64(float32(w)) != w {
			narrow = 0
			break
		}
	}
	dst = binary.AppendUvarint(dst, uint64(r.target))
	dst = binary.AppendUvarint(dst, uint64(len(r.sources))<<1|narrow)
	before := uint32(0)
	for _, s := range r.sources {
		dst = binary.AppendUvarint(dst, uint64(s-before))
		before = s
	}
	for _, w := range r.weights {
		if narrow == 1 {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(w)))
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(w))
		}
	}
	return dst
}

var errRows = errors.New("rows of weights: cut short, or a number that their bytes cannot hold")

// readRows yields the rows that data holds. The row is used again.
func readRows(data []byte, r *row, yield func()) error {
	number := func() uint64 {
		x, size := binary.Uvarint(data)
		if size <= 0 {
			data = nil
			return math.MaxUint64
		}
		data = data[size:]
		return x
	}
	for len(data) > 0 {
		target, n := number(), number()
		narrow, width := n&1 == 1, uint64(8)
		if narrow {
			width = 4
		}
		if n >>= 1; target > math.MaxInt32 || n > uint64(len(data))/(width+1) {
			return errRows
		}
		r.target, r.sources, r.weights = int(target), r.sources[:0], r.weights[:0]
		at := uint64(0)
		for range n {
			if at += number(); at > math.MaxUint32 {
				return errRows
			}
			r.sources = append(r.sources, uint32(at))
		}
		if n*width > uint64(len(data)) {
			return errRows
		}
		for range n {
			if narrow {
				r.weights = append(r.weights, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))))
			} else {
				r.weights = append(r.weights, math.Float64frombits(binary.LittleEndian.Uint64(data)))
			}
			data = data[width:]
		}
		yield()
	}
	return nil
}

// weightStream hands a partition's weights out chunk by chunk. The chunk of before
// may be asked for again, since an answer may be lost.
type weightStream struct {
	tick   int64         // that they are of
	chunks chan []byte   // closed after the last
	over   chan struct{} // closed by stop
	ended  bool

	at   int64 // offset of last
	last *control.Chunk
}

// newWeightStream starts to read. each yields rows until it returns, on a goroutine.
func newWeightStream(tick int64, each func(yield func(target int, sources []uint32, weights []float64))) *weightStream {
	s := &weightStream{tick: tick, chunks: make(chan []byte), over: make(chan struct{})}
	go func() {
		defer close(s.chunks)
		var chunk []byte
		stopped := false
		send := func() {
			select {
			case s.chunks <- chunk:
			case <-s.over:
				stopped = true
			}
			chunk = nil
		}
		each(func(target int, sources []uint32, weights []float64) {
			if stopped {
				return // the partition's own loop cannot be ended
			}
			if chunk = appendRow(chunk, row{target, sources, weights}); len(chunk) >= weightsBytes {
				send()
			}
		})
		if !stopped && len(chunk) > 0 {
			send()
		}
	}()
	return s
}

// stop ends the reading.
func (s *weightStream) stop() {
	if !s.ended {
		s.ended = true
		close(s.over)
	}
}

// chunk is the one at an offset: the next, or the last again. patience bounds how
// long it may take; nil says that it is not there yet.
func (s *weightStream) chunk(offset int64, patience time.Duration) (*control.Chunk, error) {
	next := int64(0)
	if s.last != nil {
		if offset == s.at {
			return s.last, nil
		}
		next = s.at + int64(len(s.last.Content))
	}
	if offset != next || s.last.GetLast() {
		return nil, refuse(control.Kind_KIND_MALFORMED, "weights from byte %d on: expected %d", offset, next)
	}
	select {
	case content, more := <-s.chunks:
		s.at, s.last = offset, &control.Chunk{Offset: offset, Content: content, Crc32C: crc32.Checksum(content, castagnoli), Last: !more}
		return s.last, nil
	case <-time.After(patience):
		return nil, nil
	}
}
