package blob_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
