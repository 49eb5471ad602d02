package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// team is a fixed set of workers that do the parts of a job and meet again. A
// step takes tens of microseconds, so waiting workers first spin, then park: a
// parked hand-over alone would cost as much as the step.
type team struct {
	workers int // beside the caller
	job     func(i int)
	parts   int32

	next    atomic.Int32 // next part to take
	pending atomic.Int32 // workers still at it
	round   atomic.Uint32
	closed  atomic.Bool

	mutex sync.Mutex
	wake  *sync.Cond
	ended sync.WaitGroup
}

// spins is how often a waiting worker looks before it parks: about 20 us.
const spins = 2000

func newTeam(threads int) *team {
	t := &team{workers: threads - 1}
	t.wake = sync.NewCond(&t.mutex)
	for range t.workers {
		t.ended.Go(t.work)
	}
	return t
}

// run calls job(0) to job(parts-1), each once, and returns when all have returned.
func (t *team) run(parts int, job func(i int)) {
	if t.workers == 0 {
		for i := range parts {
			job(i)
		}
		return
	}
	t.job, t.parts = job, int32(parts)
	t.next.Store(0)
	t.pending.Store(int32(t.workers))
	t.mutex.Lock()
	t.round.Add(1)
	t.wake.Broadcast()
	t.mutex.Unlock()
	t.take()
	for n := 0; t.pending.Load() > 0; n++ {
		if n > spins {
			runtime.Gosched()
		}
	}
}

func (t *team) take() {
	for i := t.next.Add(1) - 1; i < t.parts; i = t.next.Add(1) - 1 {
		t.job(int(i))
	}
}

func (t *team) work() {
	seen := uint32(0)
	for {
		for n := 0; t.round.Load() == seen; n++ {
			if n < spins {
				continue
			}
			t.mutex.Lock()
			for t.round.Load() == seen {
				t.wake.Wait()
			}
			t.mutex.Unlock()
		}
		seen = t.round.Load()
		if t.closed.Load() {
			return
		}
		t.take()
		t.pending.Add(-1)
	}
}

func (t *team) close() {
	t.mutex.Lock()
	t.closed.Store(true)
	t.round.Add(1)
	t.wake.Broadcast()
	t.mutex.Unlock()
	t.ended.Wait()
}
