//go:build unix

package blob

import (
	"fmt"
	"os"
)

// syncFolder puts the names in a folder on disk.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("blob store: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("blob store: %w", err)
	}
	return nil
}
