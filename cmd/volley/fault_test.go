package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
)

const unstable = `
name: unstable
duration: 100 ms
populations:
  net: {model: hh_psc_alpha, size: 10}
stimuli:
  drive: {model: dc_generator, target: net, amplitude: 800 pA}
  surge: {model: dc_generator, target: net, amplitude: -1e300 pA, start: 40 ms}
projections:
  all:
    {source: net, target: net, rule: all_to_all, weight: 10 pA, delay: 1.5 ms, synapse_model: stdp_synapse}
records:
  weights: [{projection: all, at: [10 ms]}]
`

// A run that a neuron stops has written what was computed before, and says in
// run.json that it failed, and why.
func TestFailedRunLeavesWhatItComputed(t *testing.T) {
	dir := t.TempDir()
	file, out := filepath.Join(dir, "unstable.yaml"), filepath.Join(dir, "run")
	if err := os.WriteFile(file, []byte(unstable), 0o666); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), file, runFlags{format: "csv", quiet: true, json: true, out: out, partitions: 3, threads: 2})
	var fault *engine.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("got %v", err)
	}
	text, err := os.ReadFile(filepath.Join(out, record.RunFile))
	if err != nil {
		t.Fatal(err)
	}
	var r record.Run
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.Status != record.Failed || r.Error != fault.Error() || r.DurationMs != 40 || r.WeightHash == "" {
		t.Errorf("run.json has status %s, error %q, %g ms, weight hash %q", r.Status, r.Error, r.DurationMs, r.WeightHash)
	}
	spikes, err := os.ReadFile(filepath.Join(out, "spikes.csv"))
	if rows := strings.Count(string(spikes), "\n"); err != nil || rows < 10 {
		t.Errorf("%d rows of spikes: %v", rows, err)
	}
	snapshots, _ := filepath.Glob(filepath.Join(out, record.WeightsDir, "all.*ms.npy"))
	if len(snapshots) != 2 {
		t.Errorf("snapshots %v: expected one at 10 ms, and one of the end", snapshots)
	}
	if left, _ := filepath.Glob(filepath.Join(out, ".*")); len(left) > 0 {
		t.Errorf("unfinished files %v", left)
	}
}
