package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// compose.yaml is what the Compose specification allows, and its nodes have keys, a
// volume and time to leave.
func TestCompose(t *testing.T) {
	path := filepath.Join(folder, "compose.yaml")
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: folder, ConfigFiles: []types.ConfigFile{{Filename: path}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(project.Services) != 3 {
		t.Errorf("%d services, expected 3 nodes", len(project.Services))
	}
	for name, s := range project.Services {
		if s.StopSignal != "SIGTERM" || s.StopGracePeriod == nil || !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) {
			t.Errorf("%s: signal %q, grace %v, read-only %t, drops %v", name, s.StopSignal, s.StopGracePeriod, s.ReadOnly, s.CapDrop)
		}
		var files []string
		for _, secret := range s.Secrets {
			files = append(files, strings.TrimPrefix(secret.Target, "/keys/"))
		}
		slices.Sort(files)
		if want := secretFiles(); !slices.Equal(files, want) {
			t.Errorf("%s has the keys %v, expected %v", name, files, want)
		}
		if len(s.Volumes) != 1 || s.Volumes[0].Target != "/data" {
			t.Errorf("%s keeps its data in %v", name, s.Volumes)
		}
		if len(s.Ports) > 0 {
			t.Errorf("%s opens %v to the outside", name, s.Ports)
		}
		checkArguments(t, "compose.yaml, "+name, s.Command)
		if _, err := os.Stat(filepath.Join(folder, s.Build.Dockerfile)); err != nil {
			if _, err := os.Stat(filepath.Join(folder, "..", s.Build.Dockerfile)); err != nil {
				t.Errorf("%s is built from %s, which is not there", name, s.Build.Dockerfile)
			}
		}
	}
}

// The Dockerfile's instructions are well-formed; what runs is static, alone, and not
// root's.
func TestDockerfile(t *testing.T) {
	f, err := os.Open(filepath.Join(folder, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	parsed, err := parser.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Errorf("warning: %s", w.Short)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	last := stages[len(stages)-1]
	if last.BaseName != "scratch" {
		t.Errorf("what runs is built on %s, expected nothing", last.BaseName)
	}
	user := ""
	for _, c := range last.Commands {
		switch c := c.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.RunCommand:
			t.Error("RUN in a stage without a shell")
		case *instructions.CopyCommand:
			if !slices.ContainsFunc(stages, func(s instructions.Stage) bool { return s.Name == c.From }) {
				t.Errorf("copies from %q, which is no stage", c.From)
			}
		}
	}
	if user == "" || strings.HasPrefix(user, "0") || user == "root" {
		t.Errorf("runs as %q, expected a user other than root", user)
	}
	static := false
	for _, c := range stages[0].Commands {
		if run, ok := c.(*instructions.RunCommand); ok && strings.Contains(strings.Join(run.CmdLine, " "), "CGO_ENABLED=0 go build") {
			static = true
		}
	}
	if !static {
		t.Error("the binary is not built without cgo, and would not run without a C library")
	}
}
