//go:build !linux && !darwin

package record

import "errors"

// freeBytes is not known here: the disk's own error stops a run.
func freeBytes(string) (int64, error) { return 0, errors.ErrUnsupported }
