//go:build !unix

package engine

import "time"

func cpuTime() time.Duration { return 0 }

// PeakRSS is not known on this system.
func PeakRSS() int64 { return 0 }
