package vector

import "golang.org/x/sys/cpu"

var hasAVX2 = cpu.X86.HasAVX2

// Available reports whether this processor runs the kernels.
func Available() bool { return hasAVX2 }
