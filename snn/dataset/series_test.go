package dataset

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadSeries(t *testing.T) {
	for _, text := range []string{
		"time;a;b\n2020-03-09;1;2\n2020-03-10;3;4\n", "a,b,who\n1,2,x\n3,4,y\n", "\ufeffa\tb\n1\t2\n3\t4",
	} {
		s, err := ReadSeries("x.csv", strings.NewReader(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(s.Names, s.Values); got != "[a b] [[1 3] [2 4]]" || s.Rows() != 2 {
			t.Errorf("%q: %s", text, got)
		}
	}
	s, err := ReadSeries("x.csv", strings.NewReader("a,b\n1,2\n"), []string{"b"})
	if err != nil || len(s.Names) != 1 || s.Values[0][0] != 2 {
		t.Errorf("chosen: %+v, %v", s, err)
	}
}

func TestSeriesFaultsHaveTheirPlace(t *testing.T) {
	for _, c := range []struct{ text, column, want string }{
		{"", "", "x.csv:1: has no header"}, {"a,b\n", "", "x.csv:1: has no rows"}, {"a,b\n1,2\n3,x\n", "", `x.csv:3:3: "x" in column b`},
		{"a,b\n1,2\n3\n", "", "x.csv:3"}, {"a,b\n1,2\n", "c", `x.csv:1: has no column "c"`}, {"a\nx\n", "", "x.csv:2: has no column of numbers"},
		{"a,b\n1,NaN\n", "b", `x.csv:2:3: "NaN"`},
	} {
		var columns []string
		if c.column != "" {
			columns = []string{c.column}
		}
		_, err := ReadSeries("x.csv", strings.NewReader(c.text), columns)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, expected %s", c.text, err, c.want)
		}
	}
}

func TestReadRecordings(t *testing.T) {
	one, two := []byte{1, 2, 0x80, 0, 5}, []byte{3, 4, 0, 0, 9, 3, 4, 0, 0, 10}
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, f := range []struct {
		name string
		text []byte
	}{{"Train/7/2.bin", two}, {"Train/3/1.bin", one}, {"Test/1/9.bin", one}, {"README", nil}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.text); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	files := fstest.MapFS{"a.tar": {Data: packed.Bytes()}, "folder/Train/3/1.bin": {Data: one}, "folder/Train/7/2.bin": {Data: two}, "folder/Test/1/9.bin": {Data: one}}
	for _, name := range []string{"a.tar", "folder"} {
		r, err := ReadRecordings(files, name, "Train", 34, 34)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Items) != 2 || !bytes.Equal(r.Labels, []byte{3, 7}) || r.Items[1].Len() != 2 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	var e *Error
	for _, name := range []string{"none.tar", "a.tar"} {
		if _, err := ReadRecordings(files, name, "Nowhere", 34, 34); !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
		}
	}
	files["cut.tar"] = &fstest.MapFile{Data: packed.Bytes()[:514]}
	if _, err := ReadRecordings(files, "cut.tar", "Train", 34, 34); !errors.As(err, &e) {
		t.Errorf("a truncated tar: %v", err)
	}
}

// The real sample: events and labels fit each other where the mean picture of each
// class tells the digits of the test.
func TestNMNISTSample(t *testing.T) {
	var files fs.FS = os.DirFS("../../../shared/data/n-mnist-small")
	if _, err := fs.Stat(files, "n-mnist-small.tar.bz2"); err != nil {
		t.Skipf("the N-MNIST sample is not here, so it is not read: %v", err)
	}
	var means [10][34 * 34]float64
	picture := func(r Recording) (p [34 * 34]float64) {
		norm := 0.0
		for k := range r.Len() {
			p[int(r.Event(k).Y)*34+int(r.Event(k).X)]++
		}
		for _, x := range p {
			norm += x * x
		}
		for i := range p {
			p[i] /= math.Sqrt(norm)
		}
		return p
	}
	right, items := 0, 0
	for _, under := range []string{"Train", "Test"} {
		r, err := ReadRecordings(files, "n-mnist-small.tar.bz2", under, 34, 34)
		if err != nil {
			t.Fatal(err)
		}
		for k, item := range r.Items {
			seen := picture(item)
			best, most := 0, math.Inf(-1)
			for class := range means {
				sum, norm := 0.0, 0.0
				for i, x := range seen {
					sum += x * means[class][i]
					norm += means[class][i] * means[class][i]
				}
				if sum /= math.Sqrt(norm); sum > most {
					best, most = class, sum
				}
			}
			if under == "Test" {
				items++
				if best == int(r.Labels[k]) {
					right++
				}
				continue
			}
			for i, x := range seen {
				means[r.Labels[k]][i] += x
			}
		}
	}
	if items != 100 || right < 65 {
		t.Errorf("class means tell %d of %d test recordings", right, items)
	}
}
