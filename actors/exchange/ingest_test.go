package exchange_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/chaos"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/injection"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

func injectable(t *testing.T, set ...string) *kernel.Network {
	t.Helper()
	m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(small.Injected)}}, "m.yaml", model.Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ingest gives a group its ingest, and the path of its journal.
func (g *group) ingest(t testing.TB, n *kernel.Network, b bus.Bus, replay *injection.Reader, pace float64) (*exchange.Ingest, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "injected.journal")
	j, err := injection.Create(path, injection.NewHeader(n, "test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := exchange.NewIngest(exchange.IngestConfig{Network: n, Plan: g.plan, Bus: b, Run: "test", Epoch: 1, Journal: j, Replay: replay, Pace: pace})
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	old := g.cancel
	g.cancel = func() { cancel(); old() }
	g.loops.Go(func() { g.errors <- in.Run(ctx) })
	if err := in.Start(ctx); err != nil {
		t.Fatal(err)
	}
	return in, path
}

func openJournal(t *testing.T, path string, n *kernel.Network) *injection.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	r, err := injection.Open(f, info.Size(), n)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// client injects volleys as the run goes on, and takes the answers.
type client struct {
	t       *testing.T
	b       bus.Bus
	rng     *rand.Rand
	steps   int
	answers chan injection.Answer
}

func newClient(t *testing.T, b bus.Bus) *client {
	c := &client{t: t, b: b, rng: rand.New(rand.NewPCG(1, 2)), answers: make(chan injection.Answer, 1000)}
	_, err := b.Subscribe("answers", func(m bus.Message) {
		var a injection.Answer
		if err := json.Unmarshal(m.Data, &a); err != nil {
			t.Error(err)
		}
		c.answers <- a
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *client) Observe(m *engine.Moment) error {
	if c.steps++; c.steps%3 != 0 {
		return nil
	}
	neurons, _ := json.Marshal(c.rng.Perm(40)[:25])
	for to, text := range map[string]string{
		"left":   fmt.Sprintf(`{"neurons": %s}`, neurons),
		"right":  fmt.Sprintf(`{"neurons": [1, 2, 2, 29], "tick": %d, "after": [0, 3, 3, 40]}`, int(m.To)+c.rng.IntN(200)),
		"noise":  `{"neurons": [1]}`,
		"nobody": `{"neurons": [1]}`,
	} {
		if err := c.b.Ask("volley.test.in."+to, "answers", []byte(text)); err != nil {
			c.t.Error(err)
		}
	}
	return nil
}

// What is injected into a live run on nodes, over a bus that loses much, is repeated
// from its journal by every plan, to the last bit.
func TestAJournalRepeatsALiveRun(t *testing.T) {
	n := injectable(t)
	connect, seed := onMemory(), uint64(0)
	bad := func() bus.Bus {
		seed++
		b, err := chaos.Wrap(connect(), seed, chaos.Faults{Drop: 0.02, Duplicate: 0.05, Reorder: 0.05, Delay: 0.05, MaxDelay: 5 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	g := start(t, n, 3, 1, bad)
	in, path := g.ingest(t, n, bad(), nil, 0)
	c := newClient(t, connect())
	want := write(t, n, g.follower, c)
	g.end(t)
	digest, err := in.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := in.Counts()
	if counts.Spikes < 1000 || counts.Twice == 0 || counts.Refused == 0 || counts.Messages < 100 {
		t.Errorf("%+v: little was injected", counts)
	}
	taken, wrong := 0, 0
	for len(c.answers) > 0 {
		switch a := <-c.answers; {
		case a.Error != "":
			wrong++
		case a.Tick < 1 || a.Last < a.Tick || a.DtMs != 0.1:
			t.Errorf("an answer %+v", a)
		default:
			taken++
		}
	}
	if taken < 90 || wrong < 90 {
		t.Errorf("%d messages were taken, and %d refused, of about 200 and 200 over a bus that loses some", taken, wrong)
	}
	if silent := local(t, n); silent.spikes == want.spikes {
		t.Error("what was injected makes no difference")
	}
	r := openJournal(t, path, n)
	if r.Digest != digest || !r.Ended || r.Torn != 0 || r.Kept.Spikes != counts.Spikes {
		t.Errorf("the journal is %+v, its digest was %s when it was closed, with %+v", r, digest, counts)
	}
	for _, partitions := range []int{1, 2, 7} {
		e, err := engine.New(n, engine.Config{Partitions: partitions, Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		e.Feed = openJournal(t, path, n)
		compare(t, want, write(t, n, e))
		e.Close()
	}
	for _, nodes := range []int{1, 2, 5} {
		connect := onMemory()
		again := start(t, n, nodes, 1, connect)
		in, copied := again.ingest(t, n, connect(), openJournal(t, path, n), 0)
		compare(t, want, write(t, n, again.follower))
		again.end(t)
		if same, err := in.Finish(t.Context()); err != nil || same != digest {
			t.Errorf("%d nodes: the journal of a replay has the digest %s, %v; the journal's is %s (%s)", nodes, same, err, digest, copied)
		}
	}
}

// Nobody injects: the run goes on, as fast as it can, and silent.
func TestNobodyInjects(t *testing.T) {
	n := injectable(t)
	connect := onMemory()
	g := start(t, n, 2, 1, connect)
	in, path := g.ingest(t, n, connect(), nil, 0)
	compare(t, local(t, n), write(t, n, g.follower))
	g.end(t)
	if _, err := in.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := openJournal(t, path, n); r.Kept.Records != 0 || !r.Ended {
		t.Errorf("the journal has %+v", r.Kept)
	}
}

// A run that is paced takes as long as it says, and a spike has the tick of the moment
// at which it came.
func TestAPacedRunKeepsTime(t *testing.T) {
	n := injectable(t)
	connect := onMemory()
	g := start(t, n, 1, 1, connect)
	began := time.Now()
	in, _ := g.ingest(t, n, connect(), nil, 2)
	c := newClient(t, connect())
	sent := make(chan time.Duration, 1)
	go func() {
		time.Sleep(50 * time.Millisecond)
		sent <- time.Since(began)
		_ = c.b.Ask("volley.test.in.left", "answers", []byte(`{"neurons": [3]}`))
	}()
	write(t, n, g.follower)
	took := time.Since(began)
	g.end(t)
	if _, err := in.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took < 200*time.Millisecond {
		t.Errorf("400 ms at twice their pace took %v", took)
	}
	a, at := <-c.answers, <-sent-in.Slipped()
	// It may come later, where the machine is busy, and the run began a little later; a
	// run that cannot keep its pace is as much later as it says.
	if earliest := snn.Tick(at.Seconds() * 2 * 10_000 / 2); a.Tick < earliest || a.Error != "" {
		t.Errorf("a spike that came after %v has tick %d: expected %d or later", at, a.Tick, earliest)
	}
}

// BenchmarkIngest is a step of a network on two nodes, without an ingest, with one that
// nobody sends to, and with one to which a volley is sent in every step.
func BenchmarkIngest(b *testing.B) {
	for _, c := range []struct {
		name, left string
		volleys    bool
	}{{"without", "poisson, rate: 0 Hz", false}, {"silent", "spike_train_injector", false}, {"volleys", "spike_train_injector", true}} {
		b.Run(c.name, func(b *testing.B) {
			text := strings.NewReplacer("model: spike_train_injector", "model: "+c.left).Replace(small.Injected)
			m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(text)}}, "m.yaml", model.Options{Set: []string{fmt.Sprintf("duration=%g ms", 1.5*float64(b.N)+30)}})
			if err != nil {
				b.Fatal(err)
			}
			n, err := kernel.Compile(m, nil)
			if err != nil {
				b.Fatal(err)
			}
			connect := onMemory()
			g := start(b, n, 2, 1, connect)
			if c.left == "spike_train_injector" {
				g.ingest(b, n, connect(), nil, 0)
			}
			client, now := connect(), snn.Tick(0)
			b.ResetTimer()
			for now < n.End {
				to := n.Boundary(now, nil)
				if err := g.follower.Advance(&engine.Moment{}, to, nil); err != nil {
					b.Fatal(err)
				}
				now = to
				if c.volleys {
					if err := client.Publish("volley.test.in.left", []byte(`{"neurons": [1, 5, 7, 9, 11, 22, 23, 24, 25, 39]}`)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.StopTimer()
			if err := g.follower.Settle(); err != nil {
				b.Fatal(err)
			}
			g.end(b)
		})
	}
}
