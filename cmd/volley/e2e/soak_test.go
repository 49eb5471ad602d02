package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus/chaos"
	"github.com/volley-snn/volley/cluster/bus/nats"
)

// soakVariable says how long the soak lasts, such as 20m.
const soakVariable = "VOLLEY_TEST_SOAK"

// soakSeedVariable is the seed of its faults.
const soakSeedVariable = "VOLLEY_TEST_SOAK_SEED"

// Nodes that live long hold no more at the end of many runs, to which all kinds of
// things have happened, than after a few; and each run gives the hashes of the local
// one.
func TestSoak(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: what a process holds is read from Linux's /proc")
	}
	lasts, long := 10*time.Second, false
	if text := os.Getenv(soakVariable); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d < time.Minute {
			t.Fatalf("%s=%s: expected at least 1m", soakVariable, text)
		}
		lasts, long = d, true
	}
	seed := uint64(1)
	if text := os.Getenv(soakSeedVariable); text != "" {
		if _, err := fmt.Sscan(text, &seed); err != nil {
			t.Fatalf("%s=%s: %v", soakSeedVariable, text, err)
		}
	}
	var tasks [][]task
	want := map[string]string{}
	seconds := []int{4}
	if long {
		seconds = []int{1, 12}
	}
	for _, s := range seconds {
		var all []task
		for _, k := range []task{
			{"ssdp-volleys", []string{"example:ssdp-volleys", "--set", "sensors=100", "--set", "members=20", "--set", "k=1"}},
			{"brunel", []string{"example:brunel", "--set", "scale=0.05", "--set", "discard=0 ms"}},
			recorded(t, "1 s"),
		} {
			k = task{fmt.Sprintf("%s of %d s", k.name, s), append(k.args, "--duration", fmt.Sprint(s, "s"))}
			want[k.name] = local(t, k)
			all = append(all, k)
		}
		tasks = append(tasks, all)
	}
	t.Run("nodes", func(t *testing.T) { // returns when both have
		for n, served := range []bool{false, true} {
			name := map[bool]string{false: "each with a NATS server", true: "on one NATS server"}[served]
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := &soak{t: t, served: served, long: long, chance: rand.New(rand.NewPCG(seed, uint64(n))), tasks: tasks, slow: true, want: want}
				s.start(2 + n)
				s.last(lasts)
			})
		}
	})
}

// soak is nodes that live long, and what happens to them.
type soak struct {
	t      *testing.T
	long   bool // else few kinds of things happen, and nothing is waited for
	served bool // the nodes are on one NATS server, by lines that break; else each has one
	chance *rand.Rand
	tasks  [][]task          // short ones, and long ones
	slow   bool              // the machine is busy with others: take short ones
	want   map[string]string // directories of the local runs, by task

	dir     string
	at      string // says which cluster
	lasting []*soakNode
	brief   *soakNode // comes and goes; nil while there is none
	briefs  int       // so far
	server  *nats.Server
	runs    int
	wrong   int // runs that did not end as they should have
	refused int // runs that did not begin, since no node answered in time
	tries   int // of starting nodes, in vain
	points  []point
}

// soakNode is a node of a soak.
type soakNode struct {
	*process
	name  string
	pages string // URL
	line  *chaos.Proxy
}

// start starts the server, and the nodes that last.
func (s *soak) start(nodes int) {
	s.dir = s.t.TempDir()
	if err := os.Mkdir(filepath.Join(s.dir, "tmp"), 0o777); err != nil {
		s.t.Fatal(err)
	}
	if s.served {
		s.startServer("127.0.0.1:0")
		s.at = s.server.ClientURL()
		s.t.Cleanup(func() { s.server.Shutdown() })
	}
	for k := range nodes {
		n := s.startNode(fmt.Sprintf("m%d", k+1))
		s.lasting = append(s.lasting, n)
		if k == 0 && !s.served {
			s.at = strings.TrimSpace(n.await(s.t, " is ready at "))
		}
		s.t.Logf("node %s, process %d, pages at %s", n.name, n.Process.Pid, n.pages)
	}
}

func (s *soak) startServer(listen string) {
	var err error
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if s.server, err = nats.Start(nats.ServerOptions{Listen: listen}); err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal(err)
		}
	}
}

// startNode starts a node, and returns when it is ready. One that does not come to that
// in time, on a machine that does much else, is started anew, as who runs nodes would.
func (s *soak) startNode(name string) *soakNode {
	s.t.Helper()
	for deadline := time.Now().Add(soakPatience); ; s.tries++ {
		n := s.tryNode(name)
		for !strings.Contains(n.said.String(), "metrics are at ") && time.Now().Before(deadline) && !n.gone() {
			time.Sleep(20 * time.Millisecond)
		}
		if !n.gone() {
			n.pages = strings.TrimSuffix(n.await(s.t, "metrics are at "), "/metrics")
			return n
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("node %s does not start: %s", name, n.said)
		}
	}
}

// gone reports whether a node has ended.
func (n *soakNode) gone() bool {
	select {
	case <-n.exited:
		return true
	default:
		return false
	}
}

func (s *soak) tryNode(name string) *soakNode {
	s.t.Helper()
	n := &soakNode{name: name}
	args := []string{"node", "--name", name, "--threads", "1", "--until-eof", "--dir", filepath.Join(s.dir, "nodes", name), "--store", filepath.Join(s.dir, "store"), "--http", "127.0.0.1:0"}
	switch {
	case s.served:
		line, err := chaos.NewProxy(strings.TrimPrefix(s.server.ClientURL(), "nats://"), chaos.Weather{})
		if err != nil {
			s.t.Fatal(err)
		}
		n.line = line
		args = append(args, "--nats", "nats://"+line.Address())
	case s.at != "":
		args = append(args, "--join", s.at)
	default:
		args = append(args, "--listen", "127.0.0.1:0")
	}
	n.process = start(s.t, "node "+name, s.command(args...))
	return n
}

// end ends a node that is not to last, or has been ended already.
func (s *soak) endBrief() {
	if s.brief == nil {
		return
	}
	s.brief.end()
	if s.brief.line != nil {
		s.brief.line.Close()
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "nodes", s.brief.name)); err != nil {
		s.t.Error(err)
	}
	s.brief = nil
}

// newBrief starts a node that is not to last. It is the first that is asked to
// coordinate runs, or the last.
func (s *soak) newBrief(first bool) {
	s.endBrief()
	s.briefs++
	s.brief = s.startNode(fmt.Sprintf("%s%d", map[bool]string{true: "a", false: "z"}[first], s.briefs))
}

// last lets runs run, and things happen to them, for some time.
func (s *soak) last(d time.Duration) {
	began := time.Now()
	deck := s.kinds()
	for k := range s.lasting[1:] { // each coordinates once, with what it takes for that
		if s.long {
			s.occupied(s.lasting[:k+1])
		}
	}
	for k := range deck { // all kinds once, so that what is kept for later is there
		s.round(&deck[k])
	}
	s.measure(began, true)
	warm := time.Since(began)
	until := time.Now().Add(d)
	if s.long {
		until = began.Add(d)
	}
	every := max(time.Until(until)/24, 20*time.Second)
	for measured := time.Now(); time.Now().Before(until); {
		s.chance.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		for k := range deck {
			if time.Now().After(until) {
				break
			}
			s.round(&deck[k])
			if s.long && time.Since(measured) > every {
				s.measure(began, false)
				measured = time.Now()
			}
		}
	}
	s.measure(began, true)
	s.t.Logf("%d runs in %v, the first %v of them to warm up; %d nodes came and went, and %d did not start in time; %d runs were refused, since no node answered in time; %d did not end as they should have",
		s.runs, time.Since(began).Round(time.Second), warm.Round(time.Second), s.briefs, s.tries, s.refused, s.wrong)
	s.judge()
}
