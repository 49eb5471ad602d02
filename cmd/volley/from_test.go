package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/internal/small"
)

// recordedModel is the path of a model of which everything is recorded.
func recordedModel(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recorded.yaml")
	if err := os.WriteFile(path, []byte(small.Recorded), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// listing is the files below a directory with what is in them.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A run that begins with another's checkpoint, in a directory of its own and with
// nothing changed, leaves the files of one that went on; the other's stay as they are.
func TestFromAnotherRun(t *testing.T) {
	for name, arg := range map[string]string{"recorded": recordedModel(t), "brunel": "example:brunel"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			flags := func(out, duration string) runFlags {
				f := runFlags{set: []string{"duration=" + duration}, out: filepath.Join(dir, out), quiet: true, noReport: true, format: "parquet"}
				if name == "brunel" {
					f.set = append(f.set, small.Sizes["brunel.yaml"][1:]...)
				}
				return f
			}
			runs := func(f runFlags) {
				t.Helper()
				if err := run(t.Context(), arg, f); err != nil {
					t.Fatal(err)
				}
			}
			runs(flags("whole", "350 ms"))
			warm := flags("warm", "210 ms")
			warm.every = "bio:70ms"
			runs(warm)
			before := listing(t, warm.out)
			on := flags("on", "350 ms")
			on.from, on.partitions, on.every = warm.out, 3, "bio:70ms"
			runs(on)
			sameFiles(t, withoutCheckpoints(t, on.out), withoutCheckpoints(t, flags("whole", "").out))
			if after := listing(t, warm.out); !sameListing(before, after) {
				t.Error("the run that another began with is not what it was")
			}
			// Its own checkpoints hold all that it needs.
			if err := os.RemoveAll(warm.out); err != nil {
				t.Fatal(err)
			}
			longer := flags("on", "400 ms")
			longer.resume = true
			runs(longer)
			runs(flags("whole", "400 ms"))
			sameTables(t, longer.out, flags("whole", "").out)
		})
	}
}

// withoutCheckpoints removes them from a directory to compare, but leaves the last.
func withoutCheckpoints(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "files")
	err := os.CopyFS(to, os.DirFS(dir))
	if err == nil {
		err = os.RemoveAll(filepath.Join(to, checkpointsDir))
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func sameListing(a, b map[string]string) bool {
	for path, text := range a {
		if b[path] != text {
			return false
		}
	}
	return len(a) == len(b)
}

// One warm-up serves experiments with other rates of learning: they share what was
// before, differ in what comes after, and each is the same on any cut.
func TestWarmUpServesExperiments(t *testing.T) {
	dir := t.TempDir()
	flags := func(out, duration string, set ...string) runFlags {
		set = append(append(append([]string{}, small.Sizes["ssdp-volleys.yaml"][1:]...), "duration="+duration), set...)
		return runFlags{set: set, out: filepath.Join(dir, out), quiet: true, noReport: true, format: "csv"}
	}
	runs := func(f runFlags) map[string]any {
		t.Helper()
		if err := run(t.Context(), "example:ssdp-volleys", f); err != nil {
			t.Fatal(err)
		}
		return summaryOf(t, f.out)
	}
	warm := flags("warm", "3 s")
	warm.every = "wall:1h"
	runs(warm)
	begin := func(out string, partitions int, set ...string) map[string]any {
		f := flags(out, "5 s", set...)
		f.from, f.partitions = warm.out, partitions
		return runs(f)
	}
	slow, fast, again := begin("slow", 1, "eta=0.001"), begin("fast", 2, "eta=0.1", "stdp_lambda=0.01"), begin("again", 3, "eta=0.1", "stdp_lambda=0.01")
	if slow["weight_hash"] == fast["weight_hash"] {
		t.Error("a rate of learning a hundred times higher leaves the same weights")
	}
	if fast["weight_hash"] != again["weight_hash"] || fast["spike_hash"] != again["spike_hash"] {
		t.Errorf("on 2 and 3 partitions: %v and %v", fast["spike_hash"], again["spike_hash"])
	}
	whole := runs(flags("whole", "5 s", "eta=0.1", "stdp_lambda=0.01"))
	if whole["weight_hash"] == fast["weight_hash"] {
		t.Error("what was learned before the checkpoint makes no difference")
	}
	before := func(out string) string { return spikesBefore(t, filepath.Join(dir, out), 3000) }
	if b := before("slow"); b == "" || b != before("fast") || b != before("warm") {
		t.Error("the spikes before the checkpoint are not those of the warm-up")
	}
}

// spikesBefore is the lines of a table of spikes before a time.
func spikesBefore(t *testing.T, dir string, ms float64) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "spikes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		var at float64
		if _, err := fmt.Sscan(line, &at); err == nil && at <= ms {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestFromRefuses(t *testing.T) {
	dir := t.TempDir()
	flags := func(out string, set ...string) runFlags {
		return runFlags{set: append([]string{"scale=0.05", "discard=0 ms", "duration=50 ms"}, set...), out: filepath.Join(dir, out), quiet: true, noReport: true, format: "csv"}
	}
	warm := flags("warm")
	warm.every = "bio:20ms"
	if err := run(t.Context(), "example:brunel", warm); err != nil {
		t.Fatal(err)
	}
	plain := flags("plain")
	if err := run(t.Context(), "example:brunel", plain); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(f *runFlags)
		want   string
	}{
		"another network":     {func(f *runFlags) { f.set = append(f.set, "seeds.base=7") }, "another model"},
		"an earlier end":      {func(f *runFlags) { f.set = append(f.set, "duration=40 ms") }, "its checkpoint is at 50 ms"},
		"its own directory":   {func(f *runFlags) { f.out = warm.out }, "--resume goes on"},
		"without checkpoints": {func(f *runFlags) { f.from = plain.out }, "--from"},
		"not there":           {func(f *runFlags) { f.from = filepath.Join(dir, "nowhere") }, "no such file"},
		"a wrong name":        {func(f *runFlags) { f.from = "http://host/x" }, `"http" is not known`},
	} {
		f := flags("other")
		f.from = warm.out
		c.change(&f)
		if err := run(t.Context(), "example:brunel", f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "other")); err == nil {
		t.Error("a refused run left a directory")
	}
}

// A run whose checkpoints are in a store goes on from there when its directory is lost.
func TestStore(t *testing.T) {
	dir := t.TempDir()
	flags := func(out, duration string) runFlags {
		return runFlags{set: []string{"scale=0.05", "discard=0 ms", "duration=" + duration}, out: filepath.Join(dir, out), quiet: true, noReport: true, format: "parquet",
			every: "bio:20ms", store: filepath.Join(dir, "store", "a")}
	}
	runs := func(f runFlags) {
		t.Helper()
		if err := run(t.Context(), "example:brunel", f); err != nil {
			t.Fatal(err)
		}
	}
	runs(flags("first", "50 ms"))
	if _, err := os.Stat(filepath.Join(dir, "first", checkpointsDir)); err == nil {
		t.Error("checkpoints are in the run's directory, too")
	}
	if err := run(t.Context(), "example:brunel", flags("first", "50 ms")); err == nil || !strings.Contains(err.Error(), "of an earlier run are there") {
		t.Errorf("a store with checkpoints was taken by another run: %v", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "first")); err != nil {
		t.Fatal(err)
	}
	on := flags("second", "90 ms")
	on.resume = true
	runs(on)
	whole := flags("whole", "90 ms")
	whole.every, whole.store = "", ""
	runs(whole)
	sameTables(t, on.out, whole.out)
	anew := flags("third", "50 ms")
	anew.force = true
	runs(anew)
	from := flags("fourth", "90 ms")
	from.from, from.store, from.every = from.store, "", ""
	runs(from)
	sameTables(t, from.out, whole.out)
}

// What is kept in a store are the arrays of weights, too, that were recorded before the
// checkpoint.
func TestStoreKeepsArrays(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "learning.yaml")
	if err := os.WriteFile(file, []byte(learning), 0o666); err != nil {
		t.Fatal(err)
	}
	flags := func(out, duration string) runFlags {
		return runFlags{set: []string{"duration=" + duration}, out: filepath.Join(dir, out), quiet: true, noReport: true, format: "parquet"}
	}
	runs := func(f runFlags) {
		t.Helper()
		if err := run(t.Context(), file, f); err != nil {
			t.Fatal(err)
		}
	}
	first := flags("first", "50 ms")
	first.every, first.store = "bio:20ms", filepath.Join(dir, "store")
	runs(first)
	if err := os.RemoveAll(first.out); err != nil {
		t.Fatal(err)
	}
	on := flags("second", "90 ms")
	on.every, on.store, on.resume = first.every, first.store, true
	runs(on)
	from := flags("third", "90 ms")
	from.from = first.store
	runs(from)
	whole := flags("whole", "90 ms")
	runs(whole)
	sameFiles(t, on.out, whole.out)
	sameFiles(t, from.out, whole.out)
}

const learning = `
name: learning
duration: 50 ms
populations:
  net: {model: iaf_psc_exp, size: 20}
stimuli:
  drive: {model: poisson_generator, target: net, rate: 20000 Hz, weight: 60 pA}
projections:
  all:
    {source: net, target: net, rule: all_to_all, weight: 10 pA, delay: 1.5 ms, synapse_model: stdp_synapse}
records:
  weights: [{projection: all, at: [10 ms, 30 ms, 45 ms, 70 ms]}]
`
