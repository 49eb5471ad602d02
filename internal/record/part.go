package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// partSuffix ends the hidden names of files that are not complete.
const partSuffix = ".part"

// part is a file under its temporary name. Its first error sticks.
type part struct {
	dir  *Dir
	name string // final name, relative to the directory
	file *os.File
	buf  *bufio.Writer
	size int64
	err  error
}

// createPart starts a file that commit will call name.
func createPart(d *Dir, name string) (*part, error) {
	p := &part{dir: d, name: name}
	file, err := os.OpenFile(p.temporary(), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, d.fail(fmt.Errorf("cannot write %s in %s: %w", name, d.path, reason(err)))
	}
	p.file = file
	var w io.Writer = file
	if d.wrap != nil {
		w = d.wrap(w)
	}
	p.buf = bufio.NewWriterSize(w, 1<<18)
	return p, nil
}

func (p *part) final() string { return filepath.Join(p.dir.path, filepath.FromSlash(p.name)) }

func (p *part) temporary() string {
	folder, base := filepath.Split(p.final())
	return filepath.Join(folder, "."+base+partSuffix)
}

// Write appends to the file.
func (p *part) Write(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.buf.Write(b)
	p.size += int64(n)
	p.dir.used += int64(n)
	if err != nil {
		return n, p.fail(err)
	}
	return n, nil
}

// fail keeps the first error, said so that a user knows what to do.
func (p *part) fail(err error) error {
	if p.err == nil {
		p.err = fmt.Errorf("cannot write %s in %s after %s: %w", p.name, p.dir.path, bytesText(p.size), reason(err))
		_ = p.dir.fail(p.err)
	}
	return p.err
}

// writeAt replaces bytes that were written before, such as a header that counts.
func (p *part) writeAt(b []byte, offset int64) error {
	if p.err == nil {
		if err := p.buf.Flush(); err != nil {
			return p.fail(err)
		}
		if _, err := p.file.WriteAt(b, offset); err != nil {
			return p.fail(err)
		}
	}
	return p.err
}

// commit makes the file durable and gives it its name; after an error it removes
// it instead.
func (p *part) commit() error {
	if p.err == nil {
		if err := p.buf.Flush(); err != nil {
			_ = p.fail(err)
		}
	}
	if p.err != nil {
		p.remove()
		return p.err
	}
	if err := p.file.Sync(); err != nil {
		_ = p.fail(err)
		p.remove()
		return p.err
	}
	if err := p.file.Close(); err != nil {
		_ = p.fail(err)
		_ = os.Remove(p.temporary())
		return p.err
	}
	if err := os.Rename(p.temporary(), p.final()); err != nil {
		_ = os.Remove(p.temporary())
		return p.fail(err)
	}
	syncDir(filepath.Dir(p.final()))
	return nil
}

// remove closes and deletes the temporary file.
func (p *part) remove() {
	_ = p.file.Close()
	_ = os.Remove(p.temporary())
}

// syncDir makes a rename durable. Not every system can, and the file is whole
// either way: its error does not matter.
func syncDir(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// reason strips the operation and path that the message names already.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	var linkErr *os.LinkError
	if errors.As(err, &linkErr) {
		return linkErr.Err
	}
	return err
}
