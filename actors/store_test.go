package actors

import (
	"crypto/sha256"
	"errors"
	"testing"

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
