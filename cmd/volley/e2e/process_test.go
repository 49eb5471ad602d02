package e2e

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/hosts"
)

// patience is how long a test waits for what must happen.
const patience = 60 * time.Second

// process is a program under way, on a host or beside the test.
type process struct {
	*exec.Cmd
	name   string
	input  io.Closer // it ends when its input does
	said   *lines
	exited chan struct{}
}

// lines is what a process prints, for two goroutines.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// command is a command line on a host; nil is the test's own.
func command(on *hosts.Host, name string, args ...string) *exec.Cmd {
	if on == nil {
		return exec.Command(name, args...)
	}
	return on.Command(name, args...)
}

// start starts a command that lasts until its input ends, and kills what does not.
func start(t *testing.T, name string, c *exec.Cmd) *process {
	t.Helper()
	p := &process{Cmd: c, name: name, said: &lines{}, exited: make(chan struct{})}
	input, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.input, c.Stdout, c.Stderr = input, p.said, p.said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = c.Wait(); close(p.exited) }()
	t.Cleanup(func() { p.end() })
	return p
}

// end ends a process by its input, or kills it.
func (p *process) end() {
	_ = p.input.Close()
	select {
	case <-p.exited:
	case <-time.After(15 * time.Second):
		_ = p.Process.Kill()
		<-p.exited
	}
}

// await waits until a process has said something, and returns what follows it on the
// line.
func (p *process) await(t *testing.T, words string) string {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, rest, ok := strings.Cut(p.said.String(), words); ok {
			if line, _, whole := strings.Cut(rest, "\n"); whole {
				return line
			}
		}
		select {
		case <-p.exited:
			t.Fatalf("%s ended: %s", p.name, p.said)
		default:
		}
	}
	t.Fatalf("%s has not said %q: %s", p.name, words, p.said)
	return ""
}

// ending waits for a process that ends by itself, and returns its exit code.
func (p *process) ending(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(2 * patience):
		t.Fatalf("%s goes on and on: %s", p.name, p.said)
	}
	return p.ProcessState.ExitCode()
}

// outcome is what a command line came to.
type outcome struct {
	stdout, stderr string
	code           int
}

// volley runs the program on a host, in a directory, to its end.
func volley(t *testing.T, on *hosts.Host, dir string, args ...string) outcome {
	t.Helper()
	c := command(on, program(t), args...)
	c.Dir = dir
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	hang := time.AfterFunc(2*patience, func() { _ = c.Process.Kill() })
	defer hang.Stop()
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{out.String(), said.String(), c.ProcessState.ExitCode()}
}

// must runs the program, which must succeed.
func must(t *testing.T, on *hosts.Host, dir string, args ...string) outcome {
	t.Helper()
	o := volley(t, on, dir, args...)
	if o.code != 0 {
		t.Fatalf("volley %s: exit code %d: %s", strings.Join(args, " "), o.code, o.stderr)
	}
	return o
}

func program(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// server starts a NATS server of its own process.
func server(t *testing.T, on *hosts.Host, role ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := command(on, self)
	c.Env = append(os.Environ(), asServer+"="+strings.Join(role, " "))
	return start(t, "server "+role[0], c)
}

// node starts a node, and does not wait for it.
func node(t *testing.T, on *hosts.Host, dir, name string, args ...string) *process {
	t.Helper()
	c := command(on, program(t), append([]string{"node", "--name", name, "--threads", "1", "--until-eof", "--dir", filepath.Join(dir, name)}, args...)...)
	c.Dir = dir
	return start(t, "node "+name, c)
}
