//go:build !amd64

package vector

// Available reports whether this processor runs the kernels.
func Available() bool { return false }

func iafPscExp64(*byte, int, *uint32) int   { panic("vector: no kernels here") }
func iafPscExp32(*byte, int, *uint32) int   { panic("vector: no kernels here") }
func iafPscDelta64(*byte, int, *uint32) int { panic("vector: no kernels here") }
func poisson16(*byte, int, *uint32) int     { panic("vector: no kernels here") }
func collect32(_, _ *int32, _ int)          { panic("vector: no kernels here") }
