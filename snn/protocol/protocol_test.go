package protocol

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/model"
)

func phases(m ...model.Phase) *model.Protocol {
	return &model.Protocol{Present: 10, Rest: 5, Phases: m}
}

func TestTrialsFollowEachOther(t *testing.T) {
	p, faults := New(phases(
		model.Phase{Name: "train", Set: "a", Epochs: 2, Order: "shuffled", Anneal: 0.5, Plasticity: true},
		model.Phase{Name: "test", Set: "b", First: 2, Count: 3, Epochs: 1, Anneal: 1},
	), 1, 7, []Set{{"a", 6}, {"b", 5}})
	if faults != nil {
		t.Fatal(faults)
	}
	var items, orders [3][]int
	c, n := NewConductor(p), 0
	for {
		trial, ok := c.Next()
		if !ok {
			break
		}
		if want := 15 * n; int(trial.Start) != want || int(trial.End) != want+15 || trial.Index != uint64(n) {
			t.Fatalf("trial %d is %+v", n, trial)
		}
		if trial.Phase == 0 && trial.Number == 11 && trial.Rate != 0.5 {
			t.Errorf("the last trial of training has rate %v", trial.Rate)
		}
		k := trial.Phase
		if trial.Phase == 0 && n >= 6 {
			k = 2
		}
		items[k] = append(items[k], trial.Item)
		orders[k] = append(orders[k], trial.Item)
		c.End(100)
		n++
	}
	if n != p.Trials() || n != 15 || p.LongestTicks() != 15*15 {
		t.Errorf("%d trials, %d ticks at most", n, p.LongestTicks())
	}
	for _, k := range []int{0, 2} {
		slices.Sort(items[k])
		if !slices.Equal(items[k], []int{0, 1, 2, 3, 4, 5}) {
			t.Errorf("an epoch shows %v", items[k])
		}
	}
	if slices.Equal(orders[0], orders[2]) {
		t.Errorf("both epochs have the order %v", orders[0])
	}
	if !slices.Equal(items[1], []int{2, 3, 4}) {
		t.Errorf("the test shows %v", items[1])
	}
}

func TestSilentTrialIsShownAgain(t *testing.T) {
	p, _ := New(phases(model.Phase{Name: "train", Set: "a", Epochs: 1, Anneal: 1, MinSpikes: 3, Boost: 2, Repeats: 2}), 1, 1, []Set{{"a", 2}})
	c := NewConductor(p)
	for k, step := range []struct {
		spikes int64
		item   int
		gain   float64
		counts bool
	}{{0, 0, 1, false}, {2, 0, 2, false}, {0, 0, 4, true}, {1, 1, 1, false}, {3, 1, 2, true}} {
		trial, ok := c.Next()
		if !ok || trial.Item != step.item || trial.Gain != step.gain {
			t.Fatalf("presentation %d: %+v", k, trial)
		}
		if counts := c.End(step.spikes); counts != step.counts {
			t.Errorf("presentation %d counts: %v", k, counts)
		}
	}
	if _, ok := c.Next(); ok {
		t.Error("the protocol goes on after its last trial")
	}
}

func TestRestoredConductorGoesOnAlike(t *testing.T) {
	p, _ := New(phases(model.Phase{Name: "train", Set: "a", Epochs: 3, Order: "shuffled", Anneal: 1}), 1, 3, []Set{{"a", 20}})
	one, other := NewConductor(p), NewConductor(p)
	for range 33 {
		one.Next()
		one.End(1)
	}
	other.Restore(one.State())
	for {
		a, okA := one.Next()
		b, okB := other.Next()
		if a != b || okA != okB {
			t.Fatalf("%+v, restored %+v", a, b)
		}
		if !okA {
			return
		}
		one.End(1)
		other.End(1)
	}
}

func TestPhasesThatCannotBe(t *testing.T) {
	_, faults := New(phases(
		model.Phase{Name: "a", Set: "none"}, model.Phase{Name: "b", Set: "a", First: 4, Count: 3}, model.Phase{Name: "c", Set: "a", First: 5},
	), 100, 1, []Set{{"a", 5}})
	if len(faults) != 4 {
		t.Errorf("%d faults: %v", len(faults), faults)
	}
}
