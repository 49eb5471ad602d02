package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// soakKind is something that happens in a soak.
type soakKind struct {
	name  string
	brief string // first, last: a node that is not to last is there; none: none is
	early bool   // it happens before the run is under way

	// do lets it happen to a run under way, and reports how the run is to end.
	do func(s *soak, r *soakRun) ending
}

// ending is how a run ends.
type ending int

const (
	completed ending = iota // with the files of the local run
	cancelled
	alone // completed, and nobody was left to follow it
)

// soakRun is a run under way.
type soakRun struct {
	*process
	task task
	out  string
}

// kinds are all kinds of things that happen; few of them for a short soak.
func (s *soak) kinds() []soakKind {
	all := []soakKind{
		{name: "a node is killed", brief: "last", do: func(s *soak, _ *soakRun) ending { kill(s.brief.process); return completed }},
		{name: "the run is cancelled", do: func(s *soak, r *soakRun) ending {
			if run := s.underWay(); run != "" {
				s.volley("cancel", run, "--cluster", s.at)
			}
			return cancelled
		}},
		{name: "the client is killed", do: func(s *soak, r *soakRun) ending { kill(r.process); return alone }},
		{name: "a node comes", brief: "none", do: func(s *soak, _ *soakRun) ending { s.newBrief(false); return completed }},
	}
	if s.served {
		all = append(all, soakKind{name: "connections are reset", do: func(s *soak, _ *soakRun) ending {
			for range 5 {
				s.any().line.Reset()
				s.rest(100*time.Millisecond, 300*time.Millisecond)
			}
			return completed
		}})
	}
	if !s.long {
		return all
	}
	all = append(all, []soakKind{
		{name: "nothing", do: func(*soak, *soakRun) ending { return completed }},
		{name: "the coordinator is killed", brief: "first", do: func(s *soak, _ *soakRun) ending { kill(s.brief.process); return completed }},
		{name: "a node is drained", brief: "first", do: func(s *soak, _ *soakRun) ending {
			if o := s.volley("drain", s.brief.name, "--cluster", s.at); o.code != 0 {
				s.fail("volley drain: exit code %d: %s", o.code, o.stderr)
			}
			return completed
		}},
		{name: "a node is told to end", brief: "last", do: func(s *soak, _ *soakRun) ending {
			_ = s.brief.Process.Signal(syscall.SIGTERM)
			return completed
		}},
		{name: "a node stands still for a while", brief: "last", do: func(s *soak, _ *soakRun) ending {
			pause(s.any().process, s.between(time.Second, 4*time.Second))
			return completed
		}},
		{name: "a node stands still for long", brief: "first", do: func(s *soak, _ *soakRun) ending {
			pause(s.any().process, s.between(10*time.Second, 20*time.Second))
			return completed
		}},
		{name: "the client is interrupted", do: func(s *soak, r *soakRun) ending {
			_ = r.Process.Signal(os.Interrupt)
			return cancelled
		}},
		{name: "the client is interrupted early", early: true, do: func(s *soak, r *soakRun) ending {
			_ = r.Process.Signal(os.Interrupt)
			return cancelled
		}},
		{name: "the client is killed early", early: true, do: func(s *soak, r *soakRun) ending { kill(r.process); return alone }},
		{name: "a node is occupied", brief: "none", do: func(s *soak, r *soakRun) ending {
			s.occupied(s.lasting[:1+s.chance.IntN(len(s.lasting)-1)])
			return completed
		}},
		{name: "the client stands still", do: func(s *soak, r *soakRun) ending {
			pause(r.process, s.between(time.Second, 6*time.Second))
			return completed
		}},
	}...)
	if s.served {
		all = append(all, []soakKind{
			{name: "the server is ended and started anew", brief: "last", do: func(s *soak, _ *soakRun) ending {
				at := strings.TrimPrefix(s.server.ClientURL(), "nats://")
				s.server.Shutdown()
				s.rest(500*time.Millisecond, 3*time.Second)
				s.startServer(at)
				return completed
			}},
			{name: "a line is cut for a while", brief: "last", do: func(s *soak, _ *soakRun) ending {
				line := s.any().line
				line.Stall(true)
				s.rest(time.Second, 8*time.Second)
				line.Stall(false)
				return completed
			}},
		}...)
	}
	return all
}

// between is a time of some length, by chance; rest waits for that.
func (s *soak) between(least, most time.Duration) time.Duration {
	return least + time.Duration(s.chance.Int64N(int64(most-least)))
}

func (s *soak) rest(least, most time.Duration) { time.Sleep(s.between(least, most)) }

// any is a node by chance, one that lasts or not.
func (s *soak) any() *soakNode {
	k := s.chance.IntN(len(s.lasting) + 1)
	if k == len(s.lasting) {
		if s.brief != nil {
			return s.brief
		}
		k = 0
	}
	return s.lasting[k]
}

// round runs a task, or two, and lets something happen meanwhile.
func (s *soak) round(k *soakKind) {
	s.t.Helper()
	switch k.brief {
	case "first", "last":
		s.newBrief(k.brief == "first")
	case "none":
		s.endBrief()
	}
	one := s.begin()
	if !k.early && !s.started(one) {
		return
	}
	var other *soakRun // which is not what it happens to
	if k.brief == "last" && s.chance.IntN(3) == 0 {
		if other = s.begin(); !s.started(other) {
			other = nil
		}
	}
	s.rest(0, 2*time.Second)
	began := time.Now()
	how := k.do(s, one)
	s.conclude(k, one, how)
	if other != nil {
		s.conclude(k, other, completed)
	}
	if k.brief == "first" || k.brief == "last" {
		s.endBrief()
	}
	s.slow = time.Since(began) > 6*time.Second
	s.t.Logf("%s, %s: over %v after that began", one.task.name, k.name, time.Since(began).Round(100*time.Millisecond))
	for _, n := range s.lasting {
		if n.gone() {
			s.t.Fatalf("node %s is gone: %s", n.name, n.said)
		}
	}
}

// occupied runs a task while some nodes have a part in another run, so that the next
// one coordinates it.
func (s *soak) occupied(nodes []*soakNode) {
	s.t.Helper()
	var names []string
	for _, n := range nodes {
		names = append(names, n.name)
	}
	o := s.volley("run", "example:live", "--pace", "0.05", "--duration", "100s", "--detach", "--node", strings.Join(names, ","), "--cluster", s.at)
	run := strings.TrimSpace(o.stdout)
	if o.code != 0 {
		s.fail("volley run --detach: exit code %d: %s", o.code, o.stderr)
		return
	}
	if r := s.begin(); s.started(r) {
		s.conclude(&soakKind{name: "some nodes are occupied"}, r, completed)
	}
	if o := s.volley("cancel", run, "--cluster", s.at); o.code != 0 {
		s.fail("volley cancel %s: exit code %d: %s", run, o.code, o.stderr)
	}
}

// soakPatience is how long what must happen may take, on a machine that does much else.
const soakPatience = 10 * time.Minute

// begin starts a run of a task.
func (s *soak) begin() *soakRun {
	s.t.Helper()
	s.runs++
	tasks := s.tasks[len(s.tasks)-1]
	if s.slow {
		tasks = s.tasks[0]
	}
	r := &soakRun{task: tasks[s.chance.IntN(len(tasks))], out: filepath.Join(s.dir, "out", fmt.Sprint(s.runs))}
	args := append(append([]string{"run"}, r.task.args...), "--no-report", "--out", r.out, "--cluster", s.at, "--checkpoint-every", "wall:1s")
	r.process = start(s.t, "volley run", s.command(args...))
	return r
}

// started waits until a run is under way, or over; false where that failed, which is
// told.
func (s *soak) started(r *soakRun) bool {
	s.t.Helper()
	for deadline := time.Now().Add(soakPatience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if strings.Contains(r.said.String(), "of biological time") {
			return true
		}
		select {
		case <-r.exited:
			code := r.ProcessState.ExitCode()
			if s.wasRefused(r) {
				return false
			}
			if code != 0 {
				s.fail("a run of %s ended with exit code %d before anything happened to it: %s", r.task.name, code, r.said)
				return false
			}
			return true
		default:
		}
	}
	s.fail("a run of %s has not begun: %s", r.task.name, r.said)
	r.end()
	return false
}

// wasRefused reports, and counts, that a run did not begin since no node answered in
// time.
func (s *soak) wasRefused(r *soakRun) bool {
	s.t.Helper()
	if !strings.Contains(r.said.String(), "no node answers on the bus") {
		return false
	}
	s.refused++
	s.t.Logf("a run of %s was refused: %s", r.task.name, r.said)
	return true
}

// conclude waits for a run's end, and compares what it left.
func (s *soak) conclude(k *soakKind, r *soakRun, how ending) {
	s.t.Helper()
	defer os.RemoveAll(r.out)
	if how == alone {
		s.followed(k, r)
		return
	}
	select {
	case <-r.exited:
	case <-time.After(soakPatience):
		s.fail("%s: a run of %s goes on and on: %s", k.name, r.task.name, r.said)
		kill(r.process)
		return
	}
	switch code := r.ProcessState.ExitCode(); {
	case s.wasRefused(r):
	case how == cancelled && code == 130, how == cancelled && code == 1 && strings.Contains(r.said.String(), "cancelled"):
	case code != 0:
		s.fail("%s: a run of %s ended with exit code %d: %s", k.name, r.task.name, code, r.said)
	default:
		s.compare(k, r.task, r.out)
	}
}

// followed waits for a run that nobody follows, and fetches what it left.
func (s *soak) followed(k *soakKind, r *soakRun) {
	s.t.Helper()
	run := s.underWay()
	mine := run != ""
	if !mine { // it was over, or has not begun: what is fetched then may be another's
		if run = s.unfetched(); run == "" {
			return
		}
	}
	if o := s.volley("attach", run, "--cluster", s.at); o.code != 0 {
		s.fail("%s: volley attach %s: exit code %d: %s", k.name, run, o.code, o.stderr)
		return
	}
	out := r.out + "-fetched"
	defer os.RemoveAll(out)
	if o := s.volley("fetch", run, "--cluster", s.at, "--out", out); o.code != 0 {
		s.fail("%s: volley fetch %s: exit code %d: %s", k.name, run, o.code, o.stderr)
		return
	}
	if mine {
		s.compare(k, r.task, out)
	}
}

func (s *soak) compare(k *soakKind, of task, out string) {
	s.t.Helper()
	if _, err := os.Stat(filepath.Join(out, "summary.json")); err != nil {
		s.fail("%s: a run of %s left no summary: %v", k.name, of.name, err)
		return
	}
	a, b := summary(s.t, out), summary(s.t, s.want[of.name])
	if a.SpikeHash != b.SpikeHash || a.WeightHash != b.WeightHash {
		s.fail("%s: a run of %s has spikes %.12s and weights %.12s; the local run %.12s and %.12s", k.name, of.name, a.SpikeHash, a.WeightHash, b.SpikeHash, b.WeightHash)
	}
}

// unfetched is the last run that is done, and of which a store keeps the state until
// somebody has its files; "" where there is none.
func (s *soak) unfetched() string {
	all, _ := os.ReadDir(filepath.Join(s.dir, "store", "runs"))
	o := s.volley("runs", "--cluster", s.at)
	for _, line := range strings.Split(o.stdout, "\n") {
		if f := strings.Fields(line); len(f) > 2 && f[2] == "done" && slices.ContainsFunc(all, func(e os.DirEntry) bool { return e.Name() == f[0] }) {
			return f[0]
		}
	}
	return ""
}

// underWay is the name of a run that is not over; "" where there is none.
func (s *soak) underWay() string {
	for range 3 { // a node that stands still may not say what it knows
		o := s.volley("runs", "--cluster", s.at)
		for _, line := range strings.Split(o.stdout, "\n") {
			if f := strings.Fields(line); len(f) > 2 && (f[2] == "running" || f[2] == "preparing" || f[2] == "recovering") {
				return f[0]
			}
		}
	}
	return ""
}

// fail tells of what should not have been, and lets the soak go on.
func (s *soak) fail(format string, args ...any) {
	s.t.Helper()
	s.wrong++
	s.t.Errorf(format, args...)
}

// command is the program with temporary files of the soak's own.
func (s *soak) command(args ...string) *exec.Cmd {
	c := exec.Command(program(s.t), args...)
	c.Dir, c.Env = s.dir, append(os.Environ(), "TMPDIR="+filepath.Join(s.dir, "tmp"))
	return c
}

// volley runs the program to its end.
func (s *soak) volley(args ...string) outcome {
	s.t.Helper()
	c := s.command(args...)
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	hang := time.AfterFunc(soakPatience, func() { _ = c.Process.Kill() })
	defer hang.Stop()
	var exit *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return outcome{out.String(), said.String(), c.ProcessState.ExitCode()}
}
