package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// secretFiles are what a node needs of volley cluster init's files, by name.
func secretFiles() []string { return []string{"ca.crt", "cluster.yaml", "node.crt", "node.key"} }

// help is what volley node --help prints, or empty where this volley has no nodes.
var help = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "volley")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "volley")
	build := exec.Command("go", "build", "-o", binary, "./cmd/volley")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return string(out), err
	}
	out, err := exec.Command(binary, "node", "--help").CombinedOutput()
	if strings.Contains(string(out), "unknown command") {
		return "", nil
	}
	return string(out), err
})

// checkArguments looks each flag of a command line up in what volley node knows.
func checkArguments(t *testing.T, where string, args []string) {
	t.Helper()
	if len(args) == 0 || args[0] != "node" {
		t.Errorf("%s runs %v, expected node", where, args)
		return
	}
	known, err := help()
	if err != nil {
		t.Fatalf("volley node --help: %v: %s", err, known)
	}
	if known == "" {
		t.Logf("NOT TESTED: this volley has no command node, so the flags in %s may be wrong", where)
		return
	}
	for _, a := range args {
		if flag, _, _ := strings.Cut(a, "="); strings.HasPrefix(flag, "--") && !strings.Contains(known, flag+" ") {
			t.Errorf("%s: volley node has no flag %s", where, flag)
		}
	}
}
