package twin_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/protocol"
	"github.com/volley-snn/volley/snn/state"
	"github.com/volley-snn/volley/snn/twin"
)

// shelf keeps the sections of a saved state.
type shelf struct{ sections []state.Section }

func (s *shelf) Room(size int) []byte { return make([]byte, 0, size) }
func (s *shelf) Take(x state.Section) error {
	s.sections = append(s.sections, x)
	return nil
}

// stage steps the partitions of a network, and may be saved and set up anew between
// two steps.
type stage struct {
	t       *testing.T
	n       *kernel.Network
	parts   []*kernel.Partition
	batches []*kernel.Batch
	sums    []kernel.Aggregate
	now     snn.Tick

	spikes  []twin.Spike
	windows []kernel.Aggregate
}

func newStage(t *testing.T, n *kernel.Network, parts int) *stage {
	s := &stage{t: t, n: n}
	s.build(parts)
	return s
}

func (s *stage) build(parts int) {
	s.t.Helper()
	s.parts = nil
	for k := range parts {
		p, err := kernel.Build(s.n, snn.Range{First: snn.GID(k * s.n.Size() / parts), End: snn.GID((k + 1) * s.n.Size() / parts)})
		if err != nil {
			s.t.Fatal(err)
		}
		if p.Range.Len() > 0 {
			s.parts = append(s.parts, p)
		}
	}
}

func (s *stage) step(to snn.Tick, starts *kernel.Trial) {
	var next []*kernel.Batch
	var shares []kernel.Share
	for _, p := range s.parts {
		o := p.Step(kernel.Input{To: to, Spikes: s.batches, Aggregates: s.sums, Trial: starts})
		next, shares = append(next, o.Spikes), append(shares, o.Shares...)
	}
	for k := range int(to - s.now) {
		for _, b := range next {
			for _, g := range b.At(k) {
				s.spikes = append(s.spikes, twin.Spike{Tick: s.now + 1 + snn.Tick(k), GID: g})
			}
		}
	}
	s.batches, s.sums, s.now = next, kernel.Sum(shares), to
	order := slices.SortedFunc(slices.Values(s.sums), func(a, b kernel.Aggregate) int { // which is of the partition that saw it first
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Measure, b.Measure))
	})
	for _, a := range order {
		s.windows = append(s.windows, kernel.Aggregate{Measure: a.Measure, Window: a.Window, End: a.End, Counts: slices.Clone(a.Counts)})
	}
}

func (s *stage) save() []state.Section {
	s.t.Helper()
	var all shelf
	for _, p := range s.parts {
		if err := p.Save(&all); err != nil {
			s.t.Fatal(err)
		}
	}
	return all.sections
}

// restore goes on from a saved state on so many partitions.
func (s *stage) restore(sections []state.Section, parts int) {
	s.t.Helper()
	s.build(parts)
	for k, p := range s.parts {
		r := p.Restore()
		for i := range sections {
			if err := r.Take(sections[(i+7*k)%len(sections)]); err != nil {
				s.t.Fatal(err)
			}
		}
		at, err := r.Finish()
		if err != nil {
			s.t.Fatal(err)
		}
		if at.Now != s.now {
			s.t.Fatalf("restored at tick %d, saved at %d", at.Now, s.now)
		}
		s.batches, s.sums = at.Spikes, nil
	}
}

// run goes through the whole run; between is called between steps.
func (s *stage) run(between func(step int)) outcome {
	step := 0
	advance := func(to snn.Tick, starts *kernel.Trial) {
		if step > 0 {
			between(step)
		}
		s.step(to, starts)
		step++
	}
	if s.n.Protocol == nil {
		for s.now < s.n.End {
			advance(s.n.Boundary(s.now, nil), nil)
		}
	} else {
		c := protocol.NewConductor(s.n.Protocol)
		for trial, more := c.Next(); more; trial, more = c.Next() {
			before := len(s.spikes)
			for starts := &trial; s.now < trial.End; starts = nil {
				advance(s.n.Boundary(s.now, &trial), starts)
			}
			watched := int64(0)
			for _, x := range s.spikes[before:] {
				if s.n.Watched.Range.Contains(x.GID) {
					watched++
				}
			}
			c.End(watched)
		}
	}
	between(step)
	s.step(s.now, nil)
	out := outcome{parts: len(s.parts), spikes: s.spikes, weights: map[string][]float64{}}
	for _, p := range s.n.Projections {
		if p.Plastic() {
			for _, part := range s.parts {
				part.Weights(p, func(_ int, _ []uint32, w []float64) { out.weights[p.Name] = append(out.weights[p.Name], w...) })
			}
		}
	}
	return out
}

func (s *stage) events() (n int64) {
	for _, p := range s.parts {
		n += p.Events()
	}
	return n
}

// A run that is saved every few steps, and goes on from what was saved on another
// number of partitions, is the undisturbed run: its spikes, its weights, what its
// windows counted, and the events, to the bit.
func TestRestoredRunIsTheUndisturbedOne(t *testing.T) {
	parts := []int{1, 2, 3, 7}
	for seed := range *count {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			m, files := randomModel(seed)
			n, err := kernel.Compile(m, files)
			if err != nil {
				t.Fatal(err)
			}
			one := newStage(t, n, 1)
			var states [][]state.Section
			want := one.run(func(step int) {
				if step%120 == seed%120 {
					states = append(states, one.save())
				}
			})
			other := newStage(t, n, 1+seed%3)
			at, every := seed, 10+15*(seed%4)
			got := other.run(func(step int) {
				if step%120 == seed%120 {
					other.restore(other.save(), 1)
					sameSections(t, other.save(), states[0])
					states = states[1:]
				}
				if step%every == 0 {
					at++
					other.restore(other.save(), parts[at%len(parts)])
				}
			})
			if !slices.Equal(got.spikes, want.spikes) {
				t.Errorf("%d spikes, expected %d, or not the same", len(got.spikes), len(want.spikes))
			}
			for name, w := range want.weights {
				if !slices.EqualFunc(got.weights[name], w, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
					t.Errorf("the weights of %s differ", name)
				}
			}
			if !slices.EqualFunc(other.windows, one.windows, sameWindow) {
				t.Error("what the windows counted differs")
			}
			if other.events() != one.events() {
				t.Errorf("%d events, expected %d", other.events(), one.events())
			}
			if t.Failed() {
				t.Logf("again: go test ./snn/twin -run 'TestRestoredRunIsTheUndisturbedOne/seed=%d$'", seed)
			}
		})
	}
}

func sameWindow(a, b kernel.Aggregate) bool {
	return a.Measure == b.Measure && a.Window == b.Window && a.End == b.End && slices.Equal(a.Counts, b.Counts)
}

// sameSections checks that the state of a run that has been cut in many ways is, in
// one partition, that of one that never was.
func sameSections(t *testing.T, got, want []state.Section) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d sections, expected %d", len(got), len(want))
	}
	for k := range want {
		if got[k].Header != want[k].Header || !bytes.Equal(got[k].Data, want[k].Data) {
			t.Errorf("section %v differs", want[k].Header)
		}
	}
}

// A state that is not whole is refused, and no data makes a restoration panic.
func TestBrokenStateIsRefused(t *testing.T) {
	draws := rand.New(rand.NewPCG(1, 2))
	for seed := 0; seed < 40; seed += 6 {
		m, files := randomModel(seed)
		n, err := kernel.Compile(m, files)
		if err != nil {
			t.Fatal(err)
		}
		s := newStage(t, n, 2)
		var saved []state.Section
		s.run(func(step int) {
			if step == 30 {
				saved = s.save()
			}
		})
		try := func(sections []state.Section) error {
			p, err := kernel.Build(n, snn.Range{First: 0, End: snn.GID(n.Size()) / 3 * 2})
			if err != nil {
				t.Fatal(err)
			}
			r := p.Restore()
			for _, x := range sections {
				if err := r.Take(x); err != nil {
					return err
				}
			}
			_, err = r.Finish()
			return err
		}
		if err := try(saved); err != nil {
			t.Fatal(err)
		}
		p, _ := kernel.Build(n, snn.Range{First: 0, End: snn.GID(n.Size()) / 3 * 2})
		for k, x := range saved {
			if !p.Restore().Needs(x.Header) {
				continue
			}
			if try(slices.Delete(slices.Clone(saved), k, k+1)) == nil {
				t.Errorf("seed %d: without section %v it is taken", seed, x.Header)
			}
			if try(append(slices.Clone(saved), x)) == nil {
				t.Errorf("seed %d: with section %v twice it is taken", seed, x.Header)
			}
			if len(x.Data) == 0 { // of targets, where there is nothing to know of them
				continue
			}
			broken := slices.Clone(saved)
			broken[k].Data = x.Data[:len(x.Data)-1]
			if try(broken) == nil {
				t.Errorf("seed %d: with section %v cut short it is taken", seed, x.Header)
			}
			for range 3 { // numbers may be any: it must not panic
				broken[k].Data = bytes.Clone(x.Data)
				for range 1 + draws.IntN(3) {
					broken[k].Data[draws.IntN(len(x.Data))] ^= byte(1 + draws.IntN(255))
				}
				_ = try(broken)
			}
		}
	}
}
