package state

import (
	"encoding/binary"
	"testing"
)

// swap is what a machine whose numbers are big-endian needs.
func TestSwap(t *testing.T) {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 1), 0xfffffffe)
	swap(b, 4)
	if binary.LittleEndian.Uint32(b) != 1 || binary.LittleEndian.Uint32(b[4:]) != 0xfffffffe {
		t.Errorf("%x", b)
	}
}
