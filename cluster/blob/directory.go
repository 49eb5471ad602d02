package blob

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Directory is a Store in a folder of a file system: of one machine, which then
// must survive for the blobs to survive, or one that all nodes share. That file
// system must know hard links, which are what makes Create exclusive.
type Directory struct{ root string }

// temporaryPrefix begins the names of files that are not complete, and abandoned is how
// long one that nobody writes to stays: who wrote it is gone.
const (
	temporaryPrefix = ".new-"
	abandoned       = time.Hour
)

// NewDirectory opens a folder, and makes it where it is not there. What processes that
// died left behind in it is removed.
func NewDirectory(root string) (*Directory, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	d := &Directory{filepath.Clean(root)}
	d.sweep(time.Now().Add(-abandoned))
	return d, nil
}

// sweep removes temporary files that nobody has written to since a time.
func (d *Directory) sweep(since time.Time) {
	_ = filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasPrefix(entry.Name(), temporaryPrefix) {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.ModTime().Before(since) && os.Remove(path) == nil {
			_ = d.prune(filepath.Dir(path))
		}
		return nil
	})
}

// Put stores a blob: under a temporary name, synced, then renamed.
func (d *Directory) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	temporary, err := d.write(ctx, key, &exactly{r, size}, size)
	if err != nil {
		return err
	}
	defer os.Remove(temporary) // nothing is left of it but where the renaming failed
	if err := os.Rename(temporary, d.path(key)); err != nil {
		return fmt.Errorf("blob store: %w", err)
	}
	return syncFolder(filepath.Dir(d.path(key)))
}

// Create stores a blob under a key that is free.
func (d *Directory) Create(ctx context.Context, key string, data []byte) error {
	temporary, err := d.write(ctx, key, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	switch err := os.Link(temporary, d.path(key)); {
	case errors.Is(err, fs.ErrExist):
		return taken(d.root, key)
	case err != nil:
		return fmt.Errorf("blob store: %w", err)
	}
	return syncFolder(filepath.Dir(d.path(key)))
}

// Get opens a blob.
func (d *Directory) Get(_ context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(key))
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	return f, nil
}

// List is the blobs whose keys begin with prefix.
func (d *Directory) List(ctx context.Context, prefix string) ([]Entry, error) {
	var all []Entry
	folder := d.root // or no more of it than may hold such keys
	if at := strings.LastIndexByte(prefix, '/'); at > 0 && CheckKey(prefix[:at]) == nil {
		folder = d.path(prefix[:at])
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(d.root, path)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(relative)
		if entry.IsDir() || !strings.HasPrefix(key, prefix) || CheckKey(key) != nil {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			all = append(all, Entry{key, info.Size()})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Key, b.Key) })
	return all, nil
}

// Delete removes a blob, and the folders that it leaves empty.
func (d *Directory) Delete(_ context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := os.Remove(d.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("blob store: %w", err)
	}
	return d.prune(filepath.Dir(d.path(key)))
}

// prune removes a folder that is empty, and those above it that are then. What is
// left is on disk when it returns.
func (d *Directory) prune(folder string) error {
	for ; len(folder) > len(d.root); folder = filepath.Dir(folder) {
		if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			break // it holds something
		}
	}
	if err := syncFolder(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil // somebody else has removed it meanwhile, too
}

func (d *Directory) path(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }

// write fills a temporary file beside a key's and syncs it. Its name begins with a
// dot, so that no list shows what a process that died left behind.
func (d *Directory) write(ctx context.Context, key string, r io.Reader, size int64) (temporary string, err error) {
	if err := CheckKey(key); err != nil {
		return "", err
	}
	f, err := d.temporary(filepath.Dir(d.path(key)))
	if err != nil {
		return "", fmt.Errorf("blob store: %w", err)
	}
	err = fill(f, &cancelled{ctx, r}, size)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("blob store: %s: %w", d.path(key), err)
	}
	return f.Name(), nil
}

// temporary makes a file in a folder, and the folder where it is not there. Who deletes
// the last blob of a folder removes it, at any moment.
func (d *Directory) temporary(folder string) (f *os.File, err error) {
	for range 100 {
		if err = d.makeFolder(folder); err == nil {
			if f, err = os.CreateTemp(folder, temporaryPrefix+"*"); err == nil {
				return f, nil
			}
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return nil, err
}

// makeFolder makes a folder under the root; its name is on disk when it returns.
func (d *Directory) makeFolder(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	parent := filepath.Dir(folder)
	if folder != d.root && len(parent) >= len(d.root) {
		if err := d.makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(folder, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(parent)
}

// cancelled is a reader that ends with its context.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
