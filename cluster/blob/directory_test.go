package blob_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/blob/blobtest"
)

func TestDirectory(t *testing.T) {
	root := filepath.Join(t.TempDir(), "new", "store")
	s, err := blob.NewDirectory(root)
	if err != nil {
		t.Fatal(err)
	}
	blobtest.Run(t, s)
	err = filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err == nil && strings.HasPrefix(e.Name(), ".new-") {
			t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDirectoryThatIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.NewDirectory(path); err == nil {
		t.Error("a file was opened as a folder of blobs")
	}
}

// Who deletes the last blob of a folder removes the folder, and nobody who puts another
// there meanwhile fails.
func TestDirectoryKeepsNoFolders(t *testing.T) {
	root := t.TempDir()
	s, err := blob.NewDirectory(root)
	if err != nil {
		t.Fatal(err)
	}
	var working sync.WaitGroup
	for k := range 4 {
		working.Go(func() {
			for range 20 {
				key := fmt.Sprintf("runs/a/epochs/%d", k)
				if err := s.Create(t.Context(), key, []byte("x")); err != nil {
					t.Error(err)
				}
				if err := s.Delete(t.Context(), key); err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	if left, err := os.ReadDir(root); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// What a process that died was writing is removed when nobody has written to it for an
// hour, and not before.
func TestDirectorySweeps(t *testing.T) {
	root := t.TempDir()
	for name, age := range map[string]time.Duration{"runs/a/.new-1": 2 * time.Hour, "runs/b/.new-2": time.Minute, "runs/c/kept": 2 * time.Hour} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o600), os.Chtimes(path, time.Time{}, time.Now().Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := blob.NewDirectory(root); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(root, "runs", "*", "*")); err != nil || len(left) != 2 {
		t.Errorf("left %v, %v; expected what is being written and what is kept", left, err)
	}
	if _, err := os.Stat(filepath.Join(root, "runs", "a")); err == nil {
		t.Error("a folder in which nothing is left stays")
	}
}
