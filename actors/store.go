package actors

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// store keeps the files of models that were sent to a node, by checksum, on disk, for
// as long as they are used now and then: who submits a run sends what is not there.
type store struct {
	dir   string
	mutex sync.Mutex
	under map[string]*arriving
}

// arriving is a file whose parts come in order.
type arriving struct {
	content []byte
	size    int64
	last    time.Time // that a part came
}

const (
	// transferBytes is a part of a file in one message.
	transferBytes = 256 << 10
	// maxTransferBytes is the largest file that a node takes.
	maxTransferBytes = 4 << 30
	// maxArriving is how many files may arrive at a time.
	maxArriving = 64
	// forgotten is how long no part of a file may come before it is forgotten: who sent
	// it is gone, or begins anew.
	forgotten = time.Minute
	// unused is how long nobody may use a file before it is removed.
	unused = 24 * time.Hour
)

func newStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	s := &store{dir: dir, under: map[string]*arriving{}}
	s.sweep()
	return s, nil
}

// sweep removes what nobody has used for long, and what a process that died was
// writing.
func (s *store) sweep() {
	all, err := os.ReadDir(s.dir)
	if err != nil {
		return // the next time may do
	}
	for _, e := range all {
		if info, err := e.Info(); err == nil && !e.IsDir() && time.Since(info.ModTime()) > unused {
			_ = os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
}

func (s *store) path(sum []byte) string { return filepath.Join(s.dir, hex.EncodeToString(sum)) }

// get is the file of a checksum.
func (s *store) get(sum []byte) ([]byte, error) {
	if len(sum) != sha256.Size {
		return nil, fmt.Errorf("a checksum of %d bytes", len(sum))
	}
	content, err := os.ReadFile(s.path(sum))
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if own := sha256.Sum256(content); !bytes.Equal(own[:], sum) {
		return nil, errors.New("its content has changed")
	}
	now := time.Now()
	_ = os.Chtimes(s.path(sum), now, now) // where that fails it is sent again some day
	return content, nil
}

// put keeps a file.
func (s *store) put(content []byte) error {
	sum := sha256.Sum256(content)
	if _, err := s.get(sum[:]); err == nil {
		return nil
	}
	s.sweep()
	f, err := os.CreateTemp(s.dir, ".arriving-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), s.path(sum[:]))
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// take takes a part and returns how many bytes of the file are here; all of them
// where it is whole. A part that is not the next one changes nothing, so that parts
// may be sent again.
func (s *store) take(t *control.Transfer) (have int64, err error) {
	switch {
	case len(t.Sha256) != sha256.Size:
		return 0, refuse(control.Kind_KIND_MALFORMED, "a file with a checksum of %d bytes: expected %d", len(t.Sha256), sha256.Size)
	case t.Size < 0 || t.Size > maxTransferBytes:
		return 0, refuse(control.Kind_KIND_MALFORMED, "a file of %d bytes: at most %d are taken", t.Size, int64(maxTransferBytes))
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := string(t.Sha256)
	now := time.Now()
	maps.DeleteFunc(s.under, func(_ string, a *arriving) bool { return now.Sub(a.last) > forgotten })
	a := s.under[key]
	if a == nil {
		if _, err := s.get(t.Sha256); err == nil {
			return t.Size, nil
		}
		if len(s.under) == maxArriving {
			return 0, refuse(control.Kind_KIND_BUSY, "%d files are arriving already", maxArriving)
		}
		a = &arriving{size: t.Size}
		s.under[key] = a
	}
	a.last = now
	if t.Offset == int64(len(a.content)) && t.Offset+int64(len(t.Content)) <= a.size {
		a.content = append(a.content, t.Content...)
	}
	if have = int64(len(a.content)); have < a.size {
		return have, nil
	}
	delete(s.under, key)
	if own := sha256.Sum256(a.content); !bytes.Equal(own[:], t.Sha256) {
		return 0, refuse(control.Kind_KIND_DIGEST, "a file arrived with another content than its checksum says")
	}
	return have, s.put(a.content)
}
