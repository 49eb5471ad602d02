package download

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// ErrContent says that a file is not what it is to be.
var ErrContent = errors.New("is not the file that is expected")

// Get fetches the files of a set into a folder of that name in dir. Files that are
// there with the right content stay; others are not touched before a right one has
// arrived. from is a URL or a directory that has the files, instead of the set's own;
// done is told of each file, and whether it was there.
func Get(ctx context.Context, s *Set, dir, from string, done func(f *File, there bool)) error {
	if from == "" {
		from = s.From
	}
	folder := filepath.Join(dir, s.Name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for k := range s.Files {
		f := &s.Files[k]
		there, err := get(ctx, f, filepath.Join(folder, f.Name), from)
		if err != nil {
			return err
		}
		done(f, there)
	}
	return nil
}

func get(ctx context.Context, f *File, path, from string) (there bool, err error) {
	if old, err := os.Open(path); err == nil {
		err = f.check(path, old)
		_ = old.Close()
		if err == nil {
			return true, nil
		}
	}
	source, name, err := open(ctx, from, f.Name)
	if err != nil {
		return false, err
	}
	defer source.Close()
	part, err := os.CreateTemp(filepath.Dir(path), "."+f.Name+".part")
	if err != nil {
		return false, err
	}
	defer os.Remove(part.Name())
	defer part.Close()
	// More than the file can be is not written: what is packed is seldom the longer.
	if _, err := io.Copy(part, io.LimitReader(source, f.Bytes+1<<16)); err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	if err := f.check(name, part); err != nil {
		return false, err
	}
	if err := errors.Join(part.Chmod(0o666&^umask), part.Sync(), part.Close()); err != nil {
		return false, err
	}
	return false, os.Rename(part.Name(), path)
}

// umask is what a file that others may read is made without.
const umask = 0o022

// check compares the content with what it is to be.
func (f *File) check(name string, r io.Reader) error {
	fault := func(format string, args ...any) error {
		return fmt.Errorf("%s %w: %s", name, ErrContent, fmt.Sprintf(format, args...))
	}
	z, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return fault("%v", err)
	}
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(z, f.Bytes+1))
	switch sum := hex.EncodeToString(h.Sum(nil)); {
	case err != nil:
		return fault("after %d bytes: %v", n, err)
	case n > f.Bytes:
		return fault("it unpacks to more than %d bytes", f.Bytes)
	case n < f.Bytes:
		return fault("it unpacks to %d bytes, expected %d", n, f.Bytes)
	case sum != f.SHA256:
		return fault("it unpacks to what has SHA-256 %s, expected %s", sum, f.SHA256)
	}
	return nil
}

// open opens a file at a URL or in a directory.
func open(ctx context.Context, from, file string) (r io.ReadCloser, name string, err error) {
	if !strings.Contains(from, "://") {
		name = filepath.Join(from, file)
		r, err = os.Open(name)
		return r, name, err
	}
	name = strings.TrimSuffix(from, "/") + "/" + file
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, name, nil)
	if err != nil {
		return nil, name, err
	}
	// What is packed is checked as it is: nobody unpacks it on the way.
	request.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, name, err
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		return nil, name, fmt.Errorf("%s: the server answers %s; --from URL or DIR names another place", name, answer.Status)
	}
	return answer.Body, name, nil
}
