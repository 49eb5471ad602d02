package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// team is a fixed set of threads that do the parts of a job and meet again. A
// step takes tens of microseconds, and a parked thread as long to wake, so who
// waits first spins, then parks.
//
// Thread k takes parts k, k+threads, ... first, whose data its caches hold, and
// then what nobody has taken. A round is over when its parts are done, whoever
// did them: a thread that the operating system keeps from running delays no part
// but the one it is at.
type team struct {
	threads int // the caller is number 0
	job     func(part int)
	parts   []part

	round  atomic.Uint32
	closed atomic.Bool
	_      [64]byte // what waiting threads read and what working threads write lie apart
	left   atomic.Int32
	_      [64]byte

	mutex         sync.Mutex
	started, done *sync.Cond
	idle, waiting atomic.Int32 // threads parked at either
	ended         sync.WaitGroup
}

// part is the number of the round that a part was last taken in.
type part struct {
	taken atomic.Uint32
	_     [60]byte
}

// Who waits looks looksPerSpin times between yields to other goroutines, and
// parks after spins of those, about 20 us: three times what parking and waking
// costs where a processor is free.
const (
	looksPerSpin = 64
	spins        = 100
)

// newTeam starts threads-1 workers for jobs of the given number of parts.
func newTeam(threads, parts int) *team {
	t := &team{threads: threads, parts: make([]part, parts)}
	t.started, t.done = sync.NewCond(&t.mutex), sync.NewCond(&t.mutex)
	for k := 1; k < threads; k++ {
		t.ended.Go(func() { t.work(k) })
	}
	return t
}

// run calls job for each part, each once, and returns when all have returned.
func (t *team) run(job func(part int)) {
	if t.threads <= 1 {
		for i := range t.parts {
			job(i)
		}
		return
	}
	t.job = job
	t.left.Store(int32(len(t.parts)))
	t.begin()
	t.take(0, t.round.Load())
	await(&t.mutex, t.done, &t.waiting, func() bool { return t.left.Load() == 0 })
}

// begin starts a round.
func (t *team) begin() {
	t.round.Add(1)
	t.wake(t.started, &t.idle)
}

func (t *team) work(k int) {
	seen := uint32(0)
	for !t.closed.Load() {
		t.take(k, seen)
		await(&t.mutex, t.started, &t.idle, func() bool { return t.round.Load() != seen })
		seen = t.round.Load()
	}
}

// take does what is left of a round: the thread's own parts first.
func (t *team) take(thread int, round uint32) {
	for i := thread; i < len(t.parts); i += t.threads {
		t.try(i, round)
	}
	for i := range t.parts {
		t.try(i, round)
	}
}

// try does a part that nobody has taken in this round. In a round that is over
// all have been taken, so that a thread which comes late finds none.
func (t *team) try(i int, round uint32) {
	p := &t.parts[i].taken
	if p.Load() != round-1 || !p.CompareAndSwap(round-1, round) {
		return
	}
	t.job(i)
	if t.left.Add(-1) == 0 {
		t.wake(t.done, &t.waiting)
	}
}

// await returns when over does: after spinning, or parked at a condition.
func await(mutex *sync.Mutex, at *sync.Cond, parked *atomic.Int32, over func() bool) {
	for range spins {
		for range looksPerSpin {
			if over() {
				return
			}
		}
		runtime.Gosched()
	}
	mutex.Lock()
	parked.Add(1) // before looking again: see wake
	for !over() {
		at.Wait()
	}
	parked.Add(-1)
	mutex.Unlock()
}

// wake wakes who is parked. It comes after the change that they wait for: either
// it sees that somebody parks, or they see the change.
func (t *team) wake(at *sync.Cond, parked *atomic.Int32) {
	if parked.Load() == 0 {
		return
	}
	t.mutex.Lock()
	at.Broadcast()
	t.mutex.Unlock()
}

func (t *team) close() {
	t.closed.Store(true)
	t.begin()
	t.ended.Wait()
}
