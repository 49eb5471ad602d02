package pairsum

// MaxNeurons is the largest layer, and MaxStates the largest number of states
// beside the reference state.
const (
	MaxNeurons = 1 << 16
	MaxStates  = 64
)

// Active lists, sample by sample and in rising order, the neurons of a layer that
// are not in the reference state.
type Active struct {
	Neurons int
	Start   []int32  // len samples + 1: sample b has Entries[Start[b]:Start[b+1]]
	Entries []uint32 // neuron | state << 16
}

// Entry packs a neuron and its state.
func Entry(neuron, state int) uint32 { return uint32(neuron) | uint32(state)<<16 }

// Unpack is the neuron and the state of an entry.
func Unpack(e uint32) (neuron, state int) { return int(e & 0xffff), int(e >> 16) }

// Reset empties the lists of a layer of n neurons.
func (a *Active) Reset(n int) {
	a.Neurons = n
	a.Start = append(a.Start[:0], 0)
	a.Entries = a.Entries[:0]
}

// Samples is the number of samples.
func (a *Active) Samples() int { return len(a.Start) - 1 }

// Of lists sample b.
func (a *Active) Of(b int) []uint32 { return a.Entries[a.Start[b]:a.Start[b+1]] }

// Append adds a sample: a neuron's state is states[i], and silent, the largest,
// the reference state. It reports whether all states are 0 to silent.
func (a *Active) Append(states []int32, silent int32) bool {
	n := len(a.Entries)
	a.Entries = grow(a.Entries, n+len(states)+listSlack)
	k, ok := compress(a.Entries[n:], states, silent, vectors)
	a.Entries = a.Entries[:n+k]
	a.Start = append(a.Start, int32(n+k))
	return ok
}

// listSlack is how many entries compress may write past the last.
const listSlack = 8

// compress writes the entries of the states below silent to dst, which has room
// for all states and listSlack more, and counts them.
func compress(dst []uint32, states []int32, silent int32, vectors bool) (n int, ok bool) {
	done, outside := 0, int32(0)
	if whole := len(states) &^ 7; vectors && whole > 0 {
		n, outside = compressAVX2(&dst[0], &states[0], whole, silent, &setBits)
		done = whole
	}
	n, ok = compressPortable(dst, n, states, done, silent)
	return n, ok && outside == 0
}

// compressPortable goes on from n entries and the first done states.
func compressPortable(dst []uint32, n int, states []int32, done int, silent int32) (int, bool) {
	outside := int32(0)
	for i := done; i < len(states); i++ {
		s := states[i]
		outside |= s | (silent - s)
		dst[n] = uint32(i) | uint32(s)<<16
		if s < silent {
			n++
		}
	}
	return n, outside >= 0
}

// setBits lists, for each byte, its set bits from the lowest.
var setBits = func() (table [256][8]byte) {
	for b := range table {
		n := 0
		for k := range 8 {
			if b>>k&1 == 1 {
				table[b][n] = byte(k)
				n++
			}
		}
	}
	return table
}()

// grow is s with at least length n; what was in it stays.
func grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	out := make([]T, n, n+n/2)
	copy(out, s)
	return out
}
