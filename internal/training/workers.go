package training

import (
	"sync"
	"sync/atomic"
)

// Workers is how many goroutines share the parts of a step.
type Workers int

// Each calls f of 0 to n-1, each once, and returns when all are done. Which worker
// takes which does not matter to any result.
func (w Workers) Each(n int, f func(k int)) {
	if w <= 1 {
		for k := range n {
			f(k)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(int(w), n) {
		all.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				f(k)
			}
		})
	}
	all.Wait()
}
