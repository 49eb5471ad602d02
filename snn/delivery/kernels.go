package delivery

import "math/bits"

// run is a contiguous stretch of synapses: the first in the low 32 bits, the end
// in the high ones.
type run = uint64

func newRun(first, end uint32) run { return run(first) | run(end)<<32 }

func bounds(r run) (first, end uint32) { return uint32(r), uint32(r >> 32) }

// paddingRuns is how many entries the kernels may read beyond the last run.
const paddingRuns = 6

// window is the sums that a block's targets count from.
type window = [MaxTargets]int32

// kernels are the inner loops of the layouts.
type kernels struct {
	list   func(payload []uint16, runs []run, weight int32, sums *window)
	packed func(payload []byte, runs []run, width int, scale int32, sums *window)
	bits   func(bitmap []byte, rows []uint64, set, chunks int, weight int32, sums *window)
}

func kernelsOf(c *Config) kernels {
	if c.Scalar {
		return scalar
	}
	return fastest()
}

// The scalar twins of the assembly, with the same bits.

var scalar = kernels{addListScalar, addPackedScalar, addBitsScalar}

func addListScalar(payload []uint16, runs []run, weight int32, sums *window) {
	for _, r := range runs {
		first, end := bounds(r)
		for _, j := range payload[first:end] {
			sums[j] += weight
		}
	}
}

func addPackedScalar(payload []byte, runs []run, width int, scale int32, sums *window) {
	for _, r := range runs {
		first, end := bounds(r)
		records := payload[int(first)*width : int(end)*width]
		switch width {
		case 4:
			for ; len(records) >= 4; records = records[4:] {
				sums[target(records)] += int32(int16(uint16(records[2])|uint16(records[3])<<8)) * scale
			}
		case 5:
			for ; len(records) >= 5; records = records[5:] {
				sums[target(records)] += int32(uint32(records[2])<<8|uint32(records[3])<<16|uint32(records[4])<<24) >> 8
			}
		case 6:
			for ; len(records) >= 6; records = records[6:] {
				sums[target(records)] += int32(uint32(records[2]) | uint32(records[3])<<8 | uint32(records[4])<<16 | uint32(records[5])<<24)
			}
		}
	}
}

func target(record []byte) uint16 { return uint16(record[0]) | uint16(record[1])<<8 }

// chunkTargets is how many targets the bits of 32 bytes of a bitmap row stand
// for: target 32 b + i of the chunk is bit b of byte i, which is the order that
// the counts of a vector of bytes come out in.
const chunkTargets = 256

// addBitsScalar adds the rows that start at the given bytes of the bitmap: at most
// 255 of them are set, and zeros fill them up to a multiple of 4.
func addBitsScalar(bitmap []byte, rows []uint64, set, chunks int, weight int32, sums *window) {
	for _, row := range rows[:set] {
		words := bitmap[row : row+uint64(chunks*chunkTargets/8)]
		for at := 0; at < len(words); at += 8 {
			w := words[at : at+8]
			word := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 | uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
			base := at/32*chunkTargets + at%32
			for ; word != 0; word &= word - 1 {
				k := bits.TrailingZeros64(word)
				sums[base+32*(k&7)+(k>>3)] += weight
			}
		}
	}
}
