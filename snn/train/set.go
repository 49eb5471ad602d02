package train

import "github.com/volley-snn/volley/snn/dataset"

// Set is labelled images, of which Index lists those that belong to it.
type Set struct {
	Images *dataset.Images
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
	s := &Set{Images: m, Labels: labels, Index: make([]int32, m.N)}
	for i := range s.Index {
		s.Index[i] = int32(i)
	}
	return s
}

// Split takes n of the set's samples out, drawn by seed, into a set of their own:
// for validation.
func (s *Set) Split(n int, seed uint64) (rest, out *Set) {
	order := splitKey(seed).Permutation(uint64(len(s.Index)))
	rest, out = &Set{Images: s.Images, Labels: s.Labels, Numbers: s.Numbers}, &Set{Images: s.Images, Labels: s.Labels, Numbers: s.Numbers}
	for k, i := range s.Index {
		if order.At(uint64(k)) < uint64(n) {
			out.Index = append(out.Index, i)
		} else {
			rest.Index = append(rest.Index, i)
		}
	}
	return rest, out
}
