package e2e

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/small"
)

const sharedData = "../../../../shared/data"

// task is a model and what it is run with.
type task struct {
	name string
	args []string
}

// examples are the tasks of all examples, small. Those whose data are not here are
// left out, and that is said.
func examples(t *testing.T) (all []task) {
	t.Helper()
	for _, name := range []string{"brunel", "digits", "microcircuit", "ssdp-volleys"} {
		k := task{name, []string{"example:" + name}}
		for _, s := range small.Sizes[name+".yaml"] {
			k.args = append(k.args, "--set", s)
		}
		if name == "digits" {
			data, err := filepath.Abs(sharedData)
			if err == nil {
				_, err = os.Stat(data)
			}
			if err != nil {
				t.Log("NOT TESTED: digits, whose data are not here")
				continue
			}
			k.args = append(k.args, "--data", data)
		}
		all = append(all, k)
	}
	return all
}

// recorded is a task of which everything is recorded, of some duration.
func recorded(t *testing.T, duration string) task {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recorded.yaml")
	if err := os.WriteFile(path, []byte(small.Recorded), 0o666); err != nil {
		t.Fatal(err)
	}
	return task{"recorded", []string{path, "--set", "duration=" + duration}}
}

// run is the command line of a task.
func (k task) run(out string, more ...string) []string {
	return append(append(append([]string{"run"}, k.args...), "--no-report", "--quiet", "--out", out), more...)
}

// local runs a task in one process, and returns its directory.
func local(t *testing.T, k task) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "local")
	must(t, nil, "", k.run(out, "--threads", "1")...)
	if s := summary(t, out); s.Spikes < 300 {
		t.Errorf("only %d spikes in %s, so little is compared", s.Spikes, k.name)
	}
	return out
}

func summary(t *testing.T, dir string) (s record.Summary) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, record.SummaryFile))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// same compares the hashes and, byte for byte, the files of two runs, but for those
// that tell what a run cost.
func same(t *testing.T, got, want string) {
	t.Helper()
	a, b := summary(t, got), summary(t, want)
	if a.SpikeHash != b.SpikeHash || a.WeightHash != b.WeightHash || a.Spikes != b.Spikes || a.SynapticEvents != b.SynapticEvents || a.Interrupted {
		t.Errorf("spikes %.12s, weights %.12s, %d events; the local run has %.12s, %.12s, %d", a.SpikeHash, a.WeightHash, a.SynapticEvents, b.SpikeHash, b.WeightHash, b.SynapticEvents)
	}
	ours, theirs := tables(t, got), tables(t, want)
	if len(theirs) == 0 || len(ours) != len(theirs) {
		t.Errorf("%d files, and the local run has %d", len(ours), len(theirs))
	}
	for name, content := range theirs {
		if !bytes.Equal(ours[name], content) {
			t.Errorf("%s differs from that of the local run", name)
		}
	}
}

// tables are the files of a run that hold its results.
func tables(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Name() == "checkpoints" {
			return fs.SkipDir
		}
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".html") {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		all[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
