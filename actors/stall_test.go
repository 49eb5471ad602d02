package actors_test

import (
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/chaos"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/messages/control"
)

// oneWay is the connection of a node from which, in a run's first epoch, the others hear
// no step any more from the one on after which they are first asked to keep their state:
// its coordinator hears them all, and it hears all.
type oneWay struct {
	bus.Bus
	from atomic.Int64 // step
}

func (b *oneWay) Respond(pattern, queue string, answer func(bus.Message) []byte) (bus.Subscription, error) {
	return b.Bus.Respond(pattern, queue, func(m bus.Message) []byte {
		r := &control.Request{}
		if proto.Unmarshal(m.Data, r) == nil && r.GetSave() != nil {
			b.from.CompareAndSwap(math.MaxInt64, r.GetSave().AfterStep)
		}
		return answer(m)
	})
}

func (b *oneWay) Publish(subject string, data []byte) error {
	if token := strings.Split(subject, "."); len(token) > 3 && (token[2] == "spk" || token[2] == "fix" && token[3] != "3") {
		if f, _, _, err := messages.NextFrame(data); err == nil && f.Epoch == 1 && f.Step >= b.from.Load() {
			return nil
		}
	}
	return b.Bus.Publish(subject, data)
}

// cutOneWay lets the node n1 be heard no more by the other nodes.
func cutOneWay(c *actors.Config) {
	c.StallAfter = 2 * time.Second
	if c.Name == "n1" {
		b := &oneWay{Bus: c.Bus}
		b.from.Store(math.MaxInt64)
		c.Bus = b
	}
}

// Where nodes do not hear each other and the coordinator hears them all, a run goes on in
// a new epoch, also if a checkpoint is awaited from a node that cannot go on.
func TestARunThatComesNoFurtherBeginsANewEpoch(t *testing.T) {
	t.Parallel()
	b, n := pack(t, small.Recorded, "duration=20 s")
	c := start(t, 3, kept(t), cutOneWay, func(c *actors.Config) { c.Threads = 1 })
	last, got := c.disturbed(t, b, 0, func(*testing.T, *cluster, string) {})
	if last.State != control.State_STATE_DONE || last.Epoch < 2 {
		t.Fatalf("the run is %v in epoch %d: %v", last.State, last.Epoch, last.Failure)
	}
	compare(t, got, local(t, n, 2))
}

// A coordinator whose messages come nowhere learns from the store that another node has
// the run, and lets go of it.
func TestACoordinatorThatIsCutOffLetsGo(t *testing.T) {
	t.Parallel()
	b, n := pack(t, small.Recorded, "duration=20 s")
	var line *chaos.Bus
	c := start(t, 3, kept(t), func(c *actors.Config) {
		c.Threads = 1
		if c.Name == "n0" {
			line, _ = chaos.Wrap(c.Bus, 1, chaos.Faults{})
			c.Bus = line
		}
	})
	last, got := c.disturbed(t, b, 2000, func(*testing.T, *cluster, string) { line.Cut(true) })
	if last.State != control.State_STATE_DONE || last.Coordinator == "n0" {
		t.Fatalf("the run is %v with %s: %v", last.State, last.Coordinator, last.Failure)
	}
	compare(t, got, local(t, n, 2))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		counts, err := c.nodes[0].Counts()
		if err != nil {
			t.Fatal(err)
		}
		if counts.Coordinated == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the node that was cut off still has %+v", counts)
		}
	}
}
