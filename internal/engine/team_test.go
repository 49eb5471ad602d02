package engine

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Every part is done once a round, whatever the number of threads and of
// processors, and whether the threads wait briefly or long enough to park.
func TestTeamDoesEveryPartOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, processors := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(processors)
		for _, threads := range []int{1, 2, 5} {
			for _, parts := range []int{0, 1, 2, 11} {
				team := newTeam(threads, parts)
				done := make([]int, parts)
				for round := 1; round <= 200; round++ {
					team.run(func(i int) {
						if round%50 == i {
							time.Sleep(time.Millisecond) // the others park
						}
						done[i]++
					})
					for i, n := range done {
						if n != round {
							t.Fatalf("%d processors, %d threads: part %d of %d done %d times in %d rounds", processors, threads, i, parts, n, round)
						}
					}
					if round == 100 {
						time.Sleep(2 * time.Millisecond) // the workers park
					}
				}
				team.close()
			}
		}
	}
}

// A thread that is kept from running holds up no part but its own: the others
// are done without it.
func TestTeamDoesNotWaitForThreads(t *testing.T) {
	team := newTeam(3, 6)
	defer team.close()
	held, release := make(chan bool, 6), make(chan bool)
	go func() {
		<-held // one part is being held
		for team.left.Load() > 1 {
			time.Sleep(time.Millisecond)
		}
		close(release)
	}()
	team.run(func(i int) {
		if i == 1 {
			held <- true
			<-release
		}
	})
}

// calculate takes about n ns.
func calculate(n int) (x uint64) {
	for range n {
		x = x*6364136223846793005 + 1
	}
	return x
}

var sink atomic.Uint64

// A round of jobs that do nothing, and of jobs of 20 us a thread.
func BenchmarkRound(b *testing.B) {
	for _, work := range []int{0, 20_000} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("work=%dns/threads=%d", work, threads), func(b *testing.B) {
				team := newTeam(threads, 2)
				defer team.close()
				for b.Loop() {
					team.run(func(int) { sink.Store(calculate(work)) })
				}
			})
		}
	}
}

// The same beside as many busy threads as there are processors: two threads must
// not be slower than one by more than a tenth.
func BenchmarkRoundOversubscribed(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			defer keepBusy(2)()
			team := newTeam(threads, 2)
			for b.Loop() {
				team.run(func(int) { sink.Store(calculate(20_000)) })
			}
			team.close()
		})
	}
}

// keepBusy occupies as many threads more until it is told to stop.
func keepBusy(threads int) (stop func()) {
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(before + threads)
	var stopped atomic.Bool
	var ended sync.WaitGroup
	for range threads {
		ended.Go(func() {
			for !stopped.Load() {
				sink.Store(calculate(1000))
			}
		})
	}
	return func() {
		stopped.Store(true)
		ended.Wait()
		runtime.GOMAXPROCS(before)
	}
}
