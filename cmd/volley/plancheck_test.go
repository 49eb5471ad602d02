package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is predicted of memory and traffic, which no other program on the machine
// changes, is near what nodes have and send.
func TestForecastsAreChecked(t *testing.T) {
	dir := t.TempDir()
	args := append([]string{"plan"}, strings.Fields(smallBrunel+" --nodes 1,2 --check --repeats 1 --measure 50ms --json")...)
	text, said, code := runs(t, dir, args...)
	if code != exitDone {
		t.Fatalf("exit code %d: %s", code, said)
	}
	var c planCheck
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Rows) != 2 || !c.Checked || c.Threads != 1 || c.Cores < 1 {
		t.Fatalf("%s", text)
	}
	for _, r := range c.Rows {
		for _, x := range []compared{r.Memory, r.Bytes} {
			if x.Error == nil || !(x.Measured > 0) || math.Abs(*x.Worst) < math.Abs(*x.Error)-1e-9 {
				t.Errorf("%d nodes: %+v", r.Nodes, x)
			}
		}
		if math.Abs(*r.Bytes.Error) > 0.25 || !(*r.Memory.Error > -0.1) { // lists of a few synapses take less than is expected of them
			t.Errorf("%d nodes: bytes %+v, memory %+v", r.Nodes, r.Bytes, r.Memory)
		}
		if x := r.RealTimeFactor; x.Error == nil || !(x.Predicted > 0 && x.Measured > 0) || r.Spread == nil || r.PeakBytes <= 0 || !(r.RecordUs > 0) {
			t.Errorf("%d nodes: %+v", r.Nodes, r)
		}
	}
	file := filepath.Join(dir, "costs.json")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if text, said, code := runs(t, dir, "plan", "example:brunel", "--nodes", "10,100", "--threads", "2", "--latency", "50us", "--message", "4us", "--costs", file); code != exitDone || strings.Count(text, "\n") != 5 {
		t.Errorf("from the pace of a check, exit code %d: %s%s", code, text, said)
	}
}
