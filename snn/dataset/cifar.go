package dataset

import (
	"fmt"
	"io"
)

// CIFARPlanes is how many planes an image of CIFAR-10 has.
const CIFARPlanes = 3

const (
	cifarSide   = 32
	cifarBytes  = 1 + CIFARPlanes*cifarSide*cifarSide // of a record: label, then red, green and blue
	cifarLabels = 10
	longestFile = 1 << 32 // of CIFAR-10, decompressed
)

// ReadCIFAR decodes a binary file of CIFAR-10, plain or compressed: records of a label
// and the three planes of a colour image. file stands in errors, which are all *Error.
// Source: Krizhevsky's description of the binary version.
func ReadCIFAR(file string, r io.Reader) (*Images, []byte, error) {
	b, err := decompress(file, r)
	if err != nil {
		return nil, nil, err
	}
	data, err := readExactly(b, longestFile)
	if err != nil {
		return nil, nil, fault(file, "", "cannot be read after %d bytes: %v", len(data), err)
	}
	n := len(data) / cifarBytes
	if n == 0 || len(data)%cifarBytes != 0 {
		return nil, nil, fault(file, fmt.Sprintf("whole records of %d bytes, a label and 3 x 32 x 32 pixels", cifarBytes), "is %d bytes long", len(data))
	}
	m := &Images{N: n, Rows: CIFARPlanes * cifarSide, Cols: cifarSide, Pixels: make([]byte, 0, n*(cifarBytes-1))}
	labels := make([]byte, n)
	for k := range labels {
		record := data[k*cifarBytes : (k+1)*cifarBytes]
		if labels[k] = record[0]; labels[k] >= cifarLabels {
			return nil, nil, fault(file, "0 to 9", "record %d has label %d", k, labels[k])
		}
		m.Pixels = append(m.Pixels, record[1:]...)
	}
	return m, labels, nil
}
