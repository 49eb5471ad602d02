package delivery

import "golang.org/x/sys/cpu"

// fastest is the kernels that this CPU runs fastest.
func fastest() kernels {
	if cpu.X86.HasAVX2 {
		return kernels{addList, addPacked, addBits}
	}
	return scalar
}

// runs must have paddingRuns entries more than its length, and at least one.

func addList(payload []uint16, runs []run, weight int32, sums *window) {
	addListASM(&payload[0], &runs[0], len(runs), weight, &sums[0])
}

func addPacked(payload []byte, runs []run, width int, scale int32, sums *window) {
	switch width {
	case 4:
		addPacked4ASM(&payload[0], &runs[0], len(runs), scale, &sums[0])
	case 5:
		addPacked5ASM(&payload[0], &runs[0], len(runs), &sums[0])
	default:
		addPacked6ASM(&payload[0], &runs[0], len(runs), &sums[0])
	}
}

func addBits(bitmap []byte, rows []uint64, set, chunks int, weight int32, sums *window) {
	if set < 16 {
		addBits4ASM(&bitmap[0], &rows[0], len(rows), chunks, weight, &sums[0])
		return
	}
	addBits8ASM(&bitmap[0], &rows[0], len(rows), chunks, weight, &sums[0])
}
