package random

import "golang.org/x/sys/cpu"

//go:generate sh -c "cd gen && go run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg random"

// vectors reports whether this processor runs the kernels.
var vectors = cpu.X86.HasAVX2
