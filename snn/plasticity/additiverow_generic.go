//go:build !amd64

package plasticity

func assembled[T Index](*Crossing, Row[T], Row[T]) (done int, stopped bool) { return 0, false }
