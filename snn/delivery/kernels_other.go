//go:build !amd64

package delivery

// fastest is the scalar kernels: there is no assembly for this CPU.
func fastest() kernels { return scalar }
