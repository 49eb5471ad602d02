//go:build !amd64

package random

const vectors = false

func normals4(*byte, *float64, int)                  { panic("random: no kernels here") }
func quanta4(*float64, float64, *int32, int) float64 { panic("random: no kernels here") }
