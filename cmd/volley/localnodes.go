package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// localNodes are node processes on this machine that live as long as we do.
type localNodes struct {
	address string // of the first
	dir     string
	nodes   []*localNode
}

type localNode struct {
	command *exec.Cmd
	input   io.WriteCloser // a node ends when its input does, also where we are killed
	lines   chan string    // that it said when it was ready; none that nobody waits for is kept
	exited  chan struct{}
}

// nodeStart is how long a local node may take to be ready, nodeEnd to end.
const (
	nodeStart = 20 * time.Second
	nodeEnd   = 10 * time.Second
)

// localStore is where local nodes keep the state of runs, in their directory.
const localStore = "store"

// startNodes starts n nodes of a number of threads each; 0 divides the machine's cores.
// Where keeps, they keep the state of their runs.
func startNodes(ctx context.Context, n, threads int, keeps bool) (*localNodes, error) {
	if threads <= 0 {
		threads = max(1, runtime.GOMAXPROCS(0)/n)
	}
	dir, err := os.MkdirTemp("", "volley-nodes-")
	if err != nil {
		return nil, err
	}
	return startProcesses(ctx, n, dir, func(k int) []string {
		args := []string{"node", "--threads", fmt.Sprint(threads), "--dir", filepath.Join(dir, fmt.Sprint(k+1)), "--until-eof", "--fleeting"}
		if keeps {
			args = append(args, "--store", filepath.Join(dir, localStore))
		}
		return args
	})
}

// startProcesses starts n processes of this program that meet by membership, each by
// the arguments given and those that say who it is and whom it joins. dir is removed
// with them.
func startProcesses(ctx context.Context, n int, dir string, command func(k int) []string) (*localNodes, error) {
	l := &localNodes{dir: dir}
	for k := range n {
		args := append(command(k), "--name", fmt.Sprintf("local%d", k+1), "--listen", "127.0.0.1:0")
		if k > 0 {
			args = append(args, "--join", l.address)
		}
		address, err := l.start(ctx, args)
		if err != nil {
			l.end()
			return nil, fmt.Errorf("local node %d of %d: %w", k+1, n, err)
		}
		if k == 0 {
			l.address = address
		}
	}
	return l, nil
}

// start starts a node and returns the address that it is ready at.
func (l *localNodes) start(ctx context.Context, args []string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	c := exec.Command(self, args...)
	ownGroup(c)
	input, err := c.StdinPipe()
	if err != nil {
		return "", err
	}
	output, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	var said tail
	c.Stderr = &said
	if err := c.Start(); err != nil {
		return "", err
	}
	node := &localNode{c, input, make(chan string, 16), make(chan struct{})}
	l.nodes = append(l.nodes, node)
	ready := make(chan string, 1)
	go func() {
		defer close(node.exited)
		lines := bufio.NewScanner(output)
		lines.Buffer(nil, 4<<20)
		for lines.Scan() {
			if _, at, ok := strings.Cut(lines.Text(), " is ready at "); ok {
				ready <- at
				continue
			}
			select {
			case node.lines <- lines.Text():
			default:
			}
		}
		_ = c.Wait()
	}()
	select {
	case at := <-ready:
		return at, nil
	case <-node.exited:
		return "", fmt.Errorf("it ended: %s", said.last())
	case <-time.After(nodeStart):
		return "", fmt.Errorf("it is not ready after %v", nodeStart)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// end ends the nodes, by their ids, and removes what they left.
func (l *localNodes) end() {
	for _, n := range l.nodes {
		_ = n.input.Close()
	}
	limit := time.After(nodeEnd)
	for _, n := range l.nodes {
		select {
		case <-n.exited:
		case <-limit:
			_ = n.command.Process.Kill()
			<-n.exited
		}
	}
	_ = os.RemoveAll(l.dir)
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - 4096; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

// last is the last line.
func (t *tail) last() string {
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	return lines[len(lines)-1]
}
