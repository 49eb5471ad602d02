package engine

import "unsafe"

// alignedTo is the part of b that starts and ends at multiples of align, a power
// of two; b is longer than twice that.
func alignedTo(b []byte, align int) []byte {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	skip := int(-at & uintptr(align-1))
	return b[skip : skip+(len(b)-skip)&^(align-1)]
}
