//go:build !unix

package blob

// syncFolder does nothing where a folder cannot be synced: its file system keeps
// names by itself.
func syncFolder(string) error { return nil }
