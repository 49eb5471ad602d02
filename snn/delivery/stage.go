package delivery

// entry is a synapse on its way from its target, where it is drawn, to the row of
// its source.
type entry struct {
	weight        int32
	source        uint32
	target, delay uint16
}

// stage sorts entries coarsely by source. Rows that are written one entry at a
// time are each a cache miss; the stage hands over many entries of few rows.
type stage struct {
	entries []entry // those of group g from g*stageSize on
	filled  []uint32
	warm    func(first, end int)  // is told which sources' entries come next
	use     func(entries []entry) // takes those of a group, by target
}

const (
	groupShift = 8 // sources of a group: 256 rows
	stageSize  = 1 << 11
)

func newStage(sources int, warm func(first, end int), use func([]entry)) *stage {
	groups := max(sources-1, 0)>>groupShift + 1
	return &stage{make([]entry, groups*stageSize), make([]uint32, groups), warm, use}
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
			to[n].source, to[n].target = sources[lo+n], target
		}
		if weights != nil {
			for k, w := range weights[lo : lo+n] {
				to[k].weight = w
			}
		}
		if delays != nil {
			for k, d := range delays[lo : lo+n] {
				to[k].delay = d
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
func (st *stage) empty(group uint32) {
	st.warm(int(group)<<groupShift, int(group+1)<<groupShift)
	st.use(st.entries[int(group)*stageSize : int(group+1)*stageSize])
	st.filled[group] = 0
}

// close hands over the rest.
func (st *stage) close() {
	for group, n := range st.filled {
		st.use(st.entries[group*stageSize : group*stageSize+int(n)])
	}
}
