package blob

import (
	"errors"
	"io"
	"os"
	"sync"
	"unsafe"
)

// large is from what size on a blob goes past the system's cache to the disk: it is not
// read soon, and copying it there takes as long as all else that is done with it.
const large = 4 << 20

// block is how much is written at once. Past the cache, memory and place in the file
// must be multiples of align.
const (
	block = 1 << 20
	align = 4 << 10
)

var blocks = sync.Pool{New: func() any {
	b := make([]byte, block+align)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) & (align - 1)
	b = b[skip : skip+block]
	return &b
}}

// fill writes what r holds, size bytes or fewer if it fails, to a new file.
func fill(f *os.File, r io.Reader, size int64) error {
	b := blocks.Get().(*[]byte)
	defer blocks.Put(b)
	past := size >= large && setDirect(f, true)
	for {
		n, err := readFull(r, *b)
		if past && n < block {
			past = !setDirect(f, false)
		}
		if n > 0 {
			_, writeErr := f.Write((*b)[:n])
			if past && errors.Is(writeErr, errDirect) { // a file system that only then says so
				past = !setDirect(f, false)
				_, writeErr = f.Write((*b)[:n])
			}
			if writeErr != nil {
				return writeErr
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readFull reads until p is full or r ends, and gives r's own error.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var more int
		more, err = r.Read(p[n:])
		n += more
	}
	return n, err
}
