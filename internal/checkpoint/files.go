package checkpoint

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// filesFolder holds files of a run's directory that are complete.
const filesFolder = "files/"

// KeepFiles stores files of a run's directory, which are complete and named in it by
// their keys, with slashes: the directory may be lost. What is there already stays.
func KeepFiles(ctx context.Context, s Store, dir string, files []Entry) error {
	if len(files) == 0 {
		return nil
	}
	there, err := s.List(ctx, filesFolder)
	if err != nil {
		return err
	}
	for _, f := range files {
		if slices.Contains(there, Entry{filesFolder + f.Key, f.Size}) {
			continue
		}
		in, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Key)))
		if err != nil {
			return err
		}
		err = s.Put(ctx, filesFolder+f.Key, in, f.Size)
		in.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// FetchFiles brings the files that were kept to a directory that has them not.
func FetchFiles(ctx context.Context, s Store, dir string) error {
	there, err := s.List(ctx, filesFolder)
	if err != nil {
		return err
	}
	for _, e := range there {
		path := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(e.Key, filesFolder)))
		if info, err := os.Stat(path); err == nil && info.Size() == e.Size {
			continue
		}
		if err := fetchFile(ctx, s, e.Key, path); err != nil {
			return err
		}
	}
	return nil
}

func fetchFile(ctx context.Context, s Store, key, path string) error {
	in, err := s.Get(ctx, key)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
