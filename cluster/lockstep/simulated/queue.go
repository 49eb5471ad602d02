package simulated

import "github.com/volley-snn/volley/cluster/lockstep"

// posted is an event on its way to a peer.
type posted struct {
	at    int64
	to    lockstep.Peer
	event lockstep.Event
}

// place is a posted event's in the queue. The events themselves stay where they are,
// so that sorting moves no pointers.
type place struct {
	at     int64
	number uint32 // of two at one time the first posted comes first
	slot   int32
}

func (p place) before(q place) bool { return p.at < q.at || p.at == q.at && p.number < q.number }

// queue is a heap by time.
type queue struct {
	heap   []place
	slots  []posted
	free   []int32
	number uint32
}

// push adds an event after those posted before it.
func (q *queue) push(p posted) {
	q.number++
	slot := int32(len(q.slots))
	if last := len(q.free) - 1; last >= 0 {
		slot, q.free = q.free[last], q.free[:last]
		q.slots[slot] = p
	} else {
		q.slots = append(q.slots, p)
	}
	q.up(place{p.at, q.number, slot})
}

// first is the event that is next, which stays until it is taken or put off.
func (q *queue) first() *posted { return &q.slots[q.heap[0].slot] }

// take removes the first event.
func (q *queue) take() posted {
	slot := q.heap[0].slot
	p := q.slots[slot]
	q.slots[slot] = posted{}
	q.free = append(q.free, slot)
	last := len(q.heap) - 1
	moved := q.heap[last]
	if q.heap = q.heap[:last]; last > 0 {
		q.down(moved)
	}
	return p
}

// putOff moves the first event to a later time, where it keeps its number.
func (q *queue) putOff(at int64) {
	p := q.heap[0]
	p.at = at
	q.slots[p.slot].at = at
	q.down(p)
}

// up puts a place in at the end and lets it rise.
func (q *queue) up(p place) {
	k := len(q.heap)
	q.heap = append(q.heap, p)
	for k > 0 {
		above := (k - 1) / 2
		if !p.before(q.heap[above]) {
			break
		}
		q.heap[k] = q.heap[above]
		k = above
	}
	q.heap[k] = p
}

// down puts a place in at the top and lets it sink.
func (q *queue) down(p place) {
	k := 0
	for {
		below := 2*k + 1
		if below >= len(q.heap) {
			break
		}
		if below+1 < len(q.heap) && q.heap[below+1].before(q.heap[below]) {
			below++
		}
		if !q.heap[below].before(p) {
			break
		}
		q.heap[k] = q.heap[below]
		k = below
	}
	q.heap[k] = p
}

// chance is a stream of drawn numbers (SplitMix64).
type chance uint64

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// is comes true with probability p.
func (c *chance) is(p float64) bool { return p > 0 && float64(c.next()>>11) < p*(1<<53) }
