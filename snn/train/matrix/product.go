package matrix

import "fmt"

// Product multiplies dense matrices. The zero Product is ready; it keeps its
// scratch memory, so keep one for each worker.
type Product struct {
	a    []float32 // panels of tileRows rows, by column
	edge [tileRows * tileColumns]float32
}

// Add adds a b to c. a: len m*k; c: len m*n; k and n are those of b.
func (p *Product) Add(c, a []float32, m int, b *Packed) {
	if len(a) != m*b.k || len(c) != m*b.n {
		panic(fmt.Sprintf("matrix: %d and %d numbers for %d rows times %d x %d", len(c), len(a), m, b.k, b.n))
	}
	panels := (b.n + tileColumns - 1) / tileColumns
	for from := 0; from < b.k; from += tileDepth {
		depth := min(tileDepth, b.k-from)
		p.pack(a, m, b.k, from, depth)
		block := b.data[from*panels*tileColumns:]
		for left := 0; left < b.n; left += tileColumns {
			panel := block[left*depth:]
			for top := 0; top < m; top += tileRows {
				p.tile(c, top, left, m, b.n, p.a[top*depth:], panel, depth)
			}
		}
	}
}

// pack puts the columns from on of a into panels; rows beyond m are 0.
func (p *Product) pack(a []float32, m, k, from, depth int) {
	p.a = grow(p.a, (m+tileRows-1)/tileRows*tileRows*depth)
	for top := 0; top < m; top += tileRows {
		panel := p.a[top*depth:][:tileRows*depth]
		if m-top < tileRows {
			clear(panel)
		}
		for r := range min(tileRows, m-top) {
			for d, x := range a[(top+r)*k+from:][:depth] {
				panel[d*tileRows+r] = x
			}
		}
	}
}

// tile adds one tile; at the edges it works on a copy.
func (p *Product) tile(c []float32, top, left, m, n int, a, b []float32, depth int) {
	rows, width := min(tileRows, m-top), min(tileColumns, n-left)
	if rows == tileRows && width == tileColumns {
		run(c[top*n+left:], n, a, b, depth)
		return
	}
	clear(p.edge[:])
	for r := range rows {
		copy(p.edge[r*tileColumns:], c[(top+r)*n+left:][:width])
	}
	run(p.edge[:], tileColumns, a, b, depth)
	for r := range rows {
		copy(c[(top+r)*n+left:][:width], p.edge[r*tileColumns:])
	}
}

func run(c []float32, stride int, a, b []float32, depth int) {
	if vectors {
		tileFMA(&c[0], 4*stride, &a[0], &b[0], depth)
		return
	}
	tilePortable(c, stride, a, b, depth)
}

// tilePortable adds the product of a panel of 6 rows, a: len 6*depth by column, and
// one of 16 columns, b: len 16*depth by row, to the tile that starts at c.
func tilePortable(c []float32, stride int, a, b []float32, depth int) {
	for k := range depth {
		for r := range tileRows {
			x := a[k*tileRows+r]
			row := c[r*stride:][:tileColumns]
			for j, y := range b[k*tileColumns:][:tileColumns] {
				row[j] = FMA(x, y, row[j])
			}
		}
	}
}
