package dataset

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
)

// decompress reads r through gzip or bzip2 where its first bytes say so.
func decompress(file string, r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fault(file, "", "cannot be read: %v", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fault(file, "a complete gzip file", "gzip: %v", err)
		}
		return bufio.NewReader(z), nil
	case bytes.Equal(head, []byte("BZh")):
		return bufio.NewReader(bzip2.NewReader(b)), nil
	}
	return b, nil
}

// readExactly reads n bytes. It grows with what arrives, not with n. The result
// is shorter where r ends early; err is what else went wrong.
func readExactly(r io.Reader, n int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, n))
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return data, err
}
