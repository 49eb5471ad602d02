package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/internal/bench"
)

// volley bench faults tries what it is asked to, and what it has in its file no second
// time.
func TestBenchFaults(t *testing.T) {
	args := []string{"bench", "faults", "example:brunel", "--set", "scale=0.1", "--set", "discard=0 ms", "--duration", "6s",
		"--kind", "none,reset", "--nodes", "2", "--trials", "1", "--json", "--results", filepath.Join(t.TempDir(), "trials")}
	for _, sitting := range []string{"first", "second"} {
		o := must(t, nil, t.TempDir(), args...)
		var r struct{ Rows []bench.FaultRow }
		if err := json.Unmarshal([]byte(o.stdout), &r); err != nil {
			t.Fatal(err)
		}
		if len(r.Rows) != 2 || r.Rows[0].Kind != "none" || r.Rows[1].Kind != "reset" || r.Rows[1].RecoveryS == nil {
			t.Fatalf("%s sitting: %s %s", sitting, o.stdout, o.stderr)
		}
		for _, row := range r.Rows {
			if row.Trials != 1 || row.Completed != 1 || row.SameSpikes != 1 || row.SameWeights != 1 {
				t.Errorf("%s sitting: %+v: %s", sitting, row, o.stderr)
			}
		}
		if told := strings.Count(o.stderr, "seed 1: "); sitting == "second" && told > 0 {
			t.Errorf("the second sitting repeated %d trials: %s", told, o.stderr)
		}
	}
}
