package e2e

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/cluster/keys"
)

// asServer has this test binary be a NATS server: its name, where it listens for
// clients and for routes, a file of keys, whether it tells clients of others, and the
// routes to those.
const asServer = "VOLLEY_TEST_AS_NATS"

// matrixVariable asks for everything.
const matrixVariable = "VOLLEY_TEST_MATRIX"

var scratch string // of all tests; holds the program

func TestMain(m *testing.M) {
	if role := os.Getenv(asServer); role != "" {
		if err := serve(strings.Fields(role)); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(func() int {
		var err error
		if scratch, err = os.MkdirTemp("", "volley-e2e-"); err != nil {
			fmt.Println(err)
			return 1
		}
		defer os.RemoveAll(scratch)
		return m.Run()
	}())
}

// serve is a NATS server until its standard input ends.
func serve(role []string) error {
	o := nats.ServerOptions{Name: role[0], Listen: role[1], RouteListen: role[2], Discreet: role[4] == "discreet", Routes: role[5:]}
	id, err := keys.Load(role[3])
	if err != nil {
		return err
	}
	s, err := nats.Start(o.Closed(id))
	if err != nil {
		return err
	}
	defer s.Shutdown()
	if err := s.AwaitPeers(context.Background(), len(role)-5); err != nil {
		return err
	}
	fmt.Println("server", role[0], "is ready at", s.ClientURL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return nil
}

// build builds the program, once.
var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "volley")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", path, "github.com/volley-snn/volley/cmd/volley").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	// go test's cache knows of the program's sources only that the test has looked at them.
	_ = filepath.WalkDir("../../..", func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == ".git" || d.Name() == "runs") {
			return filepath.SkipDir
		}
		return nil
	})
	return path, nil
})
