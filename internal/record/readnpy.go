package record

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
)

// ReadWeights reads a snapshot of weights (float32 or float64) or any such
// one-dimensional .npy file.
func ReadWeights(path string) ([]float64, error) {
	var out []float64
	err := readNPY(path, func(descr string, raw []byte) error {
		switch descr {
		case "<f4":
			for ; len(raw) > 0; raw = raw[4:] {
				out = append(out, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))))
			}
		case "<f8":
			for ; len(raw) > 0; raw = raw[8:] {
				out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(raw)))
			}
		default:
			return fmt.Errorf("its values are %s, expected <f4 or <f8", descr)
		}
		return nil
	})
	return out, err
}

// ReadGIDs reads the sources or targets of a projection's synapses.
func ReadGIDs(path string) ([]uint64, error) {
	var out []uint64
	err := readNPY(path, func(descr string, raw []byte) error {
		if descr != "<u8" {
			return fmt.Errorf("its values are %s, expected <u8", descr)
		}
		for ; len(raw) > 0; raw = raw[8:] {
			out = append(out, binary.LittleEndian.Uint64(raw))
		}
		return nil
	})
	return out, err
}

// npyDictionary matches the headers of one-dimensional little-endian arrays, as
// numpy and we write them.
var npyDictionary = regexp.MustCompile(`^\{'descr': '(<[fu][48])', 'fortran_order': False, 'shape': \((\d{1,18}),\), \} *\n$`)

// readNPY hands the raw values of a file to use, whole values at a time; at least
// once, so that use sees the type of an empty array.
func readNPY(path string, use func(descr string, raw []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	defer file.Close()
	if err := decodeNPY(bufio.NewReaderSize(file, 1<<16), use); err != nil {
		return corrupt(path, "%v", err)
	}
	return nil
}

// decodeNPY never takes more memory than the data that is there, whatever the
// header says.
func decodeNPY(r io.Reader, use func(descr string, raw []byte) error) error {
	var lead [10]byte
	if _, err := io.ReadFull(r, lead[:]); err != nil || string(lead[:8]) != "\x93NUMPY\x01\x00" {
		return errors.New("not a .npy file of version 1.0")
	}
	header := make([]byte, binary.LittleEndian.Uint16(lead[8:]))
	if _, err := io.ReadFull(r, header); err != nil {
		return errors.New("its header is cut short")
	}
	parts := npyDictionary.FindSubmatch(header)
	if parts == nil {
		return fmt.Errorf("its header is %.80q, expected a one-dimensional array of <f4, <f8 or <u8", header)
	}
	descr := string(parts[1])
	size := int64(descr[2] - '0')
	count, err := strconv.ParseInt(string(parts[2]), 10, 64)
	if err != nil {
		return err
	}
	if err := use(descr, nil); err != nil {
		return err
	}
	raw := make([]byte, batchRows*8)
	for left := count; left > 0; {
		n := min(left, int64(len(raw))/size)
		if got, err := io.ReadFull(r, raw[:n*size]); err != nil {
			return fmt.Errorf("it ends after %d of %d values", count-left+int64(got)/size, count)
		}
		if err := use(descr, raw[:n*size]); err != nil {
			return err
		}
		left -= n
	}
	if n, _ := io.ReadFull(r, raw[:1]); n > 0 {
		return fmt.Errorf("there is more after its %d values", count)
	}
	return nil
}
