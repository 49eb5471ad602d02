package record

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// npyHeaderBytes is the length of our .npy headers: room for any count, padded
// with spaces, so that the count can be filled in at the end.
const npyHeaderBytes = 128

// npyHeader is the header of a one-dimensional .npy file of version 1.0
// (numpy.lib.format): magic, version, header length, a Python dictionary.
func npyHeader(descr string, count int64) []byte {
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }", descr, count)
	out := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(out[8:], npyHeaderBytes-10)
	out = append(out, text...)
	out = append(out, strings.Repeat(" ", npyHeaderBytes-1-len(out))...)
	return append(out, '\n')
}

// npyWriter writes a one-dimensional array whose length shows at the end.
type npyWriter struct {
	dir    *Dir
	part   *part
	descr  string // <f4, <f8 or <u8
	count  int64
	buf    []byte
	closed bool
}

func newNPY(d *Dir, name, descr string) (*npyWriter, error) {
	if d.failed != nil {
		return nil, d.failed
	}
	p, err := createPart(d, name)
	if err != nil {
		return nil, err
	}
	w := &npyWriter{dir: d, part: p, descr: descr}
	_, _ = p.Write(npyHeader(descr, 0))
	d.open = append(d.open, w)
	return w, nil
}

// admit refuses more output at the limit or before the disk is full.
func (w *npyWriter) admit(bytes int) error {
	d := w.dir
	switch {
	case d.failed != nil:
		return d.failed
	case w.closed:
		return fmt.Errorf("record: %s: appended to after it was closed", w.part.name)
	case d.options.MaxBytes > 0 && d.used+int64(bytes) > d.options.MaxBytes:
		return d.fail(fmt.Errorf("%w: %s would take the output in %s past the limit of %s", ErrTooLarge, w.part.name, d.called(), bytesText(d.options.MaxBytes)))
	}
	return d.admitDisk()
}

// flush writes what was put into buf.
func (w *npyWriter) flush(values int) error {
	if err := w.admit(len(w.buf)); err != nil {
		return err
	}
	w.count += int64(values)
	_, err := w.part.Write(w.buf)
	return err
}

func (w *npyWriter) uint64s(n int, at func(k int) uint64) error {
	for from := 0; from < n; from += batchRows {
		to := min(n, from+batchRows)
		w.buf = w.buf[:0]
		for k := from; k < to; k++ {
			w.buf = binary.LittleEndian.AppendUint64(w.buf, at(k))
		}
		if err := w.flush(to - from); err != nil {
			return err
		}
	}
	return nil
}

func (w *npyWriter) floats(values []float64) error {
	for len(values) > 0 {
		n := min(len(values), batchRows)
		w.buf = w.buf[:0]
		for _, v := range values[:n] {
			if w.descr == "<f4" {
				w.buf = binary.LittleEndian.AppendUint32(w.buf, math.Float32bits(float32(v)))
			} else {
				w.buf = binary.LittleEndian.AppendUint64(w.buf, math.Float64bits(v))
			}
		}
		if err := w.flush(n); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

// Close fills in the count, completes the file and gives it its name. A second
// Close does nothing.
func (w *npyWriter) Close() error {
	if w.closed {
		return w.part.err
	}
	w.closed = true
	w.dir.forget(w)
	_ = w.part.writeAt(npyHeader(w.descr, w.count), 0)
	if err := w.part.commit(); err != nil {
		return err
	}
	w.dir.files = append(w.dir.files, File{Name: w.part.name, Rows: w.count, Bytes: w.part.size})
	return nil
}

func (w *npyWriter) discard() {
	w.closed = true
	w.dir.forget(w)
	w.part.remove()
}
