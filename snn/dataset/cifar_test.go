package dataset

import (
	"bytes"
	"compress/bzip2"
	"io"
	"os"
	"strings"
	"testing"
)

func TestReadCIFAR(t *testing.T) {
	data := make([]byte, 2*cifarBytes)
	data[0], data[1], data[cifarBytes], data[2*cifarBytes-1] = 7, 11, 9, 13
	m, labels, err := ReadCIFAR("c", bytes.NewReader(data))
	if err != nil || m.N != 2 || m.Rows*m.Cols != 3072 || !bytes.Equal(labels, []byte{7, 9}) || m.Image(0)[0] != 11 || m.Image(1)[3071] != 13 {
		t.Errorf("%+v, labels %v, %v", m, labels, err)
	}
	for want, bad := range map[string][]byte{
		"c: is 0 bytes long":    nil,
		"c: is 6145 bytes long": data[1:],
		"record 1 has label 10": append(append(append([]byte(nil), data[:cifarBytes]...), 10), data[cifarBytes+1:]...),
		"cannot be read after":  []byte("BZh9no blocks"),
	} {
		if _, _, err := ReadCIFAR("c", bytes.NewReader(bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from %v", want, err)
		}
	}
}

// The first images of the test, as its description has them: a cat, two ships, ...
func TestReadCIFARFile(t *testing.T) {
	f, err := os.Open("../../../shared/data/cifar10/test_batch.bin.bz2")
	if err != nil {
		t.Skip("CIFAR-10 IS MISSING: its file is not read: ", err)
	}
	defer f.Close()
	m, labels, err := ReadCIFAR(f.Name(), io.LimitReader(bzip2.NewReader(f), 10*cifarBytes))
	if err != nil || m.N != 10 || !bytes.Equal(labels, []byte{3, 8, 8, 0, 6, 6, 1, 6, 3, 1}) {
		t.Errorf("%d images, labels %v, %v", m.N, labels, err)
	}
}
