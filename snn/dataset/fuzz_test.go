package dataset

import (
	"archive/tar"
	"bytes"
	"errors"
	"testing"
	"testing/fstest"
)

// Every decoder, fed anything, gives data or an *Error, and never panics.

// must fails where an error is none of ours.
func must(t *testing.T, err error) {
	t.Helper()
	var own *Error
	if err != nil && !errors.As(err, &own) {
		t.Fatalf("the error %v is no *Error", err)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte("source,target,weight_pA,delay_ms\n1,2,0.5,1.5\n3,4,-1e-3,2\n"))
	f.Add([]byte("\ufeffpre;target;x\n1;2;a\n\n\"3\";4;b\r\n"))
	f.Add([]byte(gzipped(f, "source\ttarget\n1\t2\n")))
	f.Add([]byte("BZh91AY&SY"))
	f.Add([]byte(parquetOf(f, []edge{{1, 2, 3, "a", 1}, {2, 3, 3, "b", 1.5}, {4, 4, 0, "", 1}, {5, 5, 1, "c", 1}})))
	f.Add([]byte(gzipped(f, parquetOf(f, []edge{{1, 2, 3, "a", 1}}))))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := readTable("f", bytes.NewReader(text), edges())
		must(t, err)
		if err != nil {
			return
		}
		for c, values := range table.Values {
			if values != nil && len(values) != table.Rows {
				t.Fatalf("column %d has %d of %d rows", c, len(values), table.Rows)
			}
			if values != nil && table.Rows > 0 && table.Fault(table.Rows-1, c, "", "wrong").Error() == "" {
				t.Fatal("a fault says nothing")
			}
		}
		for _, s := range table.Integers(0) {
			if s >= 100 {
				t.Fatalf("source %d of 100", s)
			}
		}
	})
}

func FuzzReadSeries(f *testing.F) {
	f.Add([]byte("t,a,b\n0,1.5,x\n1,2,y\n"))
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte(parquetOf(f, []edge{{1, 2, 3, "a", 1}, {2, 3, 3, "b", 1.5}})))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, columns := range [][]string{nil, {"a"}} {
			s, err := ReadSeries("f", bytes.NewReader(text), columns)
			must(t, err)
			if err == nil && (len(s.Names) == 0 || len(s.Values) != len(s.Names) || s.Rows() == 0) {
				t.Fatalf("%d names, %d channels, %d rows", len(s.Names), len(s.Values), s.Rows())
			}
		}
	})
}

func FuzzReadImages(f *testing.F) {
	f.Add([]byte("\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x02abcd"))
	f.Add([]byte("\x00\x00\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xffabcd"))
	f.Add([]byte("\x00\x00\x08\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x00\x00\x08\x01\x00\x00\x00\x03abc"))
	f.Add([]byte(gzipped(f, "\x00\x00\x08\x01\x00\x00\x00\x02ab")))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ReadImages("f", bytes.NewReader(text))
		must(t, err)
		if err == nil {
			if len(m.Pixels) != m.N*m.Rows*m.Cols {
				t.Fatalf("%d pixels of %d images of %d x %d", len(m.Pixels), m.N, m.Rows, m.Cols)
			}
			if m.N > 0 {
				m.Image(m.N - 1)
			}
		}
		labels, err := ReadLabels("f", bytes.NewReader(text))
		must(t, err)
		if err == nil && m != nil {
			must(t, CheckLabels("f", m, labels))
		}
	})
}

func FuzzReadRecording(f *testing.F) {
	f.Add([]byte("\x01\x02\x80\x00\x05\x03\x04\x00\x00\x09"))
	f.Add([]byte("\x01\x02\x80\x00"))
	f.Add([]byte(gzipped(f, "\x01\x02\x80\x00\x05")))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadRecording("f", bytes.NewReader(text), 34, 34)
		must(t, err)
		for k := range r.Len() {
			if e := r.Event(k); e.X >= 34 || e.Y >= 34 {
				t.Fatalf("event %d at %d, %d", k, e.X, e.Y)
			}
		}
	})
}

func FuzzReadRecordings(f *testing.F) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"Train/7/00001.bin", "Test/x/1.bin"} {
		event := []byte("\x01\x02\x80\x00\x05")
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o666, Size: int64(len(event))}); err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write(event); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), "Train")
	f.Add([]byte(gzipped(f, b.String())), "")
	f.Add(b.Bytes()[:700], "Test")
	f.Fuzz(func(t *testing.T, text []byte, under string) {
		r, err := ReadRecordings(fstest.MapFS{"f.tar": {Data: text}}, "f.tar", under, 34, 34)
		must(t, err)
		if err == nil && r.Labels != nil && len(r.Labels) != len(r.Items) {
			t.Fatalf("%d labels of %d recordings", len(r.Labels), len(r.Items))
		}
	})
}
