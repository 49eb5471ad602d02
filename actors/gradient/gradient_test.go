package gradient

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/chaos"
	"github.com/volley-snn/volley/cluster/bus/memory"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/ssdp/batch"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/encode"
	"github.com/volley-snn/volley/snn/train/optimize"
	"github.com/volley-snn/volley/snn/train/plastic"
	"github.com/volley-snn/volley/snn/train/recurrent"
	"github.com/volley-snn/volley/snn/train/surrogate"
)

const pixels, hidden, shards = 36, 240, 6

// set is images of random pixels, two classes.
func set() *train.Set {
	const n = 44
	r := rand.New(rand.NewPCG(3, 4))
	m := &dataset.Images{N: n, Rows: 6, Cols: 6, Pixels: make([]byte, n*pixels)}
	labels := make([]byte, n)
	for i := range n {
		labels[i] = byte(r.IntN(2))
		for k := range m.Image(i) {
			m.Image(i)[k] = byte(r.IntN(100 + 100*int(labels[i])))
		}
	}
	return train.Whole(m, labels)
}

// trainer is of a network whose values take two parts of a message, and more than that.
func trainer() *train.Trainer {
	n := recurrent.New(recurrent.Config{Inputs: pixels, Hidden: hidden, Outputs: 2, Ticks: 3, Threshold: 0.5, Surrogate: surrogate.MultiGaussian(), TauM: [2]float64{2, 6}, TauN: [2]float64{2, 6}})
	n.Initialize(3)
	rule := func(weight int) train.WeightRule {
		return train.WeightRule{Weight: weight, Config: plastic.Config{Params: batch.Corrected(3), Gate: plastic.Synchrony, GateK: 0.5, Horizon: 10}}
	}
	return train.New(n, train.Config{
		Seed: 3, Batch: 16, Shards: shards, Encoder: encode.NewBernoulli(2, 0.5, 3), Optimizer: optimize.NewAdam(1e-5), Rate: optimize.Constant(0.01),
		ClipNorm: 1, RateTarget: 0.1, RateWeight: 0.5, V0: [2]float32{0, 1}, Rules: []train.WeightRule{rule(recurrent.InputWeight), rule(recurrent.RecurrentWeight)},
		Augmentation: train.Augmentation{Shift: 1},
	})
}

// trained is what a team makes of three epochs, with a test after each.
func trained(t *testing.T, team training.Team, after func(batch int)) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tr, s := trainer(), set()
	learned, left := s.Split(14, 1)
	said := ""
	for batch := range 3 * tr.Batches(learned) {
		if err := team.Learn(ctx, tr, learned, batch/tr.Batches(learned), batch%tr.Batches(learned)); err != nil {
			t.Fatal(err)
		}
		if after != nil {
			after(batch)
		}
		if (batch+1)%tr.Batches(learned) == 0 {
			y := tr.Take()
			said += fmt.Sprintf("%.17g %d %.17g %.17g %d\n", y.Loss, y.Correct, y.Rate, y.Kappa, y.NeverActive)
			for b := range tr.Batches(left) {
				if err := team.Test(ctx, tr, left, b, nil); err != nil {
					t.Fatal(err)
				}
			}
			said += fmt.Sprint(tr.Take().Predictions, "\n")
		}
	}
	return said + fmt.Sprintf("%x", sha256.Sum256(messages.AppendValues(nil, tr.Net.Values)))
}

// crew is workers of this process and their coordinator.
type crew struct {
	*Coordinator
	changes chan Change
	stop    []context.CancelFunc // of each
}

// start starts workers of so many threads each, on buses that connect makes.
func start(t *testing.T, connect func() bus.Bus, threads []int, burst int) *crew {
	t.Helper()
	c := &crew{changes: make(chan Change, 16)}
	var members []Member
	for k, n := range threads {
		m := Member{Place: uint32(k), Name: fmt.Sprint("n", k), Threads: n}
		c.work(t, connect(), m, burst)
		members = append(members, m)
	}
	var err error
	c.Coordinator, err = NewCoordinator(CoordinatorConfig{Bus: connect(), Run: "r", Threads: 2, Members: members, Changes: c.changes})
	if err != nil {
		t.Fatal(err)
	}
	c.burst = burst
	t.Cleanup(c.Close)
	return c
}

// work starts a worker.
func (c *crew) work(t *testing.T, b bus.Bus, m Member, burst int) {
	t.Helper()
	w, err := NewWorker(WorkerConfig{Trainer: trainer(), Threads: training.Workers(m.Threads), Bus: b, Run: "r", Place: m.Place})
	if err != nil {
		t.Fatal(err)
	}
	w.burst = burst
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = append(c.stop, cancel)
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func connected(t *testing.T) func() bus.Bus {
	hub := memory.New()
	return func() bus.Bus {
		b := hub.Connect()
		t.Cleanup(func() { _ = b.Close() })
		return b
	}
}

// Any number of workers, of any threads, train the weights of one process, count the
// same, and tell the same of the test.
func TestWorkersTrainTheSame(t *testing.T) {
	want := trained(t, training.Workers(1), nil)
	for _, threads := range [][]int{{1}, {1, 1}, {2, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1}} {
		if got := trained(t, start(t, connected(t), threads, mostParts), nil); got != want {
			t.Errorf("workers of %v threads:\n%s\nexpected\n%s", threads, got, want)
		}
	}
}

// Messages that are lost, repeated, delayed and turned round change nothing; bodies of
// more parts than are sent unasked neither.
func TestLostMessagesChangeNothing(t *testing.T) {
	want := trained(t, training.Workers(1), nil)
	for seed := range uint64(3) {
		plain := connected(t)
		connect := func() bus.Bus {
			b, err := chaos.Wrap(plain(), seed, chaos.Faults{Drop: 0.03, Duplicate: 0.05, Reorder: 0.05, Delay: 0.05, MaxDelay: 5 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		if got := trained(t, start(t, connect, []int{1, 1, 1}, 1+int(seed)), nil); got != want {
			t.Errorf("seed %d:\n%s\nexpected\n%s", seed, got, want)
		}
	}
}

// Workers are lost in the middle of batches, all but one, and another comes.
func TestLostWorkersChangeNothing(t *testing.T) {
	want := trained(t, training.Workers(1), nil)
	connect := connected(t)
	c := start(t, connect, []int{1, 1, 1}, mostParts)
	lose := func(place uint32) {
		c.stop[place]()
		time.AfterFunc(5*time.Millisecond, func() {
			c.changes <- Change{Member{Place: place}, errors.New("lost")}
			c.changes <- Change{Member{Place: 99}, errors.New("nobody")}
		})
	}
	got := trained(t, c, func(batch int) {
		switch batch {
		case 0, 2:
			lose(uint32(batch / 2))
		case 3:
			m := Member{Place: 3, Threads: 1}
			c.work(t, connect(), m, mostParts)
			c.changes <- Change{Member: m}
		case 4:
			lose(2)
		}
	})
	if got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
}

// Results of other epochs and steps, as those of who was taken for lost, are not taken.
func TestStaleResultsChangeNothing(t *testing.T) {
	want := trained(t, training.Workers(1), nil)
	connect := connected(t)
	c := start(t, connect, []int{1, 1}, mostParts)
	stale, over := connect(), make(chan struct{})
	sums := messages.AppendValues(nil, make([]float32, trainer().Net.Layout.Len()))
	var done atomic.Int64 // the last step that was
	say := func(frames ...messages.Frame) {
		for _, f := range frames {
			for first := range shards {
				f.From = uint32(first)
				if err := post(stale, toCoordinator("r"), f, sums, 0, mostParts); err != nil {
					t.Error(err)
				}
			}
		}
	}
	var saying sync.WaitGroup
	saying.Go(func() {
		for {
			select {
			case <-over:
				return
			case <-time.After(100 * time.Microsecond):
				say(messages.Frame{Kind: messages.GradientFrame, Step: done.Load() + 1})
			}
		}
	})
	got := trained(t, c, func(int) {
		done.Store(c.step)
		say(messages.Frame{Kind: messages.GradientFrame, Epoch: c.epoch, Step: c.step}, messages.Frame{Kind: messages.ActivityFrame, Epoch: c.epoch, Step: c.step})
	})
	close(over)
	saying.Wait()
	if got != want {
		t.Errorf("%s\nexpected\n%s", got, want)
	}
}

// A training that is interrupted while it waits ends at once.
func TestInterruptedBatchEnds(t *testing.T) {
	c := start(t, connected(t), []int{1}, mostParts)
	c.stop[0]()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Learn(ctx, trainer(), set(), 0, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}

// broken is an encoder that panics.
type broken struct{}

func (broken) Append([]uint32, []byte, int, random.Lanes) []uint32 { panic("no spikes today") }

// What breaks down in a worker is its error, and not the end of the node's process.
func TestBrokenShardEndsTheWorker(t *testing.T) {
	connect := connected(t)
	tr := trainer()
	tr.Encoder = broken{}
	w, err := NewWorker(WorkerConfig{Trainer: tr, Threads: 2, Bus: connect(), Run: "r"})
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, connect, nil, mostParts)
	c.changes <- Change{Member: Member{Threads: 2}}
	ctx, cancel := context.WithCancel(t.Context())
	var learning sync.WaitGroup
	learning.Go(func() { _ = c.Learn(ctx, trainer(), set(), 0, 0) }) // waits for what does not come
	if err := w.Run(ctx); err == nil || !strings.Contains(err.Error(), "broke down: no spikes today") {
		t.Errorf("it ends with %v", err)
	}
	cancel()
	learning.Wait()
}

// Where no worker is left, and none comes, a batch is not learned, and no weight changes.
func TestNobodyIsLeft(t *testing.T) {
	c := start(t, connected(t), []int{1, 1}, mostParts)
	c.alone = 50 * time.Millisecond
	tr := trainer()
	before := messages.AppendValues(nil, tr.Net.Values)
	for place := range c.stop {
		c.stop[place]()
		c.changes <- Change{Member{Place: uint32(place)}, fmt.Errorf("node %d was killed", place)}
	}
	err := c.Learn(t.Context(), tr, set(), 0, 0)
	if !errors.Is(err, ErrAlone) || !strings.Contains(err.Error(), "node 1 was killed") {
		t.Errorf("it ends with %v", err)
	}
	if !bytes.Equal(messages.AppendValues(nil, tr.Net.Values), before) {
		t.Error("weights have changed")
	}
}

func TestSharesAreEven(t *testing.T) {
	for _, c := range []struct {
		threads []int
		shards  int
		want    string
	}{
		{[]int{1}, 4, "[{0 0 4}]"},
		{[]int{1, 1}, 4, "[{0 0 2} {1 2 4}]"},
		{[]int{1, 1, 1}, 4, "[{0 0 2} {1 2 3} {2 3 4}]"},
		{[]int{1, 3}, 4, "[{1 0 3} {0 3 4}]"},
		{[]int{1, 1, 1, 1, 1}, 4, "[{0 0 1} {1 1 2} {2 2 3} {3 3 4}]"},
	} {
		var members []Member
		for k, n := range c.threads {
			members = append(members, Member{Place: uint32(k), Threads: n})
		}
		if got := fmt.Sprint(shares(members, c.shards)); got != c.want {
			t.Errorf("%d shards on threads %v: %s, expected %s", c.shards, c.threads, got, c.want)
		}
	}
}
