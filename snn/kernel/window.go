package kernel

import (
	"math"

	"github.com/volley-snn/volley/snn"
)

// windows says where the windows of a measurement lie: window k is the ticks
// (origin + phase + k width, origin + phase + (k+1) width]. Without a protocol the
// origin is 0; with one it is the start of each trial, and only windows that end
// within the trial count.
type windows struct {
	width, phase snn.Tick
}

// next is the end of the window that holds the tick after now, and whether now
// is inside or at the start of one.
func (w windows) next(now snn.Tick, trial *Trial) (end snn.Tick, inside bool) {
	origin, until := snn.Tick(0), Ticks(math.Inf(1), 1)
	if trial != nil {
		origin, until = trial.Start, trial.End
	}
	since := now - origin - w.phase
	if since < 0 {
		return origin + w.phase, false
	}
	end = origin + w.phase + (since/w.width+1)*w.width
	if end > until {
		return until, false
	}
	return end, true
}

// Share is one partition's part in the integer statistics of a window; the parts
// of all partitions are summed, element by element, into the window's Aggregate.
type Share struct {
	Measure int // which of the network's window measurements
	Window  int // counted from 0
	End     snn.Tick
	Counts  []int64
}

// Aggregate is the sum of the Shares of a window.
type Aggregate Share

// Boundary is the last tick that a step from now may reach: an interval on, or
// before that the end of a window that a plastic projection learns from.
func (n *Network) Boundary(now snn.Tick, trial *Trial) snn.Tick {
	to := now + n.Interval
	for _, m := range n.measures {
		if !m.learns {
			continue
		}
		if end, _ := m.windows.next(now, trial); end > now {
			to = min(to, end)
		}
	}
	if trial != nil {
		to = min(to, trial.End)
	}
	for i := range n.Snapshots {
		if at := n.Snapshots[i].next(now); at > now {
			to = min(to, at)
		}
	}
	return min(to, n.End)
}

// Sum adds the shares of each window up. Order does not matter: counts are integers.
func Sum(shares []Share) []Aggregate {
	var sums []Aggregate
	at := map[[2]int]int{}
	for _, s := range shares {
		window := [2]int{s.Measure, s.Window}
		i, known := at[window]
		if !known {
			at[window] = len(sums)
			s.Counts = append([]int64(nil), s.Counts...)
			sums = append(sums, Aggregate(s))
			continue
		}
		for k, n := range s.Counts {
			sums[i].Counts[k] += n
		}
	}
	return sums
}
