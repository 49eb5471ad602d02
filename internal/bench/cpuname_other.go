//go:build !linux

package bench

import "runtime"

// cpuName is the architecture, where the processor's own name is not at hand.
func cpuName() string { return runtime.GOARCH }
