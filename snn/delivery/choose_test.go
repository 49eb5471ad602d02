package delivery

import (
	"strings"
	"testing"

	"github.com/volley-snn/volley/snn/connect"
)

func TestChoose(t *testing.T) {
	one := Traits{Sources: 10_000, Targets: 10_000, Delays: 1, OneWeight: true, WeightBits: 24}
	with := func(change func(*Traits)) Traits {
		t := one
		change(&t)
		return t
	}
	for _, c := range []struct {
		asked  Layout
		traits Traits
		want   Layout
		says   string // in the reason, or in the refusal where want is ""
	}{
		{Auto, with(func(t *Traits) { t.Synapses = 1e7 }), Bitmap, "10 % of the pairs"},
		{"", with(func(t *Traits) { t.Synapses = 1e7 }), Bitmap, "least memory"},
		{Auto, with(func(t *Traits) { t.Synapses = 4e6 }), Bitmap, "least time"},
		{Auto, with(func(t *Traits) { t.Synapses = 4e8; t.Sources, t.Targets = 100_000, 100_000 }), List, "4 % of the pairs"},
		{Auto, with(func(t *Traits) { t.Synapses = 1e6 }), List, "1 % of the pairs"},
		{Auto, with(func(t *Traits) { t.Synapses = 1e7; t.Delays = 30 }), List, "30 delays"},
		{Auto, with(func(t *Traits) { t.Synapses = 1e7; t.OneWeight = false }), Packed, "weights of their own"},
		{List, with(func(t *Traits) { t.Synapses = 1e7 }), List, "asks for it"},
		{Packed, with(func(t *Traits) { t.Synapses = 1e7 }), Packed, "asks for it"},
		{Procedural, with(func(t *Traits) { t.BySource = true }), Procedural, "asks for it"},
		{Procedural, one, "", "pairwise_bernoulli"},
		{Procedural, with(func(t *Traits) { t.BySource, t.Delays = true, 2 }), "", "one delay"},
		{Bitmap, with(func(t *Traits) { t.Delays = 2 }), "", "one delay"},
		{Bitmap, with(func(t *Traits) { t.OneWeight = false }), "", "one weight"},
		{List, with(func(t *Traits) { t.OneWeight = false }), "", "one weight"},
		{Auto, Traits{}, Packed, ""},
	} {
		got, err := Choose(c.asked, c.traits)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q of %+v was not refused", c.asked, c.traits)
		case c.want == "":
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q was refused because %q, expected a word of %q", c.asked, err, c.says)
			}
		case err != nil || got.Layout != c.want || !strings.Contains(got.Reason, c.says):
			t.Errorf("%q of %+v: %+v, %v; expected %s and %q", c.asked, c.traits, got, err, c.want, c.says)
		}
	}
}

// What Choose expects is what Build takes, within a few percent.
func TestBytesAreWhatIsBuilt(t *testing.T) {
	const n, k = 3000, 600
	for _, c := range kinds() {
		if c.drops || c.layout == Procedural || c.delays > 9 {
			continue
		}
		p := Part{Rule: connect.FixedIndegree{Indegree: k, Switches: connect.Switches{Multapses: true}}, Space: connect.Space{Sources: n, Targets: n}, Key: 3, Hi: n, Offset: 40_000}
		if c.weights > 0 || c.delays > 1 {
			p.Draw = draw(5, c.weights, c.delays, 1, false)
		}
		b, err := Build(Config{Layout: c.layout, Sources: n, Delays: c.delays, WeightBits: c.bits, Weight: 1, Parts: []Part{p}})
		if err != nil {
			t.Fatal(err)
		}
		got := b.Size().Bytes
		want := Bytes(c.layout, Traits{Sources: n, Targets: n, Synapses: n * k, Delays: c.delays, OneWeight: c.weights == 0, Multapses: true, WeightBits: c.bits})
		if f := float64(got) / float64(want); f < 0.95 || f > 1.05 {
			t.Errorf("%+v: %d bytes were expected, the block takes %d", c, want, got)
		}
	}
}
