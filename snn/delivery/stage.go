package delivery

// entry is a synapse on its way from its target, where it is drawn, to the row of
// its source.
type entry struct {
	weight int32
	target uint16
	source uint8 // in its group
	delay  uint8 // the low bits; the others, where there are any, stand beside
}

// stage sorts entries coarsely by source. Rows that are written one entry at a
// time are each a cache miss; the stage hands over many entries of few rows.
type stage struct {
	entries []entry // those of group g from g*stageSize on
	high    []uint8 // of each entry's delay, the high bits; nil where no delay has any
	filled  []uint32
	warm    func(first, end int)                           // is told which sources' entries come next
	use     func(first int, entries []entry, high []uint8) // takes those of the group that starts at a source, by target
}

const (
	groupShift = 8 // sources of a group: 256 rows
	stageSize  = 1 << 11
)

func newStage(sources, delays int, warm func(first, end int), use func(int, []entry, []uint8)) *stage {
	groups := max(sources-1, 0)>>groupShift + 1
	st := &stage{entries: make([]entry, groups*stageSize), filled: make([]uint32, groups), warm: warm, use: use}
	if delays > 1<<8 {
		st.high = make([]uint8, len(st.entries))
	}
	return st
}

// add takes the synapses of a target, whose sources ascend. weights or delays may
// be nil.
func (st *stage) add(target uint16, sources []uint32, weights []int32, delays []uint16) {
	for lo := 0; lo < len(sources); {
		group := sources[lo] >> groupShift
		room := int(stageSize - st.filled[group])
		at := int(group)*stageSize + int(st.filled[group])
		to := st.entries[at : at+min(room, len(sources)-lo)]
		end, n := (group+1)<<groupShift, 0
		for ; n < len(to) && sources[lo+n] < end; n++ {
			to[n].source, to[n].target = uint8(sources[lo+n]), target
		}
		if weights != nil {
			for k, w := range weights[lo : lo+n] {
				to[k].weight = w
			}
		}
		if delays != nil {
			for k, d := range delays[lo : lo+n] {
				to[k].delay = uint8(d)
			}
			if st.high != nil {
				for k, d := range delays[lo : lo+n] {
					st.high[at+k] = uint8(d >> 8)
				}
			}
		}
		lo += n
		if n == room {
			st.empty(group)
			continue
		}
		st.filled[group] += uint32(n)
	}
}

// empty hands over a group that is full.
func (st *stage) empty(group uint32) { st.handOver(int(group), stageSize) }

func (st *stage) handOver(group, n int) {
	var high []uint8
	first, from := group<<groupShift, group*stageSize
	if st.high != nil {
		high = st.high[from : from+n]
	}
	st.warm(first, first+1<<groupShift)
	st.use(first, st.entries[from:from+n], high)
	st.filled[group] = 0
}

// close hands over the rest.
func (st *stage) close() {
	for group, n := range st.filled {
		if n > 0 {
			st.handOver(group, int(n))
		}
	}
}

// putDelays sets the delay at each entry's place.
func putDelays[D uint8 | uint16](of []D, places []uint32, entries []entry, high []uint8) {
	entries = entries[:len(places)]
	if high == nil {
		for k, at := range places {
			of[at] = D(entries[k].delay)
		}
		return
	}
	for k, at := range places {
		of[at] = D(uint16(entries[k].delay) | uint16(high[k])<<8)
	}
}
