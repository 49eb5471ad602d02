package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/model"
)

// overlay looks a file up in each place in turn.
type overlay []fs.FS

// ReadDir lists what a folder has in any of the places.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	found := map[string]fs.DirEntry{}
	var missing error
	for _, place := range slices.Backward(o) {
		entries, err := fs.ReadDir(place, name)
		if err != nil {
			missing = err
		}
		for _, e := range entries {
			found[e.Name()] = e
		}
	}
	if len(found) == 0 && missing != nil {
		return nil, missing
	}
	var all []fs.DirEntry
	for _, n := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[n])
	}
	return all, nil
}

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
	return resolveWith(arg, "", dataDir, options, model.Load)
}

// resolveTraining is resolve of a model that is trained.
func resolveTraining(arg, dataDir string, options model.Options) (*model.Training, fs.FS, error) {
	return resolveWith(arg, "train/", dataDir, options, model.LoadTraining)
}

// resolveWith looks examples up in a folder of theirs.
func resolveWith[M any](arg, folder, dataDir string, options model.Options, load func(fs.FS, string, model.Options) (M, error)) (m M, files fs.FS, err error) {
	places, name, shown, err := locate(arg, folder, dataDir)
	if err != nil {
		return m, nil, err
	}
	options.Folder = shown
	m, err = load(places, name, options)
	return m, places, err
}

// locate is the places that the files of MODEL are looked up in, the model's name
// there, and the folder that it is in. Examples lie in a folder of theirs.
func locate(arg, examplesIn, dataDir string) (places overlay, name, folder string, err error) {
	if example, ok := strings.CutPrefix(arg, "example:"); ok {
		places, name = overlay{examples.Files}, examplesIn+example+".yaml"
		if _, err := fs.Stat(examples.Files, name); err != nil {
			return nil, "", "", noExample(examplesIn, example)
		}
	} else {
		places, name = overlay{os.DirFS(filepath.Dir(arg))}, filepath.Base(arg)
		folder = filepath.ToSlash(filepath.Dir(arg))
	}
	if dataDir != "" {
		switch info, err := os.Stat(dataDir); {
		case err != nil:
			return nil, "", "", usageError{fmt.Errorf("--data: %w", err)}
		case !info.IsDir():
			return nil, "", "", usageError{fmt.Errorf("--data %s: expected a directory, found a file", dataDir)}
		}
		places = append(places, os.DirFS(dataDir))
	}
	return places, name, folder, nil
}
