//go:build !amd64

package plasticity

func assembled[T Index](_, _ *Crossing[T], _ int, _ Targets, _ []int32) int { return 0 }

func assembles[T Index]() bool { return false }

func delivered[W float32 | float64, T Index]([]W, []T, float64, []int32) int { return 0 }
