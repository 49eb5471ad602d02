package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A run leaves its report, which says how to repeat it; --no-report leaves none,
// and volley report makes it later, the same.
func TestRunLeavesAReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	f := runFlags{set: []string{"scale=0.02", "duration=200 ms"}, format: "parquet", quiet: true, json: true, out: dir}
	path := filepath.Join(dir, "report.html")
	if err := run(t.Context(), "example:brunel", f); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"250 neurons in 2 populations", "E fires at", `id="plot-raster"`, `id="plot-synchrony"`, "fixed_indegree", `id="command"`} {
		if !strings.Contains(string(first), words) {
			t.Errorf("the report does not hold %q", words)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	c := reportCommand()
	c.SetArgs([]string{dir})
	if err := c.Execute(); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(path); err != nil || string(again) != string(first) {
		t.Errorf("volley report makes another report than the run: %d bytes and %d, %v", len(again), len(first), err)
	}
	f.noReport = true
	if err := run(t.Context(), "example:brunel", f); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("--no-report left a report")
	}
	c = reportCommand()
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs([]string{dir, "--open", "maybe"})
	if err := c.Execute(); err == nil || !strings.Contains(err.Error(), "expected yes or no") {
		t.Errorf("--open maybe: %v", err)
	}
}
