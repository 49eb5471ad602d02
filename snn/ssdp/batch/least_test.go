package batch

import (
	"testing"
	"time"
)

// least runs a benchmark and reports the shortest run, in ms, which others on the
// machine disturb least.
func least(b *testing.B, run func()) (ms float64) {
	ms = 1e9
	for b.Loop() {
		start := time.Now()
		run()
		ms = min(ms, float64(time.Since(start).Nanoseconds())/1e6)
	}
	b.ReportMetric(ms, "least-ms")
	return ms
}
