package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/model"
)

// overlay looks a file up in each place in turn.
type overlay []fs.FS

func (o overlay) Open(name string) (fs.File, error) {
	err := error(&fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist})
	for _, files := range o {
		f, openErr := files.Open(name)
		if openErr == nil {
			return f, nil
		}
		if !errors.Is(openErr, fs.ErrNotExist) {
			err = openErr
		}
	}
	return nil, err
}

// resolve reads MODEL, a path or example:NAME, and returns it with the places
// that its data files are looked up in: beside the model, then dataDir.
func resolve(arg, dataDir string, options model.Options) (*model.Model, fs.FS, error) {
	var places overlay
	var name string
	if example, ok := strings.CutPrefix(arg, "example:"); ok {
		places, name = overlay{examples.Files}, example+".yaml"
		if _, err := fs.Stat(examples.Files, name); err != nil {
			return nil, nil, noExample(example)
		}
	} else {
		places, name = overlay{os.DirFS(filepath.Dir(arg))}, filepath.Base(arg)
		options.Folder = filepath.ToSlash(filepath.Dir(arg))
	}
	m, err := model.Load(places, name, options)
	if err != nil {
		return nil, nil, err
	}
	if dataDir != "" {
		switch info, err := os.Stat(dataDir); {
		case err != nil:
			return nil, nil, usageError{fmt.Errorf("--data: %w", err)}
		case !info.IsDir():
			return nil, nil, usageError{fmt.Errorf("--data %s: expected a directory, found a file", dataDir)}
		}
		places = append(places, os.DirFS(dataDir))
	}
	return m, places, nil
}
