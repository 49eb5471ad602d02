package row

import (
	"unsafe"

	"github.com/volley-snn/volley/snn/vector"
)

// assembled takes the row in assembly, as far as whole registers go, and says how
// far that is.
func (p *Pass[T, S, W]) assembled() int {
	n := len(p.Shares) &^ (lanes - 1)
	if n == 0 || !Assembles[T, S]() {
		return 0
	}
	kernels := [2]func(*byte, int){passHard, passSoft}
	if _, narrow := any(p.Shares[0]).(uint16); narrow {
		kernels = [2]func(*byte, int){passHard16, passSoft16}
	}
	kernel := kernels[0]
	if p.Soft {
		kernel = kernels[1]
	}
	kernel((*byte)(unsafe.Pointer(p)), n)
	return n
}

// Assembles reports whether the assembly takes such rows on this processor.
func Assembles[T Index, S Stored]() bool {
	var j T
	var x S
	_, narrow := any(j).(uint16)
	_, double := any(x).(float64)
	return narrow && !double && vector.Available()
}
