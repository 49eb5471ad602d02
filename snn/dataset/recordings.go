package dataset

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Recordings are the recordings of a folder or tar in the order of their paths.
// Labels holds, for each, the number that its folder is called by
// (Train/7/00002.bin is a 7); it is nil where a folder's name is no number.
type Recordings struct {
	Items  []Recording
	Labels []byte
}

// ReadRecordings decodes every .bin file below a folder of files, or in a tar,
// plain or compressed. Of a tar, under chooses the entries by how their path
// starts: a tar holds Train/ and Test/. width and height are the camera's.
func ReadRecordings(files fs.FS, name, under string, width, height int) (*Recordings, error) {
	found := map[string][]byte{}
	var err error
	if info, statErr := fs.Stat(files, name); statErr == nil && info.IsDir() {
		err = readFolder(files, path.Join(name, under), found)
	} else {
		err = readTar(files, name, under, found)
	}
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault(name, "recordings in files called *.bin, in folders called by their label", "holds no recording under %q", under)
	}
	var paths []string
	for p := range found {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	out := &Recordings{}
	labelled := true
	for _, p := range paths {
		r, err := asRecording(name+": "+p, found[p], width, height)
		if err != nil {
			return nil, err
		}
		label, err := strconv.ParseUint(path.Base(path.Dir(p)), 10, 8)
		labelled = labelled && err == nil
		out.Items, out.Labels = append(out.Items, r), append(out.Labels, byte(label))
	}
	if !labelled {
		out.Labels = nil
	}
	return out, nil
}

func readFolder(files fs.FS, name string, found map[string][]byte) error {
	return fs.WalkDir(files, name, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return fault(p, "", "cannot be read: %v", err)
		}
		if d.IsDir() || !strings.HasSuffix(p, ".bin") {
			return nil
		}
		text, err := fs.ReadFile(files, p)
		if err != nil {
			return fault(p, "", "cannot be read: %v", err)
		}
		found[p] = text
		return nil
	})
}

func readTar(files fs.FS, name, under string, found map[string][]byte) error {
	f, err := files.Open(name)
	if err != nil {
		return fault(name, "a folder or tar of recordings", "cannot be opened: %v", err)
	}
	defer f.Close()
	b, err := decompress(name, f)
	if err != nil {
		return err
	}
	for t := tar.NewReader(b); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault(name, "a complete tar", "is damaged: %v", err)
		}
		at := path.Clean(h.Name)
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(at, ".bin") || !strings.HasPrefix(at, under) {
			continue
		}
		var text bytes.Buffer
		if _, err := io.Copy(&text, io.LimitReader(t, longestRecording+1)); err != nil {
			return fault(name, "a complete tar", "is damaged in %s: %v", at, err)
		}
		found[at] = text.Bytes()
	}
}
