package pretended

import (
	"slices"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/random"
)

// node is a body of a simulated cluster: it fires at random and writes envelopes.
type node struct {
	c     *Config
	self  int
	draws random.Stream
	last  lockstep.Step
	spent *time.Duration // in bodies, which is no orchestration

	statistics *exchange.Statistics
	said       []*messages.Envelope // by source, in the step before

	envelope messages.Envelope
	offsets  []uint32
	gids     []uint32
	spikes   [][]byte
	data     []byte

	sent  Count
	taken Count

	counts []int64 // of a share
	known  int     // sums that have come
	late   int     // most steps after its window's end that one came
}

// step is a payload: how many bytes each consumer takes of it, and its statistics.
type step struct {
	of    *node
	bytes []int // by audience, then the recorder's
	sums  messages.Envelope
}

// Count is messages and their bytes.
type Count struct{ Messages, Bytes int64 }

func (c *Count) add(bytes int) { c.Messages, c.Bytes = c.Messages+1, c.Bytes+int64(bytes) }

// Compute draws the spikes of a step and writes what the node would publish.
func (n *node) Compute(at lockstep.Step, payloads []any) (payload any, held, last bool) {
	start := time.Now()
	defer func() { *n.spent += time.Since(start) }()
	s := &step{of: n}
	share := &n.c.Plan.Shares[n.self]
	if err := n.sum(at, payloads, s); err != nil {
		panic(err) // the plan's own nodes say nothing else
	}
	for _, a := range share.Audiences {
		s.bytes = append(s.bytes, n.publish(at, a.Groups, &s.sums))
	}
	all := make([]int, len(n.c.Network.Groups))
	for k := range all {
		all[k] = k
	}
	s.bytes = append(s.bytes, n.publish(at, all, &messages.Envelope{}))
	return s, false, at == n.last
}

// sum takes what the sources have said of windows, and adds what is due of this step.
func (n *node) sum(at lockstep.Step, payloads []any, s *step) error {
	if len(n.c.Plan.Sums) == 0 {
		return nil
	}
	share := &n.c.Plan.Shares[n.self]
	n.said = n.said[:0]
	sources := share.Sources
	if at == 1 {
		sources = nil // nothing was said before
	}
	for k := range sources {
		n.said = append(n.said, &payloads[k].(*step).sums)
	}
	var due []kernel.Share
	window := int(at-1) / n.c.Window
	if n.c.Window > 0 && int(at-1)%n.c.Window == 0 && window > 0 {
		for k, t := range n.c.Plan.Sums {
			if slices.Contains(t.Members, n.self) {
				due = append(due, kernel.Share{Measure: k, Window: window - 1, End: snn.Tick(int(at-1) * n.c.Ticks), Counts: n.counts})
			}
		}
	}
	up, down, known, err := n.statistics.Step(sources, n.said, due)
	s.sums.Shares, s.sums.Aggregates = slices.Clone(up), slices.Clone(down)
	for k := range known {
		n.known++
		n.late = max(n.late, int(at-1)-int(known[k].End)/n.c.Ticks)
	}
	return err
}

// publish writes the envelope for those who hear some groups.
func (n *node) publish(at lockstep.Step, groups []int, sums *messages.Envelope) int {
	share := &n.c.Plan.Shares[n.self]
	e := &n.envelope
	e.Reset()
	e.Shares, e.Aggregates = sums.Shares, sums.Aggregates
	e.FirstTick, e.Ticks = int64(at-1)*int64(n.c.Ticks), int64(n.c.Ticks)
	for len(n.spikes) < share.Parts {
		n.spikes = append(n.spikes, nil)
	}
	for k := range share.Parts {
		part := share.First + k
		n.fire(n.c.Plan.Parts[part].Range, groups)
		n.spikes[k] = messages.AppendSpikes(n.spikes[k][:0], n.offsets, n.gids)
		e.Batches = append(e.Batches, messages.Batch{Partition: uint32(part), Spikes: n.spikes[k]})
	}
	n.data = messages.AppendFrame(n.data[:0], messages.Frame{Kind: messages.EnvelopeFrame, From: uint32(n.self), Step: int64(at)}, e.Append(nil))
	n.sent.add(len(n.data))
	return len(n.data)
}

// fire draws the spikes of a partition in a step.
func (n *node) fire(r snn.Range, groups []int) {
	n.offsets, n.gids = append(n.offsets[:0], 0), n.gids[:0]
	for range n.c.Ticks {
		start := len(n.gids)
		for _, g := range groups {
			own := n.c.Network.Groups[g].Range.Intersect(r)
			if own.Len() == 0 {
				continue
			}
			mean := float64(own.Len()) * n.c.Network.Groups[g].RateHz * n.c.DtMs / 1000
			for range int(mean + n.draws.Float64()) {
				n.gids = append(n.gids, uint32(own.First)+uint32(n.draws.Intn(uint64(own.Len()))))
			}
		}
		slices.Sort(n.gids[start:])
		n.offsets = append(n.offsets, uint32(len(n.gids)))
	}
}

// bytesFor is what a peer takes of the payload.
func (s *step) bytesFor(to lockstep.Peer) int {
	for k, a := range s.of.c.Plan.Shares[s.of.self].Audiences {
		if _, member := slices.BinarySearch(a.Members, int(to)); member {
			return s.bytes[k]
		}
	}
	return s.bytes[len(s.bytes)-1]
}

// recorder takes all that is sent.
type recorder struct{ last lockstep.Step }

func (r *recorder) Compute(at lockstep.Step, _ []any) (payload any, held, last bool) {
	return &step{}, false, at == r.last
}
