package matrix

import "fmt"

const (
	tileRows    = 6
	tileColumns = 16
	tileDepth   = 256 // a panel of so many rows and tileColumns columns stays in the first cache
)

// Packed is the right factor of a product in the order in which the product reads
// it. It does not change while products read it, and any number may at once. The
// zero Packed is ready to pack into; it keeps its memory.
type Packed struct {
	k, n int
	data []float32 // by block of tileDepth rows, panel of tileColumns columns, row, column; 0 beyond n
}

// Pack takes b: len k*n.
func (p *Packed) Pack(b []float32, k, n int) { p.pack(b, k, n, n, 1) }

// PackTransposed takes the transpose of b: len n*k.
func (p *Packed) PackTransposed(b []float32, k, n int) { p.pack(b, k, n, 1, k) }

func (p *Packed) pack(b []float32, k, n, down, across int) {
	if len(b) != k*n {
		panic(fmt.Sprintf("matrix: %d numbers for a factor of %d x %d", len(b), k, n))
	}
	p.k, p.n = k, n
	panels := (n + tileColumns - 1) / tileColumns
	p.data = grow(p.data, k*panels*tileColumns)
	out := p.data
	for from := 0; from < k; from += tileDepth {
		to := min(from+tileDepth, k)
		for left := 0; left < n; left += tileColumns {
			panel := out[:(to-from)*tileColumns]
			out = out[len(panel):]
			width := min(tileColumns, n-left)
			if width < tileColumns {
				clear(panel)
			}
			if across == 1 {
				for r := from; r < to; r++ {
					copy(panel[(r-from)*tileColumns:][:width], b[r*down+left:])
				}
				continue
			}
			for c := range width {
				column := b[(left+c)*across+from*down:]
				for r := range to - from {
					panel[r*tileColumns+c] = column[r*down]
				}
			}
		}
	}
}

func grow[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}
