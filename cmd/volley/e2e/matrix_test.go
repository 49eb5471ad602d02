package e2e

import (
	"os"
	"testing"
)

// Each example gives the files of its local run on any number of nodes, each on a
// host of its own, with a NATS server in each node or on 1 to 3 servers beside them.
func TestExamplesOnHosts(t *testing.T) {
	arrangements := []arrangement{{2, 0}, {3, 3}}
	if os.Getenv(matrixVariable) != "" {
		arrangements = nil
		for _, nodes := range []int{1, 2, 3, 5} {
			for servers := range 4 {
				arrangements = append(arrangements, arrangement{nodes, servers})
			}
		}
	}
	want, tasks := map[string]string{}, append(examples(t), recorded(t, "500 ms"))
	for _, k := range tasks {
		want[k.name] = local(t, k)
	}
	for _, a := range arrangements {
		t.Run(a.String(), func(t *testing.T) {
			c := newCluster(t, a, nil)
			for _, k := range tasks {
				t.Run(k.name, func(t *testing.T) { same(t, c.run(t, k), want[k.name]) })
			}
		})
	}
}
