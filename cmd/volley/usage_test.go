package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A disk that is full under standard output is an error; the run's files and its
// report are whole all the same.
func TestStandardOutputIsFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full on this system")
	}
	defer full.Close()
	t.Chdir(t.TempDir())
	stdout := os.Stdout
	os.Stdout = full
	defer func() { os.Stdout = stdout }()
	for _, flag := range []string{"--json", "--quiet"} {
		args := strings.Fields("run example:brunel --set scale=0.02 --set indegree=12 --set discard=0ms --duration 5ms " + flag)
		var stderr bytes.Buffer
		if code := execute(t.Context(), args, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%s: exit code %d, said %q", flag, code, stderr.String())
		}
		if _, err := os.Stat("runs/brunel/report.html"); err != nil {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// A model's name is no way out of the folder of runs.
func TestNameThatIsNoDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"../escape", "a/b", "..", "."} {
		var stderr bytes.Buffer
		args := []string{"run", "example:brunel", "--set", "discard=0ms", "--set", "name=" + name, "--quiet"}
		if code := execute(t.Context(), args, &stderr); code != exitUsage || !strings.Contains(stderr.String(), "say --out DIR") {
			t.Errorf("name %q: exit code %d, said %q", name, code, stderr.String())
		}
	}
}

// Each mistake on the command line ends with exit code 2 and one line that says
// what was expected, and leaves no file.
func TestUsageErrors(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("file", []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"run example:brunel --partitions -1", "--partitions: must be at least 1"},
		{"run example:brunel --partitions 1000000000", "--partitions: at most 4096 in one process"},
		{"run example:brunel --duration 50ms", "--duration 50ms: rates and statistics leave out the model's discard"},
		{"run example:brunel --threads -1", "--threads: must be at least 1"},
		{"run example:brunel --max-output -5", "--max-output: must be at least 1"},
		{"run example:brunel --seed 18446744073709551615", "--seed: must be at most 9007199254740992"},
		{"run example:brunel --seed -1", `invalid argument "-1" for "--seed"`},
		{"run example:brunel --data file", "--data file: expected a directory"},
		{"run example:brunel --data missing", "--data: stat missing"},
		{"run example:brunel --set discard=0ms --format xml", "expected parquet or csv"},
		{"run example:brunel --set discard=0ms --out file", "not a directory"},
		{"run example:brunel --set discard=0ms --store s3://bucket", "no checkpoint is kept there"},
		{"run example:brunel --set discard=0ms --store ftp://host/x --resume", `"ftp" is not known`},
		{"run example:brunel --set discard=0ms --from missing", "no such file"},
		{"run example:brunel --local-nodes 2 --from missing", "expected without --cluster"},
		{"run example:brunell", "expected one of brunel, digits"},
		{"run", "accepts 1 arg(s)"},
		{"run -x", "unknown shorthand flag"},
		{"examples brunell", "expected one of brunel, digits"},
		{"bench nonsense", `unknown command "nonsense" for "volley bench"`},
		{"bench model example:brunel --threads -1", "--threads: must be at least 1"},
		{"nonsense", `unknown command "nonsense"`},
	} {
		var stderr bytes.Buffer
		code := execute(t.Context(), strings.Fields(c.args), &stderr)
		said := stderr.String()
		if code != exitUsage || strings.Count(said, "\n") != 1 || !strings.Contains(said, c.want) {
			t.Errorf("volley %s: exit code %d, said %q; expected %d and %q", c.args, code, said, exitUsage, c.want)
		}
	}
	if left, _ := filepath.Glob("*"); len(left) != 1 {
		t.Errorf("left %v; expected only file", left)
	}
}
