package train

import (
	"encoding/binary"
	"hash"

	"github.com/volley-snn/volley/snn/dataset"
)

// Set is labelled images, or trials that were recorded, of which Index lists those
// that belong to it.
type Set struct {
	Images *dataset.Images
	Trials *Trials // in place of images
	Labels []byte
	Index  []int32

	// Numbers are the images' places in the whole of the data, by which chance is drawn
	// for them; nil where Images is the whole.
	Numbers []int32
}

// number is the place of image i in the whole of the data.
func (s *Set) number(i int32) int32 {
	if s.Numbers == nil {
		return i
	}
	return s.Numbers[i]
}

// Whole is a set of all images.
func Whole(m *dataset.Images, labels []byte) *Set {
	return &Set{Images: m, Labels: labels, Index: all(m.N)}
}

// Recorded is a set of all trials.
func Recorded(t *Trials, labels []byte) *Set {
	return &Set{Trials: t, Labels: labels, Index: all(t.N())}
}

func all(n int) []int32 {
	index := make([]int32, n)
	for i := range index {
		index[i] = int32(i)
	}
	return index
}

// Inputs is how many inputs a sample has.
func (s *Set) Inputs() int {
	if s.Trials != nil {
		return s.Trials.Inputs
	}
	return s.Images.Rows * s.Images.Cols
}

// Hash writes all that a set holds into a hash: its samples, their labels, and which of
// them belong to it.
func (s *Set) Hash(h hash.Hash) {
	put := func(data any) {
		if err := binary.Write(h, binary.LittleEndian, data); err != nil {
			panic(err) // a hash takes all, and numbers of known sizes can be written
		}
	}
	if m := s.Images; m != nil {
		put([]int64{int64(m.N), int64(m.Rows), int64(m.Cols)})
		_, _ = h.Write(m.Pixels)
	}
	if t := s.Trials; t != nil {
		ends := []int64{int64(t.Inputs), int64(t.Ticks), int64(len(t.start))}
		for _, at := range t.start {
			ends = append(ends, int64(at))
		}
		put(ends)
		put(t.spikes)
	}
	put(int64(len(s.Labels)))
	_, _ = h.Write(s.Labels)
	put(s.Index)
}

// Split takes n of the set's samples out, drawn by seed, into a set of their own:
// for validation.
func (s *Set) Split(n int, seed uint64) (rest, out *Set) {
	order := splitKey(seed).Permutation(uint64(len(s.Index)))
	rest, out = &Set{Images: s.Images, Trials: s.Trials, Labels: s.Labels, Numbers: s.Numbers}, &Set{Images: s.Images, Trials: s.Trials, Labels: s.Labels, Numbers: s.Numbers}
	for k, i := range s.Index {
		if order.At(uint64(k)) < uint64(n) {
			out.Index = append(out.Index, i)
		} else {
			rest.Index = append(rest.Index, i)
		}
	}
	return rest, out
}
