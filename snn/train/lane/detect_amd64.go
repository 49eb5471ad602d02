package lane

import "golang.org/x/sys/cpu"

// vectors reports whether this processor runs the kernels.
var vectors = cpu.X86.HasAVX2
