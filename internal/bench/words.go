package bench

import "unsafe"

// words is bytes as 64-bit words; their start is aligned, as the heap's is.
func words(b []byte) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8)
}
