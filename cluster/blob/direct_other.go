//go:build !linux

package blob

import (
	"errors"
	"os"
)

var errDirect = errors.ErrUnsupported

// setDirect turns nothing on: writes go through the system's cache.
func setDirect(_ *os.File, on bool) bool { return !on }
