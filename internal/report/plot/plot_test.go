package plot

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn"
)

// made is a run of two populations, one partly recorded, and its spikes.
func made(t *testing.T) (*record.Run, string, []record.Spike) {
	t.Helper()
	run := &record.Run{DtMs: 0.1, DurationMs: 950, DiscardMs: 100, Populations: []record.Population{
		{Name: "E", Model: "iaf_psc_exp", First: 0, End: 400}, {Name: "I", Model: "iaf_psc_exp", First: 400, End: 450}},
		Recorded: []record.Recording{{First: 50, End: 150, StartMs: 0, StopMs: 950}, {First: 100, End: 350, StartMs: 0, StopMs: 950}, {First: 400, End: 450, StartMs: 200, StopMs: 700}}}
	dir := t.TempDir()
	d, err := record.Create(dir, record.Options{})
	must(t, err)
	w, err := d.Spikes(run.Populations, run.DtMs)
	must(t, err)
	chance := rand.New(rand.NewPCG(1, 1))
	clock := record.NewClock(run.DtMs)
	var spikes []record.Spike
	for tick := snn.Tick(1); tick <= 9500; tick++ {
		var gids []snn.GID
		for range chance.IntN(5) {
			g := snn.GID(chance.IntN(450))
			in := g >= 50 && g < 350 || g >= 400 && tick > 2000 && tick <= 7000
			if in && !slices.Contains(gids, g) {
				gids = append(gids, g)
			}
		}
		slices.Sort(gids)
		for _, g := range gids {
			spikes = append(spikes, record.Spike{TimeMs: clock.Ms(tick), GID: uint64(g)})
		}
		must(t, w.Append(tick, gids))
	}
	must(t, d.Finish(run, &record.Summary{}))
	return run, dir, spikes
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T) (*Data, *record.Run, []record.Spike) {
	t.Helper()
	run, dir, spikes := made(t)
	d, err := Load(dir, run, run.DurationMs)
	must(t, err)
	return d, run, spikes
}

func TestRatesCountEverySpike(t *testing.T) {
	d, _, spikes := load(t)
	want := [2][]int64{make([]int64, len(d.Rates.Counts[0])), make([]int64, len(d.Rates.Counts[0]))}
	for _, s := range spikes {
		group := 0
		if s.GID >= 400 {
			group = 1
		}
		tick := int(math.Round(s.TimeMs * 10))
		want[group][(tick-1)/int(math.Round(d.Rates.BinMs*10))]++
	}
	for g := range want {
		if !slices.Equal(d.Rates.Counts[g], want[g]) {
			t.Errorf("population %d: rates differ from a plain count", g)
		}
	}
	if d.Rates.Neurons[0] != nil {
		t.Error("neurons of E by bin, which were always the same")
	}
	for k, n := range d.Rates.Neurons[1] {
		want := 0.0
		if at := float64(k) * d.Rates.BinMs; at >= 200 && at < 700 {
			want = 50
		}
		if n != want {
			t.Fatalf("%g neurons of I were recorded in bin %d, expected %g", n, k, want)
		}
	}
}

// A raster that is a sample has all spikes of evenly spaced neurons.
func TestRasterSamplesNeurons(t *testing.T) {
	covers := []coverage{{ranges: []snn.Range{{First: 0, End: 1000}}, neurons: 1000}, {ranges: []snn.Range{{First: 1000, End: 1010}}, neurons: 10}}
	for _, total := range []int64{100, 2 * maxRasterSpikes, 100 * maxRasterSpikes} {
		s := newSampler(covers, total, []int64{total * 99 / 100, total / 100})
		var want [][2]uint64
		shown := [2][]int64{}
		for g := range covers {
			for k := range s.shown[g] {
				shown[g] = append(shown[g], int64(math.Ceil(float64(k)*float64(covers[g].neurons)/float64(s.shown[g]))))
			}
		}
		chance := rand.New(rand.NewPCG(uint64(total), 2))
		seen := int64(0)
		for tick := snn.Tick(0); tick < 4000; tick += 1 + snn.Tick(chance.IntN(300)*chance.IntN(2)) {
			g := chance.IntN(2)
			neuron := chance.Int64N(covers[g].neurons)
			s.add(g, neuron, tick)
			if k := slices.Index(shown[g], neuron); k >= 0 {
				if seen++; seen%s.thin == 0 {
					want = append(want, [2]uint64{uint64(tick), uint64(s.firstRow[g]) + uint64(k)})
				}
			}
		}
		var got [][2]uint64
		raw, err := base64.StdEncoding.DecodeString(s.raster(total).Spikes)
		must(t, err)
		tick := uint64(0)
		for len(raw) > 0 {
			step, n := binary.Uvarint(raw)
			row, m := binary.Uvarint(raw[n:])
			raw = raw[n+m:]
			tick += step
			got = append(got, [2]uint64{tick, row})
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("of %d spikes: %d are shown, expected %d, or others", total, len(got), len(want))
		}
	}
}

func TestIntervalsAgainstPlainCount(t *testing.T) {
	d, run, spikes := load(t)
	last := map[uint64]int{}
	count := map[uint64]int{}
	want := [2][]int64{make([]int64, len(d.Intervals.Counts[0])), make([]int64, len(d.Intervals.Counts[0]))}
	for _, s := range spikes {
		tick := int(math.Round(s.TimeMs * 10))
		if s.TimeMs <= run.DiscardMs {
			continue
		}
		group := 0
		if s.GID >= 400 {
			group = 1
		}
		if before, fired := last[s.GID]; fired {
			ms := float64(tick-before) / 10
			k := slices.IndexFunc(d.Intervals.EdgesMs, func(edge float64) bool { return edge > ms }) - 1
			if k < 0 {
				t.Fatalf("an interval of %g ms lies outside the bins", ms)
			}
			want[group][k]++
		}
		last[s.GID] = tick
		count[s.GID]++
	}
	for g := range want {
		if !slices.Equal(d.Intervals.Counts[g], want[g]) {
			t.Errorf("population %d: %v, expected %v", g, d.Intervals.Counts[g], want[g])
		}
	}
	for g, own := range d.Firing.Groups {
		seconds := []float64{0.85, 0.5}[g]
		rates := make([]int64, len(own.Counts))
		silent := int64(0)
		for gid := []uint64{50, 400}[g]; gid < []uint64{350, 450}[g]; gid++ {
			if count[gid] == 0 {
				silent++
			}
			rates[int(float64(count[gid])/seconds/own.WidthHz+1e-9)]++
		}
		if !slices.Equal(rates, own.Counts) || silent != own.Silent {
			t.Errorf("population %d: rates %v, %d silent, expected %v, %d", g, own.Counts, own.Silent, rates, silent)
		}
	}
}

func TestCoverageAgainstSets(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		run := &record.Run{DtMs: 1, Populations: []record.Population{{First: 10, End: 40}}, Recorded: []record.Recording{}}
		for range chance.IntN(5) {
			first, start := chance.IntN(50), chance.IntN(90)
			run.Recorded = append(run.Recorded, record.Recording{First: snn.GID(first), End: snn.GID(first + chance.IntN(20)), StartMs: float64(start), StopMs: float64(start + chance.IntN(40))})
		}
		c := coverages(run, 100)[0]
		exposed, index := 0.0, int64(0)
		for gid := snn.GID(0); gid < 60; gid++ {
			ever := false
			for ms := range 100 {
				in := slices.ContainsFunc(run.Recorded, func(r record.Recording) bool {
					return gid >= 10 && gid < 40 && gid >= r.First && gid < r.End && float64(ms) >= r.StartMs && float64(ms) < r.StopMs
				})
				ever = ever || in
				if in && ms >= 20 && ms < 70 {
					exposed++
				}
			}
			want := int64(-1)
			if ever {
				want = index
				index++
			}
			if got := c.index(gid); got != want {
				t.Fatalf("%+v: GID %d has index %d, expected %d", run.Recorded, gid, got, want)
			}
		}
		if got := c.at(20, 70); math.Abs(got-exposed/50) > 1e-9 || c.neurons != index {
			t.Fatalf("%+v: %g neurons on average and %d in all, expected %g and %d", run.Recorded, got, c.neurons, exposed/50, index)
		}
	}
}

// A trace that is cut down keeps the least and the greatest value of each stretch.
func TestTraceKeepsExtremes(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 4))
	one := &trace{each: 7}
	var values []float64
	for k := range 700 {
		v := chance.NormFloat64()
		values = append(values, v)
		one.add(float64(k), v)
	}
	if len(one.values) != 200 || !slices.IsSorted(one.times) {
		t.Fatalf("%d points, expected 200 in order of time", len(one.values))
	}
	for k := range 100 {
		stretch := values[7*k : 7*k+7]
		a, b := one.values[2*k], one.values[2*k+1]
		if min(a, b) != slices.Min(stretch) || max(a, b) != slices.Max(stretch) {
			t.Fatalf("stretch %d shows %g and %g of %v", k, a, b, stretch)
		}
		for _, j := range []int{2 * k, 2*k + 1} {
			if values[int(one.times[j])] != one.values[j] {
				t.Fatalf("value %g at %g ms, where it was %g", one.values[j], one.times[j], values[int(one.times[j])])
			}
		}
	}
}

func TestEvenTimesAreTwoNumbers(t *testing.T) {
	var even, odd Series
	even.setTimes([]float64{20, 40, 60, 80})
	odd.setTimes([]float64{20, 40, 61, 80})
	if even.TimesMs != nil || even.StartMs != 20 || even.StepMs != 20 || odd.TimesMs == nil {
		t.Errorf("%+v and %+v", even, odd)
	}
}

func TestWeightHistogramsAreMergedAndChecked(t *testing.T) {
	h := record.WeightHistogram{Edges: []float64{0}}
	for k := range 1000 {
		h.Edges = append(h.Edges, float64(k+1))
		h.Before, h.After = append(h.Before, 1), append(h.After, int64(k))
	}
	broken := h
	broken.Edges = broken.Edges[1:]
	got := weights([]record.WeightHistogram{broken, h})
	if len(got) != 1 || len(got[0].After) > maxBins || sum(got[0].After) != 999*500 || sum(got[0].Before) != 1000 || got[0].Edges[len(got[0].Edges)-1] != 1000 {
		t.Errorf("%+v", got)
	}
}
