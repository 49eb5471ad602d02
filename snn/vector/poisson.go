package vector

import "unsafe"

// Poisson adds weighted Poisson counts to the sums of targets: the arithmetic of
// random.PoissonTable. Target i of Sums, which starts a group of 16, takes 16 bits
// of the SplitMix64 words from State on.
//
// gen/poisson.go reads the fields by their place.
type Poisson struct {
	Sums   []int32
	State  uint64 // key plus golden times the index of the first word
	Weight int32
	_      int32

	// The table by column: byte c of Low and High make the signed word
	// (threshold-2048)<<4 | alias, threshold in 12 bits.
	Low, High [16]uint8
}

// Add does the first done targets, whole groups. It leaves out those that 16 bits
// do not decide and appends for each group of them its first target and a mask,
// whose bits [Doubtful] reads.
func (p *Poisson) Add(doubts []uint32) (done int, _ []uint32) {
	done = len(p.Sums) &^ 15
	if done == 0 || !Available() {
		return 0, doubts
	}
	return done, collect(doubts, done/8, func(out *uint32) int { return poisson16((*byte)(unsafe.Pointer(p)), done, out) })
}

// Doubtful reports whether target i of 16 is among those of a mask.
func Doubtful(mask uint32, i int) bool { return mask>>(i&7*4+i>>3*2)&1 != 0 }
