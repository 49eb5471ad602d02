package kernel

import (
	"strings"
	"testing"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/snn/delivery"
	"github.com/volley-snn/volley/snn/model"
)

// A network that does not fit is made procedural as far as its rules allow, largest
// projection first; what the model fixes stays.
func TestFit(t *testing.T) {
	m, err := model.Load(examples.Files, "brunel.yaml", model.Options{Set: []string{
		"constant=1", "projections.E_E={source: E, target: E, rule: pairwise_bernoulli, p: 0.1, weight: 50 pA, delay: 1.5 ms}",
		"projections.E_I={source: E, target: I, rule: pairwise_bernoulli, p: 0.1, weight: 50 pA, delay: 1.5 ms}",
		"projections.I_E={source: I, target: E, rule: pairwise_bernoulli, p: 0.1, weight: -250 pA, delay: 1.5 ms, layout: list}",
	}})
	if err != nil {
		t.Fatal(err)
	}
	layouts := func(limit func(stored int64) int64) (all []delivery.Layout, left, stored int64) {
		n, err := Compile(m, examples.Files)
		if err != nil {
			t.Fatal(err)
		}
		stored = n.Estimate(2).Bytes
		left = n.Fit(limit(stored), 2, "so much is there").Bytes
		for _, p := range n.Projections {
			all = append(all, p.Layout.Layout)
			if told := strings.Contains(p.Layout.Reason, "so much is there"); told != (p.Layout.Layout == delivery.Procedural) {
				t.Errorf("%s: %s, because %s", p.Name, p.Layout.Layout, p.Layout.Reason)
			}
		}
		return all, left, stored
	}
	const bitmap, list, procedural = delivery.Bitmap, delivery.List, delivery.Procedural
	for _, c := range []struct {
		name  string
		limit func(int64) int64
		want  [4]delivery.Layout
	}{
		{"enough", func(s int64) int64 { return s }, [4]delivery.Layout{bitmap, bitmap, list, bitmap}},
		{"a little less", func(s int64) int64 { return s - 1 }, [4]delivery.Layout{procedural, bitmap, list, bitmap}},
		{"nothing", func(int64) int64 { return 1 }, [4]delivery.Layout{procedural, procedural, list, bitmap}},
	} {
		got, left, stored := layouts(c.limit)
		if [4]delivery.Layout(got) != c.want || left > stored || c.name == "a little less" && left >= stored {
			t.Errorf("%s: %v, %d of %d bytes; expected %v", c.name, got, left, stored, c.want)
		}
	}
}
