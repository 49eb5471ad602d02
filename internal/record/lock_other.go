//go:build !linux && !darwin

package record

import "io"

// lockDir keeps nobody out here: the standard library has no lock of a directory.
func lockDir(string) (io.Closer, error) { return nil, nil }
