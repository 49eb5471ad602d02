package e2e

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// held is something that a node, or what it shares with others, holds on to.
type held struct {
	name   string
	metric string  // of a node; "" for what is counted otherwise
	unit   float64 // that it is shown in
	share  float64 // by which it may have grown at the end,
	more   float64 // and how much beside
	most   float64 // that there may be in any case
}

// helds are all, in the order of tables. What is exact at rest may not grow at all; the
// rest depends on when the collector ran, and on timers and connections of the moment.
var helds = []held{
	{"heap MiB", "go_memstats_heap_alloc_bytes", 1 << 20, 0.10, 1.5, 0},
	{"RSS MiB", "process_resident_memory_bytes", 1 << 20, 0.20, 12, 0},
	{"goroutines", "go_goroutines", 1, 0, 4, 0},
	{"descriptors", "process_open_fds", 1, 0, 4, 0},
	{"subscriptions", "volley_bus_subscriptions", 1, 0, 0, 0},
	{"server's subscriptions", "volley_server_subscriptions", 1, 0, 0, 0},
	{"server's connections", "volley_server_connections", 1, 0, 0, 0},
	{"server's routes", "volley_server_routes", 1, 0, 0, 0},
	{"servers dialled", "volley_server_routes_dialled", 1, 0, 0, 0},
	{"shares", "volley_shares", 1, 0, 0, 0},
	{"runs under way", "volley_runs_coordinated", 1, 0, 0, 0},
	{"files in the store", "", 1, 0, 0, 0},
	{"temporary files", "", 1, 0, 0, 0},
	{"runs kept", "", 1, 0, 0, 65}, // a node remembers 64 that are over
	{"other files", "", 1, 0, 0, 0},
}

// profilesVariable names a folder for profiles of what nodes hold.
const profilesVariable = "VOLLEY_TEST_SOAK_PROFILES"

// point is what was held at a moment.
type point struct {
	after time.Duration
	runs  int
	nodes []map[string]float64 // by name of what is held
}

// measure lets the nodes come to rest, with no other node there, and measures. Whole
// waits too until nodes that are gone are forgotten, which takes a minute.
func (s *soak) measure(began time.Time, whole bool) {
	s.t.Helper()
	s.endBrief()
	for deadline := time.Now().Add(soakPatience); !s.atRest(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.fail("the nodes have not come to rest")
			break
		}
	}
	if whole && s.long && !s.served {
		time.Sleep(75 * time.Second)
	}
	time.Sleep(time.Second) // clients that left are noticed
	p := point{after: time.Since(began), runs: s.runs}
	for _, n := range s.lasting {
		p.nodes = append(p.nodes, s.gauge(n))
	}
	s.points = append(s.points, p)
	if dir := os.Getenv(profilesVariable); dir != "" {
		for _, n := range s.lasting {
			path := filepath.Join(dir, fmt.Sprintf("%s-%t-%d", n.name, s.served, len(s.points)))
			if err := os.WriteFile(path, []byte(s.page(n, "/debug/pprof/heap?gc=1")), 0o666); err != nil {
				s.t.Error(err)
			}
		}
	}
	var texts []string
	for _, h := range helds {
		text := h.name
		for _, n := range p.nodes {
			if v, there := n[h.name]; there {
				text += fmt.Sprintf(" %.4g", v)
			}
		}
		texts = append(texts, text)
	}
	s.t.Logf("HELD after %v and %d runs: %s", p.after.Round(time.Second), p.runs, strings.Join(texts, "; "))
}

// atRest reports whether no node has anything left of a run.
func (s *soak) atRest() bool {
	for _, n := range s.lasting {
		m := s.metrics(n)
		if m["volley_shares"] != 0 || m["volley_runs_coordinated"] != 0 {
			return false
		}
	}
	return true
}

// gauge is what a node holds: of several looks the least.
func (s *soak) gauge(n *soakNode) map[string]float64 {
	s.t.Helper()
	least := map[string]float64{}
	for range 5 {
		s.page(n, "/debug/pprof/heap?gc=1")
		m := s.metrics(n)
		for _, h := range helds {
			if v, there := m[h.metric]; there {
				v /= h.unit
				if old, there := least[h.name]; there {
					v = min(v, old)
				}
				least[h.name] = v
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	runs := filepath.Join("nodes", n.name, "runs")
	kept, _ := os.ReadDir(filepath.Join(s.dir, runs))
	least["runs kept"] = float64(len(kept))
	least["other files"] = float64(s.entries(filepath.Join("nodes", n.name)) - s.entries(runs))
	least["files in the store"] = float64(s.entries("store"))
	least["temporary files"] = float64(s.entries("tmp"))
	if s.server != nil {
		st := s.server.Stats()
		least["server's subscriptions"], least["server's connections"] = float64(st.Subscriptions), float64(st.Connections)
	}
	return least
}

// entries counts the files and folders in a folder, at any depth.
func (s *soak) entries(folder string) (n int) {
	_ = filepath.WalkDir(filepath.Join(s.dir, folder), func(string, fs.DirEntry, error) error {
		n++
		return nil
	})
	return n
}

// metrics are those of a node, by name.
func (s *soak) metrics(n *soakNode) map[string]float64 {
	s.t.Helper()
	all := map[string]float64{}
	for _, line := range strings.Split(s.page(n, "/metrics"), "\n") {
		if name, text, ok := strings.Cut(line, " "); ok && !strings.HasPrefix(line, "#") {
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				all[name] = v
			}
		}
	}
	return all
}

// page is a page of a node.
func (s *soak) page(n *soakNode, path string) string {
	s.t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(n.pages + path)
	if err != nil {
		s.t.Fatalf("node %s: %v; it said %s", n.name, err, n.said)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.t.Fatalf("node %s, %s: %s, %v", n.name, path, r.Status, err)
	}
	return string(text)
}

// judge compares what was held after the first runs with what is held at the end, of
// memory the medians of up to three points each, and shows how it went.
func (s *soak) judge() {
	s.t.Helper()
	few := max(1, min(3, len(s.points)/3))
	for k, n := range s.lasting {
		for _, h := range helds {
			var all, early, late []float64
			for _, p := range s.points {
				if v, there := p.nodes[k][h.name]; there {
					all = append(all, v)
				}
			}
			if len(all) == 0 {
				continue
			}
			early, late = slices.Sorted(slices.Values(all[:few])), slices.Sorted(slices.Values(all[len(all)-few:]))
			before, after := early[len(early)/2], late[len(late)/2]
			if h.share == 0 {
				before, after = all[0], all[len(all)-1]
			}
			allowed := max(before*(1+h.share)+h.more, h.most)
			if h.metric == "volley_server_routes_dialled" && !s.long {
				allowed += float64(s.briefs) // which are forgotten after a minute
			}
			s.t.Logf("%s, %s: %.4g, at the end %.4g (allowed %.4g)", n.name, h.name, before, after, allowed)
			if after > allowed {
				s.t.Errorf("%s, %s: %.4g after the first runs, and %.4g at the end; allowed is %.4g; over the soak %.4g", n.name, h.name, before, after, allowed, all)
			}
		}
	}
	if s.t.Failed() {
		_ = filepath.WalkDir(filepath.Join(s.dir, "store"), func(path string, _ fs.DirEntry, _ error) error {
			s.t.Logf("in the store: %s", path)
			return nil
		})
		s.t.Logf("runs: %s", s.volley("runs", "--cluster", s.at).stdout)
		for _, n := range s.lasting {
			s.t.Logf("%s's goroutines: %s", n.name, s.page(n, "/debug/pprof/goroutine?debug=1"))
			s.t.Logf("%s said: %s", n.name, n.said)
		}
	}
}
