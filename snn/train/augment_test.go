package train

import (
	"testing"

	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/random"
)

// A bright pixel in the middle lands in each place of the square equally often, and in
// none beyond; mirrored in half of the images.
func TestAugmentation(t *testing.T) {
	const size, shift, n = 7, 2, 5000
	m := &dataset.Images{N: 1, Rows: size, Cols: size, Pixels: make([]byte, size*size)}
	m.Pixels[3*size+3], m.Pixels[3*size+4] = 200, 100 // the middle, and its right
	a, out := Augmentation{Shift: shift, Flip: true}, make([]byte, size*size)
	var places [size * size]int
	mirrored := 0
	for k := range uint64(n) {
		a.image(out, m, 0, random.Seed(1, random.Augmentation).Sub(k))
		at := -1
		for p, x := range out {
			if x == 200 {
				at = p
				places[p]++
			}
		}
		if at < 0 {
			t.Fatalf("image %d has lost its middle", k)
		}
		if at%size > 0 && out[at-1] == 100 {
			mirrored++
		}
	}
	for p, got := range places {
		x, y := p%size-3, p/size-3
		want := 0.0
		if max(x, -x, y, -y) <= shift {
			want = n / 25.
		}
		if d := float64(got) - want; d*d > 25*want {
			t.Errorf("the middle lands %d times at %d, %d, expected %g", got, x, y, want)
		}
	}
	if d := float64(mirrored - n/2); d*d > 25*n/4 {
		t.Errorf("%d of %d are mirrored", mirrored, n)
	}
	a.Planes = 7 // each row is an image of its own: nothing comes from another
	for k := range uint64(200) {
		a.image(out, m, 0, random.Seed(1, random.Augmentation).Sub(k))
		for p, x := range out {
			if x != 0 && p/size != 3 {
				t.Fatalf("image %d: row %d has what is of row 3", k, p/size)
			}
		}
	}
	plain := Augmentation{}
	if got := plain.image(out, m, 0, random.Seed(1, random.Augmentation)); string(got) != string(m.Pixels) {
		t.Error("without shift and flip the image changes")
	}
}
