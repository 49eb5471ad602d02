package e2e

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus/bustest"
)

// Nodes on hosts of their own that reach the servers by lines which delay, slice and
// break, and whose messages are lost, repeated and turned round besides, write the
// files of the local run.
func TestBadLinesAndABadBus(t *testing.T) {
	arrangements, tasks := []arrangement{{3, 1}}, []task{recorded(t, "2 s")}
	if os.Getenv(matrixVariable) != "" {
		arrangements = []arrangement{{2, 1}, {3, 1}, {5, 1}, {3, 3}, {5, 2}}
		tasks = append(tasks, examples(t)...)
	}
	want := map[string]string{}
	for k := range tasks {
		if tasks[k].name == "microcircuit" { // its steps are of 0.1 ms, and each waits for the lines
			tasks[k].args = append(tasks[k].args, "--set", "duration=150 ms")
		}
	}
	for _, k := range tasks {
		want[k.name] = local(t, k)
	}
	for n, a := range arrangements {
		t.Run(a.String(), func(t *testing.T) {
			lines := map[[2]int]*bustest.Proxy{}
			c := newCluster(t, a, func(c *cluster, node, server int) string {
				p := bustest.NewProxy(t, strings.TrimPrefix(c.urls[server], "tls://"), bustest.Weather{Listen: c.gateway + ":0",
					Delay: 200 * time.Microsecond, Jitter: 300 * time.Microsecond, SliceBytes: 3000, Seed: uint64(100*n + 10*node + server)})
				lines[[2]int{node, server}] = p
				return "tls://" + p.Address()
			}, "--disturb", fmt.Sprintf("seed=%d,drop=0.01,duplicate=0.02,reorder=0.02,delay=0.02", n+1))
			breaks := 0
			for _, k := range tasks {
				t.Run(k.name, func(t *testing.T) {
					over := make(chan struct{})
					var breaking sync.WaitGroup
					breaking.Go(func() {
						for node := 0; ; node++ {
							select {
							case <-over:
								return
							case <-time.After(1500 * time.Millisecond):
							}
							for server := range a.servers {
								breaks += lines[[2]int{node % a.nodes, server}].Reset()
							}
						}
					})
					got := c.run(t, k)
					close(over)
					breaking.Wait()
					same(t, got, want[k.name])
				})
			}
			if t.Logf("%d connections were broken", breaks); breaks == 0 {
				t.Error("no line was broken")
			}
		})
	}
}
