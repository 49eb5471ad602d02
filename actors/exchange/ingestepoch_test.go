package exchange_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/injection"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// node is the side of a node that takes what the ingest says, written against the
// bytes on the bus.
type node struct {
	t     *testing.T
	b     bus.Bus
	heard chan messages.Frame

	mutex sync.Mutex
	steps map[int64]string // by its first tick: the step, in words
}

func newNode(t *testing.T, b bus.Bus) *node {
	n := &node{t: t, b: b, heard: make(chan messages.Frame, 1000), steps: map[int64]string{}}
	if _, err := b.Subscribe("volley.test.inj", n.take); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) take(m bus.Message) {
	for rest := m.Data; len(rest) > 0; {
		f, body, next, err := messages.NextFrame(rest)
		var e messages.Envelope
		if err == nil {
			err = e.Read(body)
		}
		if err != nil {
			n.t.Error(err)
			return
		}
		rest = next
		words := fmt.Sprintf("%d ticks", e.Ticks)
		for _, b := range e.Batches {
			words += fmt.Sprintf(" %x", b.Spikes)
		}
		n.mutex.Lock()
		if was, known := n.steps[e.FirstTick]; known && was != words {
			n.t.Errorf("the step after tick %d was %q, and in epoch %d it is %q", e.FirstTick, was, f.Epoch, words)
		}
		n.steps[e.FirstTick] = words
		n.mutex.Unlock()
		n.heard <- f
	}
}

// run takes steps first to last of an epoch on nodes of the plan, and does something
// before each.
func (n *node) run(p *partition.Plan, epoch uint64, first, last int64, before func(step int64)) {
	n.t.Helper()
	said := map[int64]bool{}
	for step := first; step <= last; step++ {
		before(step)
		for !said[step] {
			select {
			case f := <-n.heard:
				said[f.Step] = said[f.Step] || f.Epoch == epoch
			case <-time.After(10 * time.Second):
				n.t.Fatalf("step %d of epoch %d was not said", step, epoch)
			}
		}
		for k := range p.Shares {
			ack := messages.AppendFrame(nil, messages.Frame{Kind: messages.AcknowledgeFrame, Epoch: epoch, From: uint32(k), Step: step}, nil)
			if err := n.b.Publish(fmt.Sprintf("volley.test.ask.%d", len(p.Shares)+1), ack); err != nil {
				n.t.Fatal(err)
			}
		}
	}
}

// A later epoch, of another plan, says again what the one before has said of the ticks
// after its beginning, and takes live spikes for those after them.
func TestALaterEpochIsFedFromTheJournal(t *testing.T) {
	n := injectable(t)
	connect := onMemory()
	one, two := planOf(t, n, 1), planOf(t, n, 2)
	path := filepath.Join(t.TempDir(), "injected.journal")
	j, err := injection.Create(path, injection.NewHeader(n, "test"), nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := exchange.NewIngest(exchange.IngestConfig{Network: n, Plan: one, Bus: connect(), Run: "test", Epoch: 1, Journal: j})
	if err != nil {
		t.Fatal(err)
	}
	taker, client := newNode(t, connect()), connect()
	sent := int64(0)
	inject := func(step int64) { // and see that it has come: what comes late is together in a later step
		defer func() {
			for sent++; in.Counts().Messages < sent; {
				time.Sleep(time.Millisecond)
			}
		}()
		if err := client.Publish("volley.test.in.left", fmt.Appendf(nil, `{"neurons": [%d, 7], "after": [0, 5]}`, 8+step%30)); err != nil {
			t.Fatal(err)
		}
	}
	epoch := func(in *exchange.Ingest, p *partition.Plan, number uint64, first, last int64) {
		t.Helper()
		if err := in.Listen(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- in.Run(ctx) }()
		if err := in.Start(ctx); err != nil {
			t.Fatal(err)
		}
		taker.run(p, number, first, last, inject)
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	epoch(in, one, 1, 1, 30)
	const back = 11
	tick := int64(n.Interval) * (back - 1)
	if in, err = in.Succeed(two, 2, back, snn.Tick(tick)); err != nil {
		t.Fatal(err)
	}
	taker.mutex.Lock()
	before := len(taker.steps)
	taker.mutex.Unlock()
	epoch(in, two, 2, back, 60)
	if in, err = in.Succeed(one, 3, 2, n.Interval); err != nil {
		t.Fatal(err)
	}
	epoch(in, one, 3, 2, 80)
	// The ingest is lost with its machine, and what has been kept is not.
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "elsewhere.journal")
	if j, err = injection.Reopen(path, content, n, nil); err != nil {
		t.Fatal(err)
	}
	last := j.Kept().Last
	if in, err = exchange.ResumeIngest(exchange.IngestConfig{Network: n, Plan: two, Bus: connect(), Run: "test", Epoch: 4, Journal: j}, 1, 10*n.Interval); err != nil {
		t.Fatal(err)
	}
	taker.mutex.Lock()
	for first := range taker.steps { // silent steps that were said after the last that is kept may be others now
		if first >= int64(last) {
			delete(taker.steps, first)
		}
	}
	taker.mutex.Unlock()
	sent = 0
	epoch(in, two, 4, 1, 80)
	if _, err := in.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	taker.mutex.Lock()
	defer taker.mutex.Unlock()
	r, loud := openJournal(t, path, n), 0
	for first, words := range taker.steps {
		var ticks int64
		if _, err := fmt.Sscanf(words, "%d ticks", &ticks); err != nil {
			t.Fatal(err)
		}
		b, err := r.Spikes(snn.Tick(first), snn.Tick(first+ticks))
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("%d ticks", ticks)
		if b != nil {
			loud++
			want += fmt.Sprintf(" %x", messages.AppendSpikes(nil, b.Offsets, b.GIDs))
		}
		if words != want {
			t.Errorf("the step after tick %d was said as %q, and is kept as %q", first, words, want)
		}
	}
	if loud < 20 || before < 30 || before > 40 || len(taker.steps) < 80 {
		t.Errorf("%d steps with something, %d records; %d steps in the first epoch, %d in all", loud, r.Kept.Records, before, len(taker.steps))
	}
}

func planOf(t *testing.T, n *kernel.Network, nodes int) *partition.Plan {
	t.Helper()
	var places []partition.Node
	for k := range nodes {
		places = append(places, partition.Node{Name: fmt.Sprint("n", k), Threads: 1})
	}
	p, err := partition.Make(engine.ToPlan(n), places, partition.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
