package engine

import "time"

// Clock measures wall and processor time from its start.
type Clock struct {
	start time.Time
	cpu   time.Duration
}

// Spent is wall and processor time, in seconds.
type Spent struct{ WallS, CPUS float64 }

// StartClock starts measuring.
func StartClock() Clock { return Clock{time.Now(), cpuTime()} }

// Elapsed is the time since the start.
func (c Clock) Elapsed() Spent {
	return Spent{time.Since(c.start).Seconds(), (cpuTime() - c.cpu).Seconds()}
}
