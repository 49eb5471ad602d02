package chaos

import "time"

// fate is what happens to one message.
type fate struct {
	drop, duplicate, reorder, delay bool
	after                           time.Duration // of delay
}

// occasions counts how often each message was sent, so that one that is sent again,
// because it was lost, is not lost for ever. It remembers the last some 100,000
// messages.
type occasions struct {
	young, old map[uint64]uint32
}

// generation is how many messages are remembered before the oldest are forgotten.
const generation = 1 << 16

// next returns how often a message was sent before.
func (o *occasions) next(message uint64) uint32 {
	n, known := o.young[message]
	if !known {
		n = o.old[message]
		if len(o.young) >= generation {
			o.old, o.young = o.young, nil
		}
		if o.young == nil {
			o.young = make(map[uint64]uint32)
		}
	}
	o.young[message] = n + 1
	return n
}

// identify gives a message a number, by subject and content: FNV-1a, mixed with the
// seed.
func identify(seed uint64, subject string, data []byte) uint64 {
	h := uint64(14695981039346656037)
	for k := range len(subject) {
		h = (h ^ uint64(subject[k])) * 1099511628211
	}
	h *= 1099511628211
	for _, b := range data {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return mix(h ^ mix(seed))
}

// mix is the finaliser of splitmix64: each bit of x changes half the bits of the
// result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// decide draws the fate of a message at one of its occasions.
func (f Faults) decide(message uint64, occasion uint32) fate {
	state := mix(message + uint64(occasion)*0x9e3779b97f4a7c15)
	uniform := func() float64 {
		state = mix(state)
		return float64(state>>11) / (1 << 53)
	}
	var t fate
	t.drop = uniform() < f.Drop
	t.duplicate = uniform() < f.Duplicate
	t.reorder = uniform() < f.Reorder
	t.delay = uniform() < f.Delay
	t.after = time.Duration(uniform() * float64(f.MaxDelay))
	return t
}
