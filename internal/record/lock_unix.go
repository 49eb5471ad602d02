//go:build linux || darwin

package record

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// lockDir keeps other runs out of the directory path until the result is closed
// or the process ends. The error is ErrBusy where another run holds it. A file
// system that has no locks keeps nobody out.
func lockDir(path string) (io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		_ = f.Close()
		return nil, ErrBusy
	}
	return f, nil
}
