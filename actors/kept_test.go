package actors_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages/control"
)

// A node remembers some runs that are over, and keeps the files of those, and of others
// that nobody has fetched.
func TestFilesOfRunsThatAreOver(t *testing.T) {
	b, _ := pack(t, small.Recorded, "duration=100 ms")
	c := start(t, 1, kept(t), func(c *actors.Config) { c.KeptRuns = 2 })
	var fetched, unfetched []string
	for k := range 8 {
		if k%2 == 0 {
			st, _ := c.run(t, b)
			fetched = append(fetched, st.Run)
			continue
		}
		s, err := c.caller.Submit(t.Context(), "n0", b, &control.Submit{Format: "csv"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.caller.Follow(t.Context(), s.Run, s.Coordinator, func(*control.RunStatus) {}); err != nil {
			t.Fatal(err)
		}
		unfetched = append(unfetched, s.Run)
	}
	there := func(run string) bool {
		_, err := os.Stat(filepath.Join(c.dirs[0], "runs", run, record.SummaryFile))
		return err == nil
	}
	for deadline := time.Now().Add(10 * time.Second); there(fetched[0]) || there(fetched[1]) || there(fetched[2]); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the files of runs that are forgotten, and were fetched, stay")
		}
	}
	for _, run := range append(unfetched, fetched[3]) {
		if !there(run) {
			t.Errorf("the files of run %s, of %v that nobody fetched and %v that were, are gone", run, unfetched, fetched)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) { // shares are let go of a little later
		counts, err := c.nodes[0].Counts()
		if err == nil && counts.Remembered <= 3 && counts.Coordinated == 0 && counts.Shares == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the node has %+v in hand, %v", counts, err)
		}
	}
}
