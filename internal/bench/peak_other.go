//go:build !linux

package bench

// forgetPeak does nothing where no peak is known.
func forgetPeak() {}

// peakBytes is not known on this system.
func peakBytes() int64 { return 0 }
