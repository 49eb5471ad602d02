package messages

import (
	"encoding/binary"
	"fmt"
	"math"
)

// AppendSpikes appends the spikes of a span of ticks to dst: a varint of the lowest
// GID (0 where there is none); then for each tick a varint of how many there are and
// of each its distance to the one before, of the first to the lowest. Those of tick k
// are gids[offsets[k]:offsets[k+1]], ascending; a GID may come more than once. Cost:
// about 2 ns and 1 to 2 bytes a spike.
func AppendSpikes[G ~uint32](dst []byte, offsets []uint32, gids []G) []byte {
	lowest := lowest(offsets, gids)
	dst = binary.AppendUvarint(dst, uint64(lowest))
	for k := range len(offsets) - 1 {
		own := gids[offsets[k]:offsets[k+1]]
		dst = binary.AppendUvarint(dst, uint64(len(own)))
		at := len(dst)
		dst = append(dst, make([]byte, binary.MaxVarintLen32*len(own))...)
		before := lowest
		for _, g := range own {
			d := g - before
			before = g
			for d >= 0x80 {
				dst[at] = byte(d) | 0x80
				at++
				d >>= 7
			}
			dst[at] = byte(d)
			at++
		}
		dst = dst[:at]
	}
	return dst
}

// lowest is the lowest GID of all ticks.
func lowest[G ~uint32](offsets []uint32, gids []G) G {
	if len(gids) == 0 {
		return 0
	}
	low := G(math.MaxUint32)
	for k := range len(offsets) - 1 {
		if at := offsets[k]; at < offsets[k+1] {
			low = min(low, gids[at])
		}
	}
	return low
}

// Spikes reads what AppendSpikes wrote of a number of ticks, into slices that it may
// grow. It takes all of data. Cost: about 2 ns a spike.
func Spikes[G ~uint32](data []byte, ticks int, offsets []uint32, gids []G) ([]uint32, []G, error) {
	offsets, gids = append(offsets[:0], 0), gids[:0]
	lowest, size := binary.Uvarint(data)
	if size <= 0 || lowest > math.MaxUint32 {
		return offsets, gids, fmt.Errorf("spikes: the lowest GID is cut short or too large")
	}
	data = data[size:]
	for k := range ticks {
		n, size := binary.Uvarint(data)
		if size <= 0 || n > uint64(len(data)-size) {
			return offsets, gids, fmt.Errorf("spikes: the number in tick %d of %d is cut short or more than the bytes hold", k+1, ticks)
		}
		at := len(gids)
		gids = append(gids, make([]G, n)...)
		used := tick(data[size:], uint32(lowest), gids[at:])
		if used < 0 {
			return offsets, gids[:at], fmt.Errorf("spikes: a GID of the %d in tick %d of %d is cut short or too large", n, k+1, ticks)
		}
		data = data[size+used:]
		offsets = append(offsets, uint32(len(gids)))
	}
	if len(data) > 0 {
		return offsets, gids, fmt.Errorf("spikes: %d bytes after the last tick", len(data))
	}
	return offsets, gids, nil
}

// tick reads the GIDs of one tick and returns how many bytes they took, or -1.
func tick[G ~uint32](data []byte, lowest uint32, gids []G) int {
	at, last := 0, uint64(lowest)
	for k := range gids {
		if at >= len(data) {
			return -1
		}
		d := uint64(data[at])
		at++
		if d >= 0x80 {
			d &= 0x7f
			for shift := 7; ; shift += 7 {
				if at >= len(data) || shift > 28 {
					return -1
				}
				c := data[at]
				at++
				d |= uint64(c&0x7f) << shift
				if c < 0x80 {
					break
				}
			}
		}
		if last += d; last > math.MaxUint32 {
			return -1
		}
		gids[k] = G(last)
	}
	return at
}
