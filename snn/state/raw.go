package state

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// little says that this machine's numbers are little-endian, as those of sections are.
var little = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// size is the bytes of a number.
func size[T Number]() int {
	var zero T
	return int(unsafe.Sizeof(zero))
}

// raw is the memory of x.
func raw[T Number](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*size[T]())
}

// swap turns the bytes of each number round.
func swap(b []byte, size int) {
	for ; len(b) > 0; b = b[size:] {
		slices.Reverse(b[:size])
	}
}
