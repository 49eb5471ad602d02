package delivery

import "github.com/volley-snn/volley/snn"

// list has one weight for all: a row a source holds the 16-bit indices of its
// targets, by delay, multapses repeated.
type list struct {
	*table
	base    int
	weight  int32
	targets []uint16
	kernels kernels
}

func newList(c *Config) (*list, error) {
	t, err := newTable(c, 2)
	if err != nil {
		return nil, err
	}
	b := &list{table: t, base: c.Base, weight: c.Weight, targets: t.targets16(), kernels: kernelsOf(c)}
	switch {
	case c.Delays == 1:
		next := t.rows
		c.fill(func(_ int, target uint16, sources []uint32, _ []int32, _ []uint16) {
			for _, s := range sources {
				b.targets[next[s]] = target
				next[s]++
			}
		})
		t.close()
	case c.Delays <= 1<<8:
		fillList[uint8](c, b)
	default:
		fillList[uint16](c, b)
	}
	return b, nil
}

func fillList[D uint8 | uint16](c *Config, b *list) {
	of := make([]D, len(b.targets))
	st := newStage(c.Sources, c.Delays, b.warm, func(first int, entries []entry, high []uint8) {
		places := b.places(first, entries)
		for k, at := range places {
			b.targets[at] = entries[k].target
		}
		putDelays(of, places, entries, high)
	})
	c.fill(func(_ int, target uint16, sources []uint32, _ []int32, delays []uint16) {
		st.add(target, sources, nil, delays)
	})
	st.close()
	b.close()
	sortByDelay(c, b.table, of)
}

// Deliver adds the weight to the sums of the targets.
func (b *list) Deliver(spikes [][]snn.GID, sums []int32) int64 {
	runs, events := b.find(spikes)
	if events > 0 {
		b.kernels.list(b.targets, runs, b.weight, (*window)(sums[b.base:]))
	}
	return events
}

// Size is what the block holds.
func (b *list) Size() Size { return b.size() }
