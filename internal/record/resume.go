package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Sync ends a tick in every table and gives its rows to the journal: all that has
// been appended is then with it. It is called between two steps.
func (d *Dir) Sync() error {
	for _, o := range d.open {
		if t, ok := o.(interface{ sync() error }); ok {
			if err := t.sync(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Replay appends rows that the journal was given to the table that wrote them.
func (d *Dir) Replay(table string, rows []byte) error {
	for _, o := range d.open {
		t, ok := o.(interface {
			named(table string) bool
			replay(rows []byte) error
		})
		if ok && t.named(table) {
			return t.replay(rows)
		}
	}
	return fmt.Errorf("record: rows of %s, which this run does not write", table)
}

// Tables are the names of the tables that are being written.
func (d *Dir) Tables() []string {
	var names []string
	for _, name := range []string{SpikesName, SynchronyName, SignalsName} {
		for _, o := range d.open {
			if t, ok := o.(interface{ named(string) bool }); ok && t.named(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Finished is the files that are complete.
func (d *Dir) Finished() []File { return append([]File(nil), d.files...) }

// Restore says which files a run that goes on had finished: arrays of weights that are
// not among them, and not written anew, are removed.
func (d *Dir) Restore(files []File) error {
	known := map[string]bool{}
	for _, f := range d.files {
		known[f.Name] = true
	}
	for _, f := range files {
		if known[f.Name] {
			continue
		}
		info, err := os.Stat(filepath.Join(d.path, filepath.FromSlash(f.Name)))
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() != f.Bytes {
			return fmt.Errorf("%s: %s is missing or not as it was written: it cannot be made again from a checkpoint", d.path, f.Name)
		} else if err != nil {
			return err
		}
		known[f.Name] = true
		d.files, d.used = append(d.files, f), d.used+f.Bytes
	}
	arrays, _ := filepath.Glob(filepath.Join(globQuote(d.path), WeightsDir, "*.npy"))
	for _, path := range arrays {
		if name := WeightsDir + "/" + filepath.Base(path); !known[name] {
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("cannot remove %s in %s: %w", name, d.path, reason(err))
			}
		}
	}
	return nil
}

// CopyWeights gives a run's directory the arrays of weights of another's: by a second
// name where the file system knows that, as files of a run are not changed.
func CopyWeights(from, to string) error {
	arrays, err := filepath.Glob(filepath.Join(globQuote(from), WeightsDir, "*.npy"))
	if err != nil || len(arrays) == 0 {
		return err
	}
	if err := os.MkdirAll(filepath.Join(to, WeightsDir), 0o777); err != nil {
		return fmt.Errorf("cannot make %s in %s: %w", WeightsDir, to, reason(err))
	}
	for _, path := range arrays {
		at := filepath.Join(to, WeightsDir, filepath.Base(path))
		if os.Link(path, at) == nil {
			continue
		}
		if err := copyFile(path, at); err != nil {
			return fmt.Errorf("cannot copy %s to %s: %w", path, to, reason(err))
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}
