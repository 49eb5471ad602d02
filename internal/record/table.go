package record

import (
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/volley-snn/volley/snn/state"
)

// rowGroupRows bounds the memory of a Parquet writer: pages are kept until their
// row group is complete.
const rowGroupRows = 1 << 20

// batchRows is how many rows are handed to the encoder at a time, at most.
const batchRows = 4096

// table writes rows of T to a Parquet or CSV file.
type table[T any] struct {
	dir      *Dir
	name     string
	part     *part
	rows     []T // not yet encoded
	written  int64
	inGroup  int64
	rowBytes int64 // upper bound of an encoded row
	batch    int   // rows handed to the encoder at a time
	parquet  *parquet.GenericWriter[T]
	csv      func(buf []byte, row *T) []byte
	buf      []byte
	codec    codec[T]
	log      []byte // rows that the journal has not been given
	replays  bool   // rows come from the journal
	closing  bool   // what was accepted is written, whatever the limit
	closed   bool
}

// codec turns rows into the bytes of a journal and back.
type codec[T any] struct {
	put func(w *state.Writer, row *T)
	get func(r *state.Reader) T
}

// journalBytes is how many bytes of rows wait for the journal at most.
const journalBytes = 1 << 16

// journal gives the waiting rows to the journal.
func (t *table[T]) journal() error {
	if len(t.log) == 0 {
		return nil
	}
	err := t.dir.options.Journal(t.name, t.log)
	t.log = t.log[:0]
	if err != nil {
		return t.dir.fail(err)
	}
	return nil
}

func (t *table[T]) sync() error {
	if t.dir.options.Journal == nil {
		return nil
	}
	return t.journal()
}

func (t *table[T]) named(name string) bool { return t.name == name }

func (t *table[T]) replay(rows []byte) error {
	t.replays = true
	defer func() { t.replays = false }()
	for r := state.NewReader(rows); r.Left() > 0; {
		row := t.codec.get(r)
		if err := r.Err(); err != nil {
			return fmt.Errorf("record: rows of %s: %w", t.name, err)
		}
		if err := t.add(row); err != nil {
			return err
		}
	}
	return nil
}

// newTable starts the table name in the directory's format.
//
// Parquet: plain or dictionary pages of version 1, zstd, column statistics: what
// every reader has understood for years.
func newTable[T any](d *Dir, name, header string, rowBytes int64, csv func([]byte, *T) []byte, codec codec[T]) (*table[T], error) {
	if d.failed != nil {
		return nil, d.failed
	}
	t := &table[T]{dir: d, name: name, codec: codec, rowBytes: rowBytes, batch: batchRows, rows: make([]T, 0, batchRows)}
	if limit := d.options.MaxBytes; limit > 0 { // a low limit is not overrun by a whole batch
		t.batch = int(max(1, min(batchRows, limit/(8*rowBytes))))
	}
	p, err := createPart(d, name+"."+string(d.options.Format))
	if err != nil {
		return nil, err
	}
	t.part = p
	if d.options.Format == CSV {
		t.csv = csv
		_, _ = p.Write([]byte(header + "\n"))
	} else {
		t.parquet = parquet.NewGenericWriter[T](p,
			parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
			parquet.DataPageVersion(1),
			parquet.PageBufferSize(1<<20),
			parquet.SkipPageBounds("population"),
			parquet.CreatedBy("volley", "1", ""),
		)
	}
	d.open = append(d.open, t)
	return t, nil
}

// add appends one row. After an error it returns the error again; rows that were
// accepted before it are written all the same.
func (t *table[T]) add(row T) error {
	if !t.closing && (t.dir.failed != nil || t.closed) {
		return t.refusal()
	}
	t.rows = append(t.rows, row)
	if t.dir.options.Journal != nil && !t.replays {
		w := state.Writer{Data: t.log}
		t.codec.put(&w, &t.rows[len(t.rows)-1]) // not &row, which would lie on the heap for each
		if t.log = w.Data; len(t.log) >= journalBytes {
			if err := t.journal(); err != nil {
				return err
			}
		}
	}
	if len(t.rows) >= t.batch {
		return t.encode()
	}
	return nil
}

// refusal is why no row is taken any more.
func (t *table[T]) refusal() error {
	if t.dir.failed != nil {
		return t.dir.failed
	}
	return fmt.Errorf("record: %s: appended to after it was closed", t.part.name)
}

// admit refuses more output at the limit or before the disk is full.
func (t *table[T]) admit() error {
	if t.closing {
		return t.part.err
	}
	d := t.dir
	limit := d.options.MaxBytes
	if limit > 0 && d.used+t.rowBytes*(t.inGroup+int64(len(t.rows))) > limit {
		// The bound is several times what compressed rows take: find out,
		// where enough rows wait for that to be worth a row group.
		if t.inGroup >= rowGroupRows/16 {
			if err := t.flushGroup(); err != nil {
				return err
			}
		}
		if d.used+t.rowBytes*(t.inGroup+int64(len(t.rows))) > limit {
			return d.fail(fmt.Errorf("%w: %s would take the output in %s past the limit of %s", ErrTooLarge, t.part.name, d.called(), bytesText(limit)))
		}
	}
	return d.admitDisk()
}

// admitDisk asks for the disk's free space once in 8 MiB.
func (d *Dir) admitDisk() error {
	if d.checked > 0 && d.used-d.checked < 8<<20 {
		return nil
	}
	d.checked = max(d.used, 1)
	if free, err := freeBytes(d.path); err == nil && free < d.options.ReserveBytes {
		return d.fail(fmt.Errorf("%w: the disk of %s has only %s free; the output so far is kept", ErrTooLarge, d.path, bytesText(free)))
	}
	return nil
}

// encode hands the waiting rows to the file.
func (t *table[T]) encode() error {
	if len(t.rows) == 0 {
		return nil
	}
	if err := t.admit(); err != nil {
		return err
	}
	t.written += int64(len(t.rows))
	if t.csv != nil {
		t.buf = t.buf[:0]
		for k := range t.rows {
			t.buf = t.csv(t.buf, &t.rows[k])
		}
		t.rows = t.rows[:0]
		_, err := t.part.Write(t.buf)
		return err
	}
	_, err := t.parquet.Write(t.rows)
	t.inGroup += int64(len(t.rows))
	t.rows = t.rows[:0]
	if err == nil && t.inGroup >= rowGroupRows {
		err = t.flushGroup()
	}
	if err != nil {
		return t.part.fail(err)
	}
	return nil
}

// flushGroup writes a row group.
func (t *table[T]) flushGroup() error {
	t.inGroup = 0
	if err := t.parquet.Flush(); err != nil {
		return t.part.fail(err)
	}
	return nil
}

// Rows is the number of rows that were appended.
func (t *table[T]) Rows() int64 { return t.written + int64(len(t.rows)) }

// Close completes the file and gives it its name. A second Close does nothing.
func (t *table[T]) Close() error {
	if t.closed {
		return t.part.err
	}
	t.closing = true
	_ = t.encode() // its error is the part's
	t.closed, t.closing = true, false
	t.dir.forget(t)
	if t.parquet != nil && t.part.err == nil {
		if err := t.parquet.Close(); err != nil {
			_ = t.part.fail(err)
		}
	}
	if err := t.part.commit(); err != nil {
		return err
	}
	t.dir.files = append(t.dir.files, File{Name: t.part.name, Rows: t.written, Bytes: t.part.size})
	return nil
}

// discard removes what was written.
func (t *table[T]) discard() {
	t.closed = true
	t.dir.forget(t)
	t.part.remove()
}
