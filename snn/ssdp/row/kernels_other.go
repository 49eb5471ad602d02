//go:build !amd64

package row

func (p *Pass[T, S, W]) assembled() int { return 0 }

// Assembles reports whether the assembly takes such rows on this processor.
func Assembles[T Index, S Stored]() bool { return false }
