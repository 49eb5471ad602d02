package dataset

import (
	"errors"
	"io/fs"
)

// Open opens a file of files; the error is an *Error.
func Open(files fs.FS, name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, fault(name, "a path inside the model's folder or the data directory", "leads elsewhere")
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	return f, nil
}

// unreadable says why a file cannot be read, without the name that a file system repeats.
func unreadable(name string, err error) *Error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fault(name, "", "cannot be read: %v", err)
}
