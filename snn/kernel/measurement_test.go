package kernel

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/input"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/synchrony"
)

// measured is brunel's network with drawn delays, and a slow input.
func measured() *model.Model {
	m := brunel(20)
	m.Duration = 200
	m.Inputs = []model.Input{{Name: "in", Model: "poisson", Size: 40, Rate: constant(30)}}
	m.Projections[0].Delay.Dist = random.Distribution{Kind: random.Uniform, A: 0.5, B: 4}
	m.Projections = append(m.Projections, model.Projection{Name: "in_E", Source: "in", Target: "E", Rule: "all_to_all", Weight: constant(20), Delay: constant(2)})
	m.Synchrony = []model.Synchrony{
		{Name: "E", Population: "E", Window: 20, Bins: 10, Sigma: 2, Span: 100},
		{Name: "quick", Population: "E", Window: 0.7, Bins: 3, Sigma: 2, Span: 100}, // windows end within steps
		{Name: "in", Population: "in", Window: 33, Bins: 10, Sigma: 5, Span: 100},
		{Name: "E_E", Projection: "E_E", Window: 20, Sigma: 2},
		{Name: "in_E", Projection: "in_E", Window: 25, Sigma: 2},
	}
	return m
}

// run steps a network cut into parts, trials one after the other where there are
// any, and returns its spikes and what the windows summed up to, in order of end
// and number.
func run(t *testing.T, n *Network, parts int, trials ...*Trial) (spikes []spike, windows []Aggregate) {
	t.Helper()
	var ps []*Partition
	for k := range parts {
		p, err := Build(n, snn.Range{First: snn.GID(k * n.Size() / parts), End: snn.GID((k + 1) * n.Size() / parts)})
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	var batches []*Batch
	var sums []Aggregate
	until := n.End
	if len(trials) > 0 {
		until = trials[len(trials)-1].End
	}
	var trial *Trial
	for now := snn.Tick(0); now < until; {
		var begins *Trial
		if len(trials) > 0 && trials[0].Start == now {
			begins, trial, trials = trials[0], trials[0], trials[1:]
		}
		to := n.Boundary(now, trial)
		var next []*Batch
		var shares []Share
		for _, p := range ps {
			out := p.Step(Input{To: to, Spikes: batches, Aggregates: sums, Trial: begins})
			next = append(next, out.Spikes)
			shares = append(shares, out.Shares...)
		}
		for k := range int(to - now) {
			for _, b := range next {
				for _, g := range b.At(k) {
					spikes = append(spikes, spike{now + 1 + snn.Tick(k), g})
				}
			}
		}
		sums = Sum(shares)
		windows = append(windows, sums...)
		batches, now = next, to
	}
	slices.SortFunc(windows, func(a, b Aggregate) int { return cmp.Or(cmp.Compare(a.End, b.End), a.Measure-b.Measure) })
	return spikes, windows
}

func TestMeasuringIsTheSameForEveryCutAndChangesNoSpike(t *testing.T) {
	n := compile(t, measured(), ".")
	spikes, windows := run(t, n, 1)
	want := fmt.Sprint(windows)
	for _, parts := range []int{2, 3, 7, 40} {
		s, w := run(t, n, parts)
		if hash(s) != hash(spikes) {
			t.Errorf("%d partitions: %s, one gives %s", parts, hash(s), hash(spikes))
		}
		if got := fmt.Sprint(w); got != want {
			t.Errorf("%d partitions count other windows than one", parts)
		}
	}
	n.measures = nil
	if s, _ := run(t, n, 2); hash(s) != hash(spikes) {
		t.Errorf("unmeasured: %s, measured %s", hash(s), hash(spikes))
	}
}

// The counts are those of the spikes that came out, counted after the run.
func TestMeasuringCountsWhatFired(t *testing.T) {
	n := compile(t, measured(), ".")
	spikes, windows := run(t, n, 3)
	compare(t, n, spikes, windows, []snn.Tick{0}, n.End)
}

// Windows start with each trial, and one that a trial cuts short does not count.
func TestWindowsAlignWithTrials(t *testing.T) {
	n := compile(t, measured(), ".")
	var trials []*Trial
	for k := range 4 {
		start := snn.Tick(k) * 457
		trials = append(trials, &Trial{Trial: input.Trial{Start: start, PresentTicks: 400}, End: start + 457})
	}
	spikes, windows := run(t, n, 3, trials...)
	compare(t, n, spikes, windows, []snn.Tick{0, 457, 914, 1371}, 1828)
	if _, one := run(t, n, 1, trials...); fmt.Sprint(one) != fmt.Sprint(windows) {
		t.Error("one partition counts other windows than three")
	}
}

// compare counts the windows that lie in the spans from each start to the next,
// and the last to end, from a list of spikes.
func compare(t *testing.T, n *Network, spikes []spike, windows []Aggregate, starts []snn.Tick, end snn.Tick) {
	t.Helper()
	byTick := map[snn.Tick][]snn.GID{}
	for _, s := range spikes {
		byTick[s.tick] = append(byTick[s.tick], s.gid)
	}
	at := func(tick snn.Tick, p *Population) (local []uint32) {
		for _, g := range byTick[tick] {
			if p.Range.Contains(g) {
				local = append(local, uint32(g-p.Range.First))
			}
		}
		return local
	}
	for number, m := range n.measures {
		group, pair := (*synchrony.PopulationCounter)(nil), (*synchrony.ProjectionCounter)(nil)
		size := 0
		if m.group != nil {
			group, size = m.group.NewCounter(m.Population.Size()), m.group.Len()
		} else {
			pair, size = m.pair.NewCounter(m.Projection.Source.Size(), m.Projection.Target.Size()), m.pair.Len()
		}
		seen, busy := 0, false
		for k, start := range starts {
			until := end
			if k+1 < len(starts) {
				until = starts[k+1]
			}
			for from := start; from+m.WindowTicks() <= until; from += m.WindowTicks() {
				want := make([]int64, size)
				for tick := 1; tick <= int(m.WindowTicks()); tick++ {
					if group != nil {
						group.Spikes(tick, at(from+snn.Tick(tick), m.Population))
					} else {
						pair.Sources(tick, at(from+snn.Tick(tick)-m.Projection.meanDelay(n.DtMs), m.Projection.Source))
						pair.Targets(tick, at(from+snn.Tick(tick), m.Projection.Target))
					}
				}
				if group != nil {
					group.Close(want)
				} else {
					pair.Close(want)
				}
				i := slices.IndexFunc(windows, func(a Aggregate) bool { return a.Measure == number && a.Window == seen })
				if i < 0 {
					t.Fatalf("%s: window %d is missing", m.Name, seen)
				}
				if windows[i].End != from+m.WindowTicks() || !slices.Equal(windows[i].Counts, want) {
					t.Fatalf("%s: window %d ends at %d with %v, expected %d with %v", m.Name, seen, windows[i].End, windows[i].Counts, from+m.WindowTicks(), want)
				}
				busy = busy || want[0] > 0
				seen++
			}
		}
		if seen < 4 || !busy {
			t.Errorf("%s: %d windows, so little is compared", m.Name, seen)
		}
		if slices.ContainsFunc(windows, func(a Aggregate) bool { return a.Measure == number && a.Window >= seen }) {
			t.Errorf("%s: more than the expected %d windows", m.Name, seen)
		}
	}
}

func TestEveryPopulationIsMeasuredWhereNothingIsAsked(t *testing.T) {
	m := measured()
	m.Synchrony = nil
	n := compile(t, m, ".")
	if len(n.measures) != 3 || n.Measurement(2).Name != "in" || n.Measurement(0).WindowTicks() != 200 {
		t.Errorf("%d measurements", len(n.measures))
	}
}

func BenchmarkMeasuring(b *testing.B) {
	for _, measures := range []bool{true, false} {
		b.Run(fmt.Sprint(measures), func(b *testing.B) {
			n := compile(b, brunel(1), ".")
			if !measures {
				n.measures = nil
			}
			p, err := Build(n, snn.Range{End: snn.GID(n.Size())})
			if err != nil {
				b.Fatal(err)
			}
			var batches []*Batch
			for b.Loop() {
				for end := p.Now() + 1000; p.Now() < end; {
					out := p.Step(Input{To: min(p.Now()+n.Interval, end), Spikes: batches})
					batches = []*Batch{out.Spikes}
				}
			}
		})
	}
}
