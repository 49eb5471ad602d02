package pairsum

import "unsafe"

const (
	columns    = 32      // that the kernel adds at once
	stateBytes = columns // of a sample in a block of columns
	digitBits  = 7       // of a plane
	planes     = valueBits / digitBits
	tableBytes = planes * narrow // of a row
	tileRows   = 128             // of a tile at most
	tileBytes  = 128 << 10       // of weights in a tile: they stay in the second cache
	lowBits    = 2 * digitBits   // of a sum's lower two digits
)

// denseScratch is the memory of addDense.
type denseScratch struct {
	index  []byte // by stripe, sample and column: states
	tables []byte // by row, plane and state: digits of the value less the least
	u      [][2]int32
	v      []int32   // by stripe: 32 columns' lower bits, and their upper bits
	x, q   []float32 // as many as there are columns in whole stripes
	tail   []float32 // a tile's last columns, where they are fewer than 32
}

// denseArguments is what the kernel reads, in words of 8 bytes: gen has the same list.
type denseArguments struct {
	begin   *int32
	events  *event // sample in steps of stateBytes, row in steps of tableBytes; an even number each row
	posts   int
	index   *byte // of the stripe
	tables  *byte
	dw      *float32   // row 0
	stride  int        // bytes from row to row
	u       *[2]int32  // of each row: lower bits, upper bits
	v       *int32     // of each column: lower bits, then upper bits
	quantum [2]float32 // and padding
	a, y    *float32   // of each row
	x, q    *float32   // of each column; x nil without a rank-two term

	patterns *byte // of each row, chunks bytes; nil where nothing is counted
	chunks   int   // a multiple of chunkStep
	cells    *byte // of the stripe: of each chunk, those of 32 columns
	counts   *[16][16]byte
	cross    *int32      // of each row, crossWords: what the columns' events add
	count    [2][8]int32 // what a counted sample gives: lower bits, upper bits
}

// addDense adds a block in stripes of 32 columns, whose states stay in the first
// cache, and in tiles of rows, whose weights stay in the second.
//
// Counted, the pairs in which both are in the most frequent state of their side are
// counted, four samples at a lookup; the other events of rows are added to all
// columns, and those of columns to the rows in the most frequent state.
func (w *Adder) addDense(dw []float32, b *block, counted bool) {
	d, posts, pres := &w.dense, b.terms.Post.Neurons, b.terms.Pre.Neurons
	least := w.digits(b.terms.States)
	w.splitSums(least, b.rest)
	a := denseArguments{tables: &d.tables[0], quantum: [2]float32{float32(w.quantum)}}
	if len(w.events) > 0 {
		a.events = &w.events[0]
	}
	d.tail = grow(d.tail, columns*tileRows)
	tile, c := max(8, min(tileRows, tileBytes/(4*pres))), &w.counted
	if counted {
		tile = crossRows
		a.chunks, a.counts = c.chunks, &counts
		for k, x := range split(int64(w.values[int(c.post.state)*w.stride+int(c.pre.state)])) {
			for l := range a.count[k] {
				a.count[k][l] = x
			}
		}
	}
	for row := 0; row < posts; row += tile {
		a.posts = min(tile, posts-row)
		a.begin, a.u = &w.begin[row], &d.u[row]
		if b.rest != nil {
			a.a, a.y = &b.rest.A[row], &b.rest.Y[row]
		}
		if counted {
			a.patterns = &c.patterns[row*a.chunks]
		}
		for first := 0; first < pres; first += columns {
			if counted {
				a.cells, a.cross = &c.pre.cells[first/columns*stripeStep(a.chunks)], w.cross(b, row, first)
			}
			a.index, a.v = &d.index[first/columns*stripeStep(b.to-b.from)], &d.v[2*first]
			if b.rest != nil {
				a.x, a.q = &d.x[first], &d.q[first]
			}
			if first+columns <= pres {
				a.dw, a.stride = &dw[row*pres+first], 4*pres
				denseAVX2((*byte)(unsafe.Pointer(&a)))
				continue
			}
			rows := dw[row*pres : (row+a.posts)*pres]
			for j := range a.posts {
				copy(d.tail[j*columns:(j+1)*columns], rows[j*pres+first:(j+1)*pres])
			}
			a.dw, a.stride = &d.tail[0], 4*columns
			denseAVX2((*byte)(unsafe.Pointer(&a)))
			for j := range a.posts {
				copy(rows[j*pres+first:(j+1)*pres], d.tail[j*columns:])
			}
		}
	}
}

// splitSums lays out u, v and the rank-two term's columns as the kernel reads
// them. least is what an event has added too little of to all columns.
func (w *Adder) splitSums(least int64, rest *RankTwo) {
	d := &w.dense
	d.u = grow(d.u, len(w.u))
	for j, u := range w.u {
		d.u[j] = split(u + int64(w.next[j]-w.begin[j])*least)
	}
	whole := (len(w.v) + columns - 1) / columns * columns
	d.v = grow(d.v, 2*whole)
	clear(d.v)
	for i, v := range w.v {
		part := split(v)
		at := i/columns*columns*2 + i%columns
		d.v[at], d.v[at+columns] = part[0], part[1]
	}
	if rest != nil {
		d.x, d.q = grow(d.x, whole), grow(d.q, whole)
		copy(d.x, rest.X)
		copy(d.q, rest.Q)
	}
}

// split cuts a sum into its lower bits, at least 0, and the rest.
func split(x int64) [2]int32 { return [2]int32{int32(x & (1<<lowBits - 1)), int32(x >> lowBits)} }

// digits cuts the values into digits, after taking the least value or 0 from all,
// so that none is negative. The reference state has value 0. The row after the
// last is zero: for padding.
func (w *Adder) digits(states int) (least int64) {
	rows := len(w.values) / w.stride
	for r := range rows {
		for _, x := range w.values[r*w.stride:][:states] {
			least = min(least, int64(x))
		}
	}
	d := &w.dense
	d.tables = grow(d.tables, (rows+1)*tableBytes)
	for r := range rows {
		row := d.tables[r*tableBytes:][:tableBytes]
		for s, x := range w.values[r*w.stride:][:states] {
			putDigits(row, s+1, int64(x)-least)
		}
		putDigits(row, 0, -least)
	}
	clear(d.tables[rows*tableBytes:])
	return least
}

// putDigits sets the value of a state in a row of tables.
func putDigits(row []byte, state int, x int64) {
	for p := range planes {
		row[p*narrow+state] = byte(x >> (digitBits * p) & (1<<digitBits - 1))
	}
}

// index lays out the pre neurons' states, 0 for the reference state, as the kernel
// reads them: of 32 columns, 0 to 15 are the even bytes and 16 to 31 the odd ones.
func (w *Adder) index(b *block) {
	pre, samples := b.terms.Pre, b.to-b.from
	d := &w.dense
	d.index = grow(d.index, stripes(pre.Neurons)*stripeStep(samples))
	clear(d.index)
	for s := range samples {
		for _, e := range pre.Of(b.from + s) {
			i, state := Unpack(e)
			d.index[i/columns*stripeStep(samples)+s*columns+int(place(uint32(i%columns)))] = byte(state + 1)
		}
	}
}

// stripes is how many stripes so many neurons make.
func stripes(neurons int) int { return (neurons + columns - 1) / columns }

// stripeStep is how far a stripe's bytes are from the next's, of so many rows of columns: a
// line of memory more than they take, or stripes would lie in the same sets of the cache.
func stripeStep(rows int) int { return rows*columns + 64 }

// place is where the kernel reads a column's byte.
func place(column uint32) uint32 { return (column<<1 | column>>4) % columns }
