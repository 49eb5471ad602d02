package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/internal/small"
)

// binary builds volley.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "volley")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// resumable is a run that is killed: what volley run is told.
type resumable struct {
	name, every string
	arguments   []string
}

func resumables(t *testing.T) []resumable {
	t.Helper()
	recorded := filepath.Join(t.TempDir(), "recorded.yaml")
	if err := os.WriteFile(recorded, []byte(small.Recorded), 0o666); err != nil {
		t.Fatal(err)
	}
	const shared = "../../../shared/data"
	set := func(file string, more ...string) (all []string) {
		all = []string{"example:" + strings.TrimSuffix(file, ".yaml")}
		for _, s := range append(append([]string{}, small.Sizes[file]...), more...) {
			all = append(all, "--set", s)
		}
		return all
	}
	runs := []resumable{
		{"brunel", "bio:50ms", set("brunel.yaml", "duration=4 s")},
		{"ssdp-volleys", "bio:2s", set("ssdp-volleys.yaml", "duration=30 s")},
		{"recorded", "bio:500ms", []string{recorded, "--set", "duration=15 s"}},
	}
	if _, err := os.Stat(shared); err != nil {
		t.Log("SKIPPED IN PART: digits needs ../shared/data")
	} else {
		runs = append(runs, resumable{"digits", "bio:500ms", append(set("digits.yaml", "train=500"), "--data", shared)})
	}
	return runs
}

// A run whose process is killed at any moment, as often as may be, and which then goes
// on from its checkpoints, on other numbers of partitions and threads, leaves the files
// of the undisturbed run, byte for byte.
func TestKilledRunGoesOn(t *testing.T) {
	volley, kills := binary(t), 0
	for n, r := range resumables(t) {
		t.Run(r.name, func(t *testing.T) {
			draws := rand.New(rand.NewPCG(uint64(n), 7))
			want, dir := filepath.Join(t.TempDir(), "whole"), filepath.Join(t.TempDir(), "killed")
			run := append([]string{"run", "--quiet", "--no-report"}, r.arguments...)
			if out, err := exec.Command(volley, append(run, "--out", want)...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			run = append(run, "--out", dir, "--checkpoint-every", r.every)
			for trial := 0; ; trial++ {
				if trial == 1 {
					run = append(run, "--resume")
				}
				c := exec.Command(volley, append(run, "--partitions", []string{"2", "1", "3", "7"}[trial%4], "--threads", []string{"1", "2"}[trial%2])...)
				var said bytes.Buffer
				c.Stdout, c.Stderr = &said, &said
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				if trial < 3 {
					awaitCheckpoint(dir, trial)
					time.Sleep(time.Duration(draws.IntN(20)) * time.Millisecond)
					if draws.IntN(3) == 0 && runtime.GOOS != "windows" {
						_ = c.Process.Signal(os.Interrupt)
					} else {
						_ = c.Process.Kill()
					}
				}
				if err := c.Wait(); err == nil {
					break
				} else if trial >= 3 {
					t.Fatalf("%v\n%s", err, said.String())
				}
				kills++
			}
			sameFiles(t, dir, want)
		})
	}
	if kills < 4 {
		t.Errorf("%d runs were killed, the others were over before: little was tried", kills)
	}
}

// awaitCheckpoint waits until a run has stored another checkpoint, and not for long:
// one that is being built has none.
func awaitCheckpoint(dir string, trial int) {
	last := func() string {
		all, _ := filepath.Glob(filepath.Join(dir, "checkpoints", "*.manifest"))
		if len(all) == 0 {
			return ""
		}
		return all[len(all)-1]
	}
	for before, n := last(), 0; n < 200*(trial+1) && last() == before; n++ {
		time.Sleep(5 * time.Millisecond)
	}
}

// sameFiles compares the tables, weights and hashes of two runs.
func sameFiles(t *testing.T, got, want string) {
	t.Helper()
	compared := 0
	err := filepath.WalkDir(want, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(want, path)
		if err != nil || e.IsDir() || filepath.Ext(name) == ".json" {
			return err
		}
		compared++
		a, errA := os.ReadFile(filepath.Join(got, name))
		b, errB := os.ReadFile(path)
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%d bytes, expected %d; %v %v)", name, len(a), len(b), errA, errB)
		}
		return nil
	})
	if err != nil || compared == 0 {
		t.Errorf("%d files compared, %v", compared, err)
	}
	for _, pattern := range []string{"weights/*.npy", ".*", "weights/.*"} {
		a, _ := filepath.Glob(filepath.Join(got, pattern))
		b, _ := filepath.Glob(filepath.Join(want, pattern))
		if len(a) != len(b) {
			t.Errorf("%s: %d files, expected %d", pattern, len(a), len(b))
		}
	}
	a, b := summaryOf(t, got), summaryOf(t, want)
	for _, key := range []string{"spike_hash", "weight_hash", "spikes", "synaptic_events", "duration_ms", "populations", "results", "model_digest", "interrupted"} {
		x, _ := json.Marshal(a[key])
		y, _ := json.Marshal(b[key])
		if !bytes.Equal(x, y) {
			t.Errorf("%s is %s, expected %s", key, x, y)
		}
	}
}

func summaryOf(t *testing.T, dir string) (s map[string]any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What of a run may change when it goes on, and what is refused.
func TestResumeUnderAnotherModel(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	flags := func(duration string, set ...string) runFlags {
		return runFlags{set: append(append([]string{"scale=0.05", "discard=0 ms"}, set...), "duration="+duration), out: out, quiet: true, noReport: true, format: "parquet", every: "bio:20ms"}
	}
	if err := run(t.Context(), "example:brunel", flags("50 ms")); err != nil {
		t.Fatal(err)
	}
	again := flags("50 ms", "seeds.base=7")
	again.resume = true
	if err := run(t.Context(), "example:brunel", again); err == nil || !strings.Contains(err.Error(), "another model") {
		t.Errorf("another seed: %v", err)
	}
	longer := flags("90 ms")
	longer.resume = true
	if err := run(t.Context(), "example:brunel", longer); err != nil {
		t.Fatal(err)
	}
	got := out
	out = filepath.Join(t.TempDir(), "whole")
	if err := run(t.Context(), "example:brunel", flags("90 ms")); err != nil {
		t.Fatal(err)
	}
	sameTables(t, got, out)
}

// sameTables compares what a longer run recorded.
func sameTables(t *testing.T, got, want string) {
	t.Helper()
	for _, name := range []string{"spikes.parquet", "synchrony.parquet"} {
		a, errA := os.ReadFile(filepath.Join(got, name))
		b, errB := os.ReadFile(filepath.Join(want, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %d bytes, expected %d", name, len(a), len(b))
		}
	}
	if a, b := summaryOf(t, got)["spike_hash"], summaryOf(t, want)["spike_hash"]; a != b {
		t.Errorf("spike hash %v, expected %v", a, b)
	}
}

// A damaged checkpoint is told of, and the one before it is used.
func TestDamagedCheckpointFallsBack(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	f := runFlags{set: []string{"scale=0.05", "discard=0 ms", "duration=50 ms"}, out: out, quiet: true, noReport: true, format: "csv", every: "bio:10ms"}
	if err := run(t.Context(), "example:brunel", f); err != nil {
		t.Fatal(err)
	}
	want := summaryOf(t, out)["spike_hash"]
	manifests, _ := filepath.Glob(filepath.Join(out, "checkpoints", "*.manifest"))
	if len(manifests) != 2 {
		t.Fatalf("%d checkpoints stay, expected 2", len(manifests))
	}
	if err := os.Truncate(manifests[1], 100); err != nil {
		t.Fatal(err)
	}
	f.resume = true
	if err := run(t.Context(), "example:brunel", f); err != nil {
		t.Fatal(err)
	}
	if got := summaryOf(t, out)["spike_hash"]; got != want {
		t.Errorf("spike hash %v, expected %v", got, want)
	}
	manifests, _ = filepath.Glob(filepath.Join(out, "checkpoints", "*.manifest"))
	for _, m := range manifests {
		_ = os.Truncate(m, 100)
	}
	if err := run(t.Context(), "example:brunel", f); err == nil || !strings.Contains(err.Error(), "no checkpoint is whole") {
		t.Errorf("with none whole: %v", err)
	}
}
