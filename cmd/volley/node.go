package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/cluster/bus"
)

// nodeFlags are what `volley node` is told.
type nodeFlags struct {
	siteFlags
	dir      string
	threads  int
	memory   int64
	store    string
	http     string
	untilEOF bool
	fleeting bool
	disturb  string
}

// defaultListen is where a first node listens.
const defaultListen = "127.0.0.1:7400"

func nodeCommand() *cobra.Command {
	var f nodeFlags
	c := &cobra.Command{
		Use: "node", Short: "Take part in runs, with this machine's cores and memory", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(f.nats) > 0 && (len(f.join) > 0 || c.Flags().Changed("listen")) {
				return usageError{errors.New("--nats, and --join or --listen: nodes on the same NATS servers find each other there")}
			}
			if !c.Flags().Changed("listen") && len(f.join) > 0 {
				f.listen = "127.0.0.1:0"
			}
			if f.threads < 0 || f.memory < 0 {
				return usageError{errors.New("--threads and --memory: must be at least 1")}
			}
			return node(c.Context(), f)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.name, "name", "", "name of the node, which no other may have (default: the machine's, and a few letters)")
	fl.StringVar(&f.listen, "listen", defaultListen, "address that other nodes join at; with --join a free port of this machine")
	fl.StringSliceVar(&f.join, "join", nil, "address of a node to join; may be repeated")
	fl.StringSliceVar(&f.nats, "nats", nil, "URL of NATS servers to use, nats://HOST:PORT; without it the node runs one")
	fl.StringVar(&f.dir, "dir", "", "directory of the runs that the node coordinates (default: nodes/NAME)")
	fl.IntVar(&f.threads, "threads", 0, "cores that the node uses (default: all)")
	fl.Int64Var(&f.memory, "memory", 0, "bytes of memory that partitions may take (default: what the machine has available)")
	fl.StringVar(&f.store, "store", "", "where the state of runs is kept, the same for all nodes: a directory that all reach, s3://BUCKET/PREFIX?endpoint=HOST:PORT or nats://HOST:PORT/BUCKET; runs then survive the loss of nodes")
	fl.StringVar(&f.http, "http", "", "HOST:PORT of pages for monitors: /metrics for Prometheus, /healthz, and on a loopback address /debug/pprof")
	fl.StringVar(&f.config, "config", "", "configuration with the cluster's keys, of volley cluster init")
	fl.BoolVar(&f.insecure, "insecure", false, "listen without keys on addresses that other machines reach")
	fl.BoolVar(&f.untilEOF, "until-eof", false, "end when standard input ends")
	fl.StringVar(&f.disturb, "disturb", "", "for tests: lose and delay what is sent, such as seed=1,drop=0.01,duplicate=0.01,reorder=0.01,delay=0.01")
	fl.BoolVar(&f.fleeting, "fleeting", false, "remove --dir at the end, and the folder that it is in with the last")
	_ = fl.MarkHidden("until-eof")
	_ = fl.MarkHidden("fleeting")
	_ = fl.MarkHidden("disturb")
	return c
}

// node runs a node until ctx is done.
func node(ctx context.Context, f nodeFlags) error {
	if f.name == "" {
		f.name = nodeName()
	}
	if !actors.CheckName(f.name) {
		return usageError{fmt.Errorf("--name %q: expected 1 to 64 letters, digits, - and _", f.name)}
	}
	if f.dir == "" {
		f.dir = filepath.Join("nodes", f.name)
	}
	if f.fleeting {
		signal.Ignore(syscall.SIGPIPE) // who started it may be gone when it says that it is ready
		defer f.vanish()
	}
	if f.untilEOF {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
			if f.fleeting { // nobody is left who would end a node that hangs
				time.Sleep(nodeEnd)
				f.vanish()
				os.Exit(exitFailed)
			}
		}()
	}
	if f.threads > 0 {
		// Who is given a core computes, exchanges and records on it: goroutines that
		// hand over on one thread do so in 0.2 us, on two in 5 and more, and where other
		// nodes have the other cores those of a second thread keep them from computing.
		runtime.GOMAXPROCS(min(f.threads, runtime.GOMAXPROCS(0)))
	}
	s, err := enter(ctx, f.siteFlags)
	if err != nil {
		return err
	}
	defer s.close()
	if s.bus, err = disturbed(s.bus, f.disturb); err != nil {
		return err
	}
	go troubles(s.bus)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c := actors.Config{Name: f.name, Bus: s.bus, Dir: f.dir, Version: version, Threads: f.threads, MemoryBytes: f.memory, Expected: s.nodes, Address: s.address, Log: log, StoreName: f.store}
	if f.store != "" {
		if c.Store, err = blob.Open(ctx, f.store); err != nil {
			return fmt.Errorf("--store: %w", err)
		}
	}
	n, err := actors.Start(ctx, c)
	if err != nil {
		return err
	}
	shown, err := showPages(f.http, n, s)
	if err != nil {
		n.Stop()
		return err
	}
	defer shown.close()
	fmt.Printf("node %s is ready at %s\n", f.name, s.address)
	join := "--join"
	if len(f.nats) > 0 {
		join = "--nats"
	}
	fmt.Fprintf(os.Stderr, "join it with volley node %s %s, use it with volley run MODEL --cluster %s; any NATS client reads along at %s\n", join, s.address, s.address, s.url)
	if shown != nil {
		fmt.Fprintf(os.Stderr, "metrics are at %s/metrics\n", shown.url())
	}
	<-ctx.Done()
	if !f.fleeting {
		handOver(n)
	}
	n.Stop()
	return nil
}

// vanish removes the directory of a node that was started for one run; the last one's
// with what all of them kept.
func (f *nodeFlags) vanish() {
	_ = os.RemoveAll(f.dir)
	all := filepath.Dir(f.dir)
	if left, err := os.ReadDir(all); err == nil && (len(left) == 0 || len(left) == 1 && left[0].Name() == localStore) {
		_ = os.RemoveAll(all)
	}
}

// leaveTimeout is how long a node that is told to end may take to hand its shares over.
const leaveTimeout = time.Minute

// handOver lets a node hand over what it has, where it can. A second signal ends the
// process at once.
func handOver(n *actors.Node) {
	if !n.CanHandOver() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	fmt.Fprintln(os.Stderr, "volley: the node hands its shares over to others; a second signal ends it at once")
	if err := n.Drain(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "volley: not all was handed over:", err)
	}
}

// nodeName is the machine's name and a few letters.
func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	host, _, _ = strings.Cut(host, ".")
	host = strings.Map(func(c rune) rune {
		if actors.CheckName(string(c)) {
			return c
		}
		return '-'
	}, host)
	return host[:min(len(host), 40)] + "-" + strings.ToLower(rand.Text()[:4])
}

// troubles says what the bus lost, and when it went away and came back.
func troubles(b bus.Bus) {
	for err := range b.Lost() {
		fmt.Fprintln(os.Stderr, "volley:", err)
	}
}
