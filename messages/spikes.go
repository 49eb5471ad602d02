package messages

import (
	"encoding/binary"
	"fmt"
)

// AppendSpikes appends the spikes of a span of ticks to dst: for each tick a varint of
// how many there are, then the first GID and the distance of each to the one before
// as varints. Those of tick k are gids[offsets[k]:offsets[k+1]], ascending.
func AppendSpikes[G ~uint32](dst []byte, offsets []uint32, gids []G) []byte {
	for k := range len(offsets) - 1 {
		own := gids[offsets[k]:offsets[k+1]]
		dst = binary.AppendUvarint(dst, uint64(len(own)))
		before := G(0)
		for _, g := range own {
			dst = binary.AppendUvarint(dst, uint64(g-before))
			before = g
		}
	}
	return dst
}

// Spikes reads what AppendSpikes wrote of a number of ticks, into slices that it may
// grow. It takes all of data, and GIDs rise within a tick.
func Spikes[G ~uint32](data []byte, ticks int, offsets []uint32, gids []G) ([]uint32, []G, error) {
	offsets, gids = append(offsets[:0], 0), gids[:0]
	for k := range ticks {
		n, size := binary.Uvarint(data)
		if size <= 0 || n > uint64(len(data)-size) {
			return offsets, gids, fmt.Errorf("spikes: the number in tick %d of %d is cut short or more than the bytes hold", k+1, ticks)
		}
		data = data[size:]
		at := uint64(0)
		for i := range n {
			d, size := binary.Uvarint(data)
			if at += d; size <= 0 || at > 1<<32-1 || i > 0 && d == 0 || d > 1<<32-1 {
				return offsets, gids, fmt.Errorf("spikes: GID %d of %d in tick %d of %d is cut short, does not rise or is too large", i+1, n, k+1, ticks)
			}
			data = data[size:]
			gids = append(gids, G(at))
		}
		offsets = append(offsets, uint32(len(gids)))
	}
	if len(data) > 0 {
		return offsets, gids, fmt.Errorf("spikes: %d bytes after the last tick", len(data))
	}
	return offsets, gids, nil
}
