package matrix

import "fmt"

// Lists are a matrix of zeros and ones by the places of its ones: row r has them
// in the columns Index[Start[r]:Start[r+1]], ascending.
type Lists struct {
	Columns int
	Start   []int32 // one more than there are rows
	Index   []uint32

	cuts []int32 // scratch of AddRows
}

// Reset empties l, for rows of so many columns.
func (l *Lists) Reset(columns int) {
	l.Columns, l.Start, l.Index = columns, append(l.Start[:0], 0), l.Index[:0]
}

// Rows is the number of rows.
func (l *Lists) Rows() int { return len(l.Start) - 1 }

// End ends a row whose ones have been appended to Index.
func (l *Lists) End() { l.Start = append(l.Start, int32(len(l.Index))) }

// Append adds a row: a value above 0 is a one. len(row) is Columns.
func (l *Lists) Append(row []float32) {
	for i, x := range row {
		if x > 0 {
			l.Index = append(l.Index, uint32(i))
		}
	}
	l.End()
}

// Row is the ones of row r.
func (l *Lists) Row(r int) []uint32 { return l.Index[l.Start[r]:l.Start[r+1]] }

// Transpose makes out the transpose of rows from to to.
func (l *Lists) Transpose(out *Lists, from, to int) {
	out.Columns = to - from
	out.Start = grow(out.Start, l.Columns+1)
	clear(out.Start)
	ones := l.Index[l.Start[from]:l.Start[to]]
	out.Index = grow(out.Index, len(ones))
	for _, i := range ones {
		out.Start[i+1]++
	}
	for i := range l.Columns {
		out.Start[i+1] += out.Start[i]
	}
	for r := from; r < to; r++ {
		for _, i := range l.Row(r) {
			out.Index[out.Start[i]] = uint32(r - from)
			out.Start[i]++
		}
	}
	copy(out.Start[1:], out.Start)
	out.Start[0] = 0
}

// AddRows adds rows from to to of the product l b to c: len (to-from)*columns of b.
// It uses scratch memory of l.
func (l *Lists) AddRows(c []float32, b *Blocks, from, to int) {
	if l.Columns != b.rows || len(c) != (to-from)*b.columns {
		panic(fmt.Sprintf("matrix: lists of %d columns times %d x %d into %d numbers of %d rows", l.Columns, b.rows, b.columns, len(c), to-from))
	}
	if from == to {
		return
	}
	tile := l.tile(from, to)
	l.split(from, to, tile)
	rows := to - from
	var edge [blockColumns]float32
	for left := 0; left < b.columns; left += blockColumns {
		block := b.data[left*b.rows:]
		width := min(blockColumns, b.columns-left)
		for begin := l.cuts; len(begin) > rows; begin = begin[rows:] {
			for r := range rows {
				ones := l.Index[begin[r]:begin[rows+r]]
				if len(ones) == 0 {
					continue
				}
				at := c[r*b.columns+left:][:width]
				if width == blockColumns {
					sum(at, block, ones)
					continue
				}
				copy(edge[:], at)
				sum(edge[:], block, ones)
				copy(at, edge[:])
			}
		}
	}
}

const (
	tileOfRows = 96 // so many rows of a block stay in the first cache
	fewOnes    = 12 // in a tile: below that, going through the lists again costs more
)

// tile is how many rows of a block to go through at a time.
func (l *Lists) tile(from, to int) int {
	ones := int(l.Start[to] - l.Start[from])
	if ones*tileOfRows < fewOnes*l.Columns*(to-from) {
		return max(l.Columns, 1)
	}
	return tileOfRows
}

// split finds where each row's list enters each tile: cuts holds, for each tile
// and the end, a place of every row. Sums go through tiles in order, so that what is
// added to an element comes in the order of the list.
func (l *Lists) split(from, to, tile int) {
	rows, tiles := to-from, (l.Columns+tile-1)/tile
	l.cuts = grow(l.cuts, (tiles+1)*rows)
	for r := range rows {
		at, end := l.Start[from+r], l.Start[from+r+1]
		l.cuts[r], l.cuts[tiles*rows+r] = at, end
		for k := 1; k < tiles; k++ {
			for limit := uint32(k * tile); at < end && l.Index[at] < limit; at++ {
			}
			l.cuts[k*rows+r] = at
		}
	}
}

func sum(c, rows []float32, index []uint32) {
	if vectors {
		sumRowsAVX2(&c[0], &rows[0], &index[0], len(index))
		return
	}
	sumRowsPortable(c, rows, index)
}

// sumRowsPortable adds the listed rows of 64 columns to c, in the order of the list.
func sumRowsPortable(c, rows []float32, index []uint32) {
	for _, i := range index {
		for j, x := range rows[i*blockColumns:][:blockColumns] {
			c[j] += x
		}
	}
}
