package record

import (
	"errors"
	"fmt"
	"os"
)

// Lock makes a directory, where it is not there, and keeps everyone else who locks it
// out until release, or the end of the process; the error is ErrBusy where another does.
// Create locks a run's directory by itself.
func Lock(path string) (release func(), err error) {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, fmt.Errorf("cannot make the directory %s: %w", path, reason(err))
	}
	lock, err := lockDir(path)
	switch {
	case errors.Is(err, ErrBusy):
		return nil, fmt.Errorf("%s: %w: choose another directory, or wait for its end", path, err)
	case err != nil:
		return nil, fmt.Errorf("cannot open the directory %s: %w", path, err)
	case lock == nil:
		return func() {}, nil
	}
	return func() { _ = lock.Close() }, nil // it was only held
}
