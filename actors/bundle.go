package actors

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// Bundle is a model with the content of every file that it was loaded and compiled
// from, so that another machine can do the same.
type Bundle struct {
	Path  string
	Sets  []string
	Files map[string][]byte // by the name that the model has for them
}

// Pack loads and compiles a model file of files, and packs what that opened.
func Pack(files fs.FS, file string, o model.Options) (*Bundle, *kernel.Network, error) {
	seen := &seeing{files: files, read: map[string][]byte{}}
	m, err := model.Load(seen, file, o)
	if err != nil {
		return nil, nil, err
	}
	n, err := kernel.Compile(m, seen)
	if err != nil {
		return nil, nil, err
	}
	return &Bundle{Path: file, Sets: o.Set, Files: seen.read}, n, nil
}

// Open loads and compiles the model.
func (b *Bundle) Open() (*kernel.Network, error) {
	files := packed(b.Files)
	m, err := model.Load(files, b.Path, model.Options{Set: b.Sets})
	if err != nil {
		return nil, err
	}
	return kernel.Compile(m, files)
}

// without is the bundle without a file.
func (b *Bundle) without(name string) *Bundle {
	if _, known := b.Files[name]; !known {
		return b
	}
	files := maps.Clone(b.Files)
	delete(files, name)
	return &Bundle{Path: b.Path, Sets: b.Sets, Files: files}
}

// Message describes the bundle without the content of its files, which are told by
// their checksums.
func (b *Bundle) Message() *control.Model {
	m := &control.Model{Path: b.Path, Sets: b.Sets}
	names := make([]string, 0, len(b.Files))
	for name := range b.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		sum := sha256.Sum256(b.Files[name])
		m.Files = append(m.Files, &control.File{Path: name, Sha256: sum[:], Size: int64(len(b.Files[name]))})
	}
	m.Digest = digest(m)
	return m
}

// digest is a checksum over what a model message says.
func digest(m *control.Model) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q\n", m.Path, m.Sets)
	for _, f := range m.Files {
		fmt.Fprintf(h, "%q %d %x\n", f.Path, f.Size, f.Sha256)
	}
	return h.Sum(nil)
}

// unpack is the bundle of a message, its files taken from a store.
func unpack(m *control.Model, s *store) (*Bundle, error) {
	if !bytes.Equal(m.GetDigest(), digest(m)) {
		return nil, refuse(control.Kind_KIND_DIGEST, "the model is not what its sender made: its checksum differs")
	}
	b := &Bundle{Path: m.Path, Sets: m.Sets, Files: map[string][]byte{}}
	for _, f := range m.Files {
		content, err := s.get(f.Sha256)
		if err != nil {
			return nil, refuse(control.Kind_KIND_DIGEST, "the file %s of the model has not arrived whole: %v", f.Path, err)
		}
		b.Files[f.Path] = content
	}
	return b, nil
}

// seeing is a file system that keeps what was read from it.
type seeing struct {
	files fs.FS
	mutex sync.Mutex
	read  map[string][]byte
}

// Open implements fs.FS.
func (s *seeing) Open(name string) (fs.File, error) {
	f, err := s.files.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	defer f.Close()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	content, known := s.read[name]
	if !known {
		if content, err = io.ReadAll(f); err != nil {
			return nil, err
		}
		s.read[name] = content
	}
	return &seenFile{Reader: bytes.NewReader(content), info: info}, nil
}

// packed is the files of a bundle as a file system.
type packed map[string][]byte

// Open implements fs.FS.
func (p packed) Open(name string) (fs.File, error) {
	content, ok := p[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &seenFile{bytes.NewReader(content), packedInfo{path.Base(name), int64(len(content))}}, nil
}

// seenFile is a file whose content is in memory.
type seenFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *seenFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *seenFile) Close() error               { return nil }

// packedInfo is what is known of a packed file.
type packedInfo struct {
	name string
	size int64
}

func (i packedInfo) Name() string       { return i.name }
func (i packedInfo) Size() int64        { return i.size }
func (i packedInfo) Mode() fs.FileMode  { return 0o444 }
func (i packedInfo) ModTime() time.Time { return time.Time{} }
func (i packedInfo) IsDir() bool        { return false }
func (i packedInfo) Sys() any           { return nil }

// subjectName is a model's name as part of a run's.
func subjectName(name string) string {
	name = strings.Map(func(c rune) rune {
		if CheckName(string(c)) {
			return c
		}
		return '-'
	}, name)
	return name[:min(len(name), 40)]
}

// exampleName is what a model's file is called.
func exampleName(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
