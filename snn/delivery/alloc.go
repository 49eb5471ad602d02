package delivery

import "unsafe"

// Alloc gives zeroed memory for synapses: bytes of it, aligned to 64. Whoever
// knows the system may ask it for large pages, which saves up to a third of the
// time; Heap is the plain one.
type Alloc func(bytes int) []byte

// Heap allocates as make does.
func Heap(bytes int) []byte {
	const align = 64
	b := make([]byte, bytes+align-1)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (align - 1)
	return b[skip : int(skip)+bytes : int(skip)+bytes]
}

// allocate makes n numbers.
func allocate[T uint16 | uint32 | uint64](a Alloc, n int) []T {
	var zero T
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(a(n*int(unsafe.Sizeof(zero)))))), n)
}
