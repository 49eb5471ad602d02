package messages

import "fmt"

// MaxBody is the most bytes of a body in one frame: a message stays well under what
// NATS carries well.
const MaxBody = 200 << 10

// maxParts bounds what a stranger's header can make a receiver keep room for.
const maxParts = 4096

// MaxSplit is the most bytes that a body may have.
const MaxSplit = maxParts * MaxBody

// Split yields a body as frames of at most MaxBody bytes. The slice that is yielded
// is used again. The error is one of a body that no number of parts holds.
func Split(buffer []byte, f Frame, body []byte, yield func(frame []byte) error) ([]byte, error) {
	if len(body) > MaxSplit {
		return buffer, fmt.Errorf("an envelope of %d bytes: at most %d can be sent in a step; make steps shorter, or use more nodes", len(body), MaxSplit)
	}
	return SplitSome(buffer, f, body, 0, maxParts, yield)
}

// SplitSome is Split of at most so many parts from one on, of a body of at most
// MaxSplit bytes.
func SplitSome(buffer []byte, f Frame, body []byte, first, most int, yield func(frame []byte) error) ([]byte, error) {
	parts := max((len(body)+MaxBody-1)/MaxBody, 1)
	for k := first; k < min(parts, first+most); k++ {
		f.Part, f.Parts = uint16(k), uint16(parts)
		buffer = AppendFrame(buffer[:0], f, body[k*MaxBody:min((k+1)*MaxBody, len(body))])
		if err := yield(buffer); err != nil {
			return buffer, err
		}
	}
	return buffer, nil
}

// Joiner puts the parts of bodies together again, which may come in any order, more
// than once, or never. It keeps at most a number of unfinished bodies and drops the
// one of the lowest step for another.
type Joiner struct {
	most  int
	under map[joinKey]*joining
}

type joinKey struct {
	epoch uint64
	from  uint32
	step  int64
}

type joining struct {
	parts [][]byte
	left  int
	bytes int
}

// NewJoiner keeps at most a number of unfinished bodies.
func NewJoiner(most int) *Joiner { return &Joiner{most: most, under: map[joinKey]*joining{}} }

// Add takes a frame's body, and returns the whole one when its last part is there;
// nil before. A body of one part is returned as it is; others are copied.
func (j *Joiner) Add(f Frame, body []byte) []byte {
	if f.Parts == 1 {
		return body
	}
	if f.Parts > maxParts || f.Part >= f.Parts {
		return nil
	}
	key := joinKey{f.Epoch, f.From, f.Step}
	u := j.under[key]
	if u == nil || len(u.parts) != int(f.Parts) {
		j.drop(key)
		u = &joining{parts: make([][]byte, f.Parts), left: int(f.Parts)}
		j.under[key] = u
	}
	if u.parts[f.Part] == nil {
		u.parts[f.Part] = append(make([]byte, 0, len(body)), body...)
		u.left--
		u.bytes += len(body)
	}
	if u.left > 0 {
		return nil
	}
	delete(j.under, key)
	whole := make([]byte, 0, u.bytes)
	for _, p := range u.parts {
		whole = append(whole, p...)
	}
	return whole
}

// drop makes room for another unfinished body.
func (j *Joiner) drop(key joinKey) {
	delete(j.under, key)
	if len(j.under) < j.most {
		return
	}
	first := true
	for k := range j.under {
		if first || k.epoch < key.epoch || k.epoch == key.epoch && k.step < key.step {
			key, first = k, false
		}
	}
	delete(j.under, key)
}
