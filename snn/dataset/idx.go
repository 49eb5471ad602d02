package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// Images are images of one size. Pixels holds N*Rows*Cols bytes: image by image, each
// row-major from the top left. The planes of a colour image lie below one another.
type Images struct {
	N, Rows, Cols int
	Pixels        []byte
}

// Image is the pixels of image i, shared with m.
func (m *Images) Image(i int) []byte {
	size := m.Rows * m.Cols
	return m.Pixels[i*size : (i+1)*size : (i+1)*size]
}

// ReadImages decodes an IDX file of images, plain or gzipped: 3 dimensions of
// unsigned bytes. file stands in errors, which are all *Error.
// Source: Y. LeCun's description of the MNIST files.
func ReadImages(file string, r io.Reader) (*Images, error) {
	dims, data, err := readIDX(file, r, "images", 3)
	if err != nil {
		return nil, err
	}
	return &Images{N: dims[0], Rows: dims[1], Cols: dims[2], Pixels: data}, nil
}

// ReadLabels decodes an IDX file of labels, plain or gzipped: 1 dimension of
// unsigned bytes.
func ReadLabels(file string, r io.Reader) ([]byte, error) {
	_, data, err := readIDX(file, r, "labels", 1)
	return data, err
}

// CheckLabels says whether there is a label for each image, in an Error of
// labelFile; nil where there is.
func CheckLabels(labelFile string, m *Images, labels []byte) error {
	if len(labels) != m.N {
		return fault(labelFile, fmt.Sprintf("%d, one for each image", m.N), "holds %d labels", len(labels))
	}
	return nil
}

// largestIDX bounds what a header may ask for, in bytes.
const largestIDX = 1 << 40

func readIDX(file string, r io.Reader, what string, wantDims int) ([]int, []byte, error) {
	b, err := decompress(file, r)
	if err != nil {
		return nil, nil, err
	}
	want := fmt.Sprintf("an IDX file of %s: bytes 00 00 08 %02x", what, wantDims)
	head, err := readExactly(b, int64(4+4*wantDims))
	if err != nil {
		return nil, nil, fault(file, want, "cannot be read: %v", err)
	}
	if len(head) < 4 {
		return nil, nil, fault(file, want, "is %d bytes long", len(head))
	}
	switch {
	case head[0] != 0 || head[1] != 0:
		return nil, nil, fault(file, want, "starts with bytes % x", head[:4])
	case head[2] != 8:
		return nil, nil, fault(file, "type 08, unsigned bytes", "holds elements of IDX type %02x", head[2])
	case int(head[3]) != wantDims:
		return nil, nil, fault(file, fmt.Sprintf("%d, an IDX file of %s", wantDims, what), "has %d dimensions", head[3])
	case len(head) < 4+4*wantDims:
		return nil, nil, fault(file, fmt.Sprintf("a header of %d bytes", 4+4*wantDims), "ends inside its header, after %d bytes", len(head))
	}
	dims, total := make([]int, wantDims), uint64(1)
	for k := range dims {
		n := binary.BigEndian.Uint32(head[4+4*k:])
		hi, lo := bits.Mul64(total, uint64(n))
		if hi != 0 || lo > largestIDX {
			return nil, nil, fault(file, "at most 2^40 bytes", "declares sizes % x, which no file can hold", head[4:])
		}
		dims[k], total = int(n), lo
	}
	data, err := readExactly(b, int64(total))
	if err != nil {
		return nil, nil, fault(file, "", "cannot be read after %d bytes: %v", len(head)+len(data), err)
	}
	if uint64(len(data)) < total {
		return nil, nil, fault(file, fmt.Sprintf("%d for %s of sizes %v", total, what, dims), "is truncated: %d bytes follow the header", len(data))
	}
	if _, err := b.ReadByte(); err == nil {
		return nil, nil, fault(file, fmt.Sprintf("its end after %d, as its sizes %v say", total, dims), "has more bytes than its header declares")
	} else if !errors.Is(err, io.EOF) {
		return nil, nil, fault(file, "", "is damaged at its end: %v", err)
	}
	return dims, data, nil
}
