package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/volley-snn/volley/cluster/keys"
)

// volley cluster init writes what both --config files need, once.
func TestClusterInit(t *testing.T) {
	t.Chdir(t.TempDir())
	var stderr bytes.Buffer
	if code := execute(t.Context(), strings.Fields("cluster init keys --name lab --host n1"), &stderr); code != exitDone {
		t.Fatalf("exit code %d, said %q", code, stderr.String())
	}
	for _, name := range []string{keys.ConfigFile, keys.ClientConfigFile} {
		if id, err := keys.Load(filepath.Join("keys", name)); err != nil || id.Config.Cluster != "lab" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for args, want := range map[string]string{
		"cluster init keys":              "file already exists",
		"cluster init other --years 0":   "--years: must be at least 1",
		"cluster init other --name a.b":  "expected 1 to 63 letters",
		"cluster init other --host a:1":  `host "a:1": expected a name`,
		"cluster init":                   "accepts 1 arg(s)",
		"cluster nonsense":               `unknown command "nonsense"`,
		"cluster init a b":               "accepts 1 arg(s)",
		"cluster init other --flavour x": "unknown flag",
	} {
		stderr.Reset()
		code := execute(t.Context(), strings.Fields(args), &stderr)
		if code != exitUsage || !strings.Contains(stderr.String(), want) {
			t.Errorf("volley %s: exit code %d, said %q; expected %d and %q", args, code, stderr.String(), exitUsage, want)
		}
	}
	if left, _ := filepath.Glob("*"); len(left) != 1 {
		t.Errorf("left %v; expected only keys", left)
	}
}
