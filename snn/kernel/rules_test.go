package kernel

import (
	"testing"

	"github.com/volley-snn/volley/snn/model"
)

// Rules that count from the sources make the same network under every cut too.
func TestCutChangesNoRule(t *testing.T) {
	for name, set := range map[string]func(p *model.Projection, degree, sources int){
		"outdegree":               func(p *model.Projection, k, _ int) { p.Rule, p.Outdegree = "fixed_outdegree", k },
		"outdegree, no multapses": func(p *model.Projection, k, _ int) { p.Rule, p.Outdegree, p.Multapses = "fixed_outdegree", k, false },
		"total number":            func(p *model.Projection, k, n int) { p.Rule, p.N = "fixed_total_number", k*n },
		"total number, no autapses": func(p *model.Projection, k, n int) {
			p.Rule, p.N, p.Autapses, p.Multapses = "fixed_total_number", k*n, false, false
		},
	} {
		m := brunel(20)
		for i := range m.Projections {
			p := &m.Projections[i]
			set(p, p.Indegree, 250)
		}
		n := compile(t, m, ".")
		want := simulate(t, n, 1)
		if len(want) < 100 {
			t.Fatalf("%s: only %d spikes, so little is compared", name, len(want))
		}
		for _, parts := range []int{2, 7} {
			if got := simulate(t, n, parts); hash(got) != hash(want) {
				t.Errorf("%s: %d partitions give %s, one gives %s", name, parts, hash(got), hash(want))
			}
		}
	}
}
