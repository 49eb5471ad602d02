package matrix

import "fmt"

// blockColumns is how many columns of a row lie side by side in Blocks.
const blockColumns = 64

// Blocks are a matrix whose rows are summed by lists: cut into blocks of 64
// columns, so that a block's rows stay in the second cache. It does not change
// while lists are summed. The zero Blocks is ready to pack into; it keeps its
// memory.
type Blocks struct {
	rows, columns int
	data          []float32 // by block, row, column; 0 beyond columns
}

// Pack takes x: len rows*columns.
func (b *Blocks) Pack(x []float32, rows, columns int) {
	if len(x) != rows*columns {
		panic(fmt.Sprintf("matrix: %d numbers for %d x %d", len(x), rows, columns))
	}
	b.rows, b.columns = rows, columns
	b.data = grow(b.data, rows*((columns+blockColumns-1)/blockColumns)*blockColumns)
	out := b.data
	for left := 0; left < columns; left += blockColumns {
		width := min(blockColumns, columns-left)
		for r := range rows {
			n := copy(out[:width], x[r*columns+left:])
			clear(out[n:blockColumns])
			out = out[blockColumns:]
		}
	}
}
