package training

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/volley-snn/volley/snn/train/parameter"
)

// archive is an archive of all parameters as NumPy reads it: each under its name, as
// float32. Matrices are turned so that a row is a target's, as in PyTorch.
func archive(l *parameter.Layout, values []float32) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for k := range l.Specs {
		s := &l.Specs[k]
		w, err := z.CreateHeader(&zip.FileHeader{Name: s.Name + ".npy", Method: zip.Store})
		if err != nil {
			return nil, err
		}
		x, shape := l.Of(values, k), s.Shape
		if len(shape) == 2 {
			x, shape = turned(x, shape[0], shape[1]), []int{shape[1], shape[0]}
		}
		if _, err := w.Write(npy(x, shape)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func turned(x []float32, rows, columns int) []float32 {
	out := make([]float32, len(x))
	for i := range rows {
		for j := range columns {
			out[j*rows+i] = x[i*columns+j]
		}
	}
	return out
}

// npy is a .npy file of version 1.0: magic, version, header length, a Python
// dictionary padded to 64 bytes, numbers.
func npy(x []float32, shape []int) []byte {
	var dims strings.Builder
	for _, n := range shape {
		fmt.Fprintf(&dims, "%d, ", n)
	}
	text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }", dims.String())
	text += strings.Repeat(" ", 63-(10+len(text))%64) + "\n"
	out := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(out[8:], uint16(len(text)))
	out = append(out, text...)
	for _, y := range x {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(y))
	}
	return out
}
