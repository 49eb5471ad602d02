package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// printed is what a command line prints on standard output.
func printed(t *testing.T, args string) []byte {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stdout := os.Stdout
	os.Stdout = file
	var stderr bytes.Buffer
	code := execute(t.Context(), strings.Fields(args), &stderr)
	os.Stdout = stdout
	if code != exitDone {
		t.Fatalf("%s: exit code %d: %s", args, code, stderr.String())
	}
	file.Seek(0, io.SeekStart)
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const smallBrunel = "example:brunel --set scale=0.02 --set indegree=12 --set discard=0ms"

func TestPlanOfNodes(t *testing.T) {
	text := printed(t, "plan "+smallBrunel+" --nodes 3 --threads 2 --measure 50ms --dry-run --steps 10 --json")
	var r planReport
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Nodes) != 3 || r.Nodes[0].First != 0 || r.Nodes[2].End != 250 || r.Nodes[1].Partitions != 2 || r.Nodes[0].Sources != 2 {
		t.Errorf("nodes %+v", r.Nodes)
	}
	if !r.Measured || !(r.Pace.UnitNs > 0) || !(r.RealTimeFactor > 0) || !(r.LatencyUs > 0 && r.MessageUs > 0) || r.DryRun == nil || r.DryRun.Delivered.Mean < 2 {
		t.Errorf("report %s", text)
	}
	file := filepath.Join(t.TempDir(), "costs.json")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	var again planReport
	if err := json.Unmarshal(printed(t, "plan "+smallBrunel+" --nodes 3 --threads 2 --json --latency 50us --message 4us --costs "+file), &again); err != nil {
		t.Fatal(err)
	}
	if again.Measured || again.Nodes[1].ComputeUs != r.Nodes[1].ComputeUs || again.LatencyUs != 50 || !(again.ExchangeUs > 50) {
		t.Errorf("from the same costs %+v, then %+v", r, again)
	}
	if text := printed(t, "plan "+smallBrunel+" --nodes 20 --costs "+file); !bytes.Contains(text, []byte("and 4 more")) || !bytes.Contains(text, []byte("x real time")) {
		t.Errorf("printed %s", text)
	}
}

func TestMistakesOfPlans(t *testing.T) {
	for args, want := range map[string]string{
		"--nodes 0":                    "--nodes is too small",
		"--bandwidth NaN":              "--bandwidth is too small",
		"--costs /nowhere":             "--costs: open /nowhere",
		"--memory 100 --measure 10ms":  "node node-0: its share takes",
		"--nodes 1,40 --check":         "--check runs the model here",
		"--nodes 2 --check --cores 99": "--check runs the model here",
		"--repeats 0":                  "--repeats is too small",
	} {
		var stderr bytes.Buffer
		if code := execute(t.Context(), strings.Fields("plan "+smallBrunel+" "+args), &stderr); code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit code %d, said %q", args, code, stderr.String())
		}
	}
}

func TestBenchLockstep(t *testing.T) {
	var rows []weakScaling
	if err := json.Unmarshal(printed(t, "bench lockstep --nodes 3,30 --neurons 200 --steps 10 --dense 3 --json"), &rows); err != nil {
		t.Fatal(err)
	}
	var sums []weakScaling
	if err := json.Unmarshal(printed(t, "bench lockstep --nodes 20 --neurons 20 --steps 40 --fan-in 4,0 --json"), &sums); err != nil {
		t.Fatal(err)
	}
	if len(sums) != 2 || sums[0].Sums.FanIn != 4 || math.Round(sums[0].Delivered.Most) != 5 || sums[1].Sums.FanIn != 8 || sums[1].Sums.LateSteps != 4 {
		t.Errorf("%+v %+v", sums[0], sums[1])
	}
	if len(rows) != 3 || rows[1].Network != "ring" || rows[1].Nodes != 30 || rows[1].Published.Mean != 2 || rows[2].Delivered.Mean < 1.99 {
		t.Errorf("%+v", rows)
	}
}
