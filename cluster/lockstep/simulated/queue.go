package simulated

import "github.com/volley-snn/volley/cluster/lockstep"

// posted is an event on its way to a peer.
type posted struct {
	at     int64
	number int // of two at one time the first posted comes first
	to     lockstep.Peer
	event  lockstep.Event
}

// queue is a heap by time.
type queue struct {
	all    []*posted
	posted int
}

func (q *queue) number() int { q.posted++; return q.posted }

func (q *queue) Len() int      { return len(q.all) }
func (q *queue) Swap(i, j int) { q.all[i], q.all[j] = q.all[j], q.all[i] }
func (q *queue) Push(x any)    { q.all = append(q.all, x.(*posted)) }

func (q *queue) Less(i, j int) bool {
	a, b := q.all[i], q.all[j]
	return a.at < b.at || a.at == b.at && a.number < b.number
}

func (q *queue) Pop() any {
	last := len(q.all) - 1
	p := q.all[last]
	q.all[last] = nil
	q.all = q.all[:last]
	return p
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
