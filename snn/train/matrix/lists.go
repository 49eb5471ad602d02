package matrix

import "fmt"

// Lists are a matrix of zeros and ones by the places of its ones: row r has them
// in the columns Index[Start[r]:Start[r+1]], ascending.
type Lists struct {
	Columns int
	Start   []int32 // one more than there are rows
	Index   []uint32
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
func (l *Lists) AddRows(c []float32, b *Blocks, from, to int) {
	if l.Columns != b.rows || len(c) != (to-from)*b.columns {
		panic(fmt.Sprintf("matrix: lists of %d columns times %d x %d into %d numbers of %d rows", l.Columns, b.rows, b.columns, len(c), to-from))
	}
	var edge [blockColumns]float32
	for left := 0; left < b.columns; left += blockColumns {
		block := b.data[left*b.rows:]
		width := min(blockColumns, b.columns-left)
		for r := from; r < to; r++ {
			ones := l.Row(r)
			if len(ones) == 0 {
				continue
			}
			at := c[(r-from)*b.columns+left:][:width]
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
