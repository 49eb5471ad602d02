package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/snn/state"
)

var updateFormats = flag.Bool("update", false, "write a checkpoint of today's format to testdata/formats, and the hashes that all lead to")

// formats holds a checkpoint of each format that volley wrote, in folders by its number.
const formats = "testdata/formats"

// formatModels are the models of which it does, and when in their run.
var formatModels = []struct{ name, at string }{{"learning", "bio:210ms"}, {"trials", "bio:730ms"}}

// kinds are those of sections, one of each of which is in the checkpoints.
var kinds = []string{"crossed", "fired", "flight", "gate", "instant", "neurons", "observer", "reached", "run", "share", "sources", "spikes", "targets", "weights", "window"}

// hashes are what a run that goes on from a checkpoint comes to.
type hashes struct{ Spikes, Weights string }

func formatRun(t *testing.T, name string, change func(f *runFlags)) hashes {
	t.Helper()
	f := runFlags{out: filepath.Join(t.TempDir(), name), quiet: true, noReport: true, format: "csv", partitions: 2}
	change(&f)
	if err := run(t.Context(), filepath.Join(formats, name+".yaml"), f); err != nil {
		t.Fatal(err)
	}
	s := summaryOf(t, f.out)
	return hashes{s["spike_hash"].(string), s["weight_hash"].(string)}
}

// What each format says of a run is what this version reads: it goes on to the hashes of
// the run in one piece. A format that has been released is not written again.
func TestCheckpointsOfEveryFormat(t *testing.T) {
	if *updateFormats {
		writeFormat(t)
	}
	folders, err := filepath.Glob(filepath.Join(formats, "[0-9]*"))
	if err != nil || !slices.Contains(folders, filepath.Join(formats, fmt.Sprint(checkpoint.Format))) {
		t.Fatalf("formats %v, %v; expected one of today's, %d: go test ./cmd/volley -run EveryFormat -update", folders, err, checkpoint.Format)
	}
	want := map[string]hashes{}
	if text, err := os.ReadFile(filepath.Join(formats, "hashes.json")); err != nil {
		t.Fatal(err)
	} else if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		found := map[string]bool{}
		for _, m := range formatModels {
			at := filepath.Join(folder, m.name)
			addKinds(t, at, found)
			if got := formatRun(t, m.name, func(f *runFlags) { f.from = at }); got != want[m.name] {
				t.Errorf("%s goes on to %+v, expected %+v", at, got, want[m.name])
			}
		}
		if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, kinds) {
			t.Errorf("%s has sections of %v, expected %v", folder, got, kinds)
		}
	}
	for _, m := range formatModels {
		if got := formatRun(t, m.name, func(f *runFlags) { f.partitions = 1 }); got != want[m.name] {
			t.Errorf("%s in one piece: %+v, expected %+v", m.name, got, want[m.name])
		}
	}
}

// addKinds collects the kinds of sections of a checkpoint.
func addKinds(t *testing.T, dir string, found map[string]bool) {
	t.Helper()
	store, err := blob.OpenToRead(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := checkpoint.Latest(t.Context(), blobs{store})
	if err == nil {
		err = c.Sections(t.Context(), func(s state.Section) error { found[s.Kind] = true; return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
}

// writeFormat writes a checkpoint of each model in today's format: of two that a run
// keeps, the one in its middle.
func writeFormat(t *testing.T) {
	folder := filepath.Join(formats, fmt.Sprint(checkpoint.Format))
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	all := map[string]hashes{}
	for _, m := range formatModels {
		at := filepath.Join(folder, m.name)
		all[m.name] = formatRun(t, m.name, func(f *runFlags) { f.partitions, f.every, f.store = 1, m.at, at })
		if err := keepFirst(t.Context(), at); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(formats, "hashes.json"), append(text, '\n'), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// keepFirst leaves of two checkpoints the first, with its rows.
func keepFirst(ctx context.Context, dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "c*.*"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(filepath.Base(names[0]), ".")
	for _, name := range names {
		if !strings.HasPrefix(filepath.Base(name), first+".") {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	store, err := blob.NewDirectory(dir)
	if err != nil {
		return err
	}
	c, _, err := checkpoint.Latest(ctx, blobs{store})
	if err == nil {
		_, err = checkpoint.NewJournal(ctx, blobs{store}, c.Segments, 0)
	}
	return err
}
