package actors

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// Senders that are gone do not keep a node from taking files: what they began is
// forgotten, and only then.
func TestFilesOfSendersThatAreGone(t *testing.T) {
	s, err := newStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	part := func(k byte, offset int64, content string) (int64, error) {
		sum := sha256.Sum256([]byte{k, k, k})
		return s.take(&control.Transfer{Sha256: sum[:], Size: 3, Offset: offset, Content: []byte(content)})
	}
	for k := range byte(maxArriving) {
		if have, err := part(k, 0, string([]byte{k})); have != 1 || err != nil {
			t.Fatalf("file %d: %d bytes, %v", k, have, err)
		}
	}
	var r *Refusal
	if _, err := part(100, 0, "d"); !errors.As(err, &r) || r.Kind != control.Kind_KIND_BUSY {
		t.Errorf("one file more than may arrive: %v", err)
	}
	for key, a := range s.under {
		if sum := sha256.Sum256([]byte{7, 7, 7}); key != string(sum[:]) {
			a.last = a.last.Add(-2 * forgotten)
		}
	}
	if have, err := part(7, 1, "\x07\x07"); have != 3 || err != nil {
		t.Errorf("a file whose sender is there: %d bytes, %v", have, err)
	}
	if have, err := part(100, 0, "d"); have != 1 || err != nil || len(s.under) != 1 {
		t.Errorf("once the others were forgotten: %d bytes, %v, %d files arriving", have, err, len(s.under))
	}
}

// Files that nobody uses are removed after a day, and those that somebody does are not.
func TestFilesThatNobodyUses(t *testing.T) {
	s, err := newStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-2 * unused)
	sums := map[string][32]byte{}
	for _, name := range []string{"used", "unused"} {
		sums[name] = sha256.Sum256([]byte(name))
		sum := sums[name]
		if err := errors.Join(s.put([]byte(name)), os.Chtimes(s.path(sum[:]), long, long)); err != nil {
			t.Fatal(err)
		}
		if name == "used" {
			if content, err := s.get(sum[:]); err != nil || string(content) != name {
				t.Fatalf("%q, %v", content, err)
			}
		}
	}
	part := filepath.Join(s.dir, ".arriving-1")
	if err := errors.Join(os.WriteFile(part, nil, 0o600), os.Chtimes(part, long, long), s.put([]byte("new"))); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(s.dir)
	used := sums["used"]
	if _, there := s.get(used[:]); err != nil || len(left) != 2 || there != nil {
		t.Errorf("left %v, %v, %v; expected what was used and what is new", left, err, there)
	}
}
