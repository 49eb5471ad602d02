package train

import (
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/random"
)

// Augmentation changes the images that are learned, each anew in every epoch, alike for
// whoever asks: by the seed, epoch and sample.
type Augmentation struct {
	Shift  int  // pixels up to which an image moves, each way; what comes in is dark
	Planes int  // of an image, below one another; 0 is 1
	Flip   bool // half of the images are mirrored, left for right
}

// image is sample i as it is learned in an epoch; out has room for it.
func (a *Augmentation) image(out []byte, m *dataset.Images, i int, key random.Key) []byte {
	span := uint64(2*a.Shift + 1)
	dx, dy := int(key.At(0)%span)-a.Shift, int(key.At(1)%span)-a.Shift
	flip := a.Flip && key.At(2)>>63 == 1
	from, rows := m.Image(i), m.Rows/max(a.Planes, 1)
	for y := range m.Rows {
		top := y / rows * rows // of the plane
		for x := range m.Cols {
			sx, sy := x-dx, y-dy
			if flip {
				sx = m.Cols - 1 - sx
			}
			pixel := byte(0)
			if sx >= 0 && sx < m.Cols && sy >= top && sy < top+rows {
				pixel = from[sy*m.Cols+sx]
			}
			out[y*m.Cols+x] = pixel
		}
	}
	return out
}
