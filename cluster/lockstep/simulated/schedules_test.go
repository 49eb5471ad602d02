package simulated_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/cluster/lockstep/simulated"
)

var (
	schedules = flag.Int("schedules", 10_000, "seeds to simulate")
	seed      = flag.Uint64("seed", 0, "the first of them")
)

// toy is a body whose state is a hash of all that it took, in order: what is lost,
// comes twice or at the wrong step shows in it and in all that follows.
type toy struct {
	hash   uint64
	before map[lockstep.Step]uint64                  // the hash that a step began with
	flying func(step lockstep.Step) (payloads []any) // what a step that is set back to takes
	lags   []lockstep.Step                           // of its sources
	first  lockstep.Step                             // that it began at, or was set back to
	last   lockstep.Step
	held   func(lockstep.Step) bool
	check  func(lockstep.Step)
}

type payload struct{ hash uint64 }

func mix(h, x uint64) uint64 {
	h = (h ^ x) * 0xff51afd7ed558ccd
	return h ^ h>>32
}

func (t *toy) Compute(step lockstep.Step, payloads []any) (any, bool, bool) {
	if t.check != nil {
		t.check(step)
	}
	t.before[step] = t.hash
	t.take(step, t.whole(step, payloads))
	return payload{t.hash}, t.held(step), step == t.last
}

// whole adds what was under way when the toy began, or was set back, and nothing else.
func (t *toy) whole(step lockstep.Step, payloads []any) []any {
	all := t.flying(step)
	for k, p := range payloads {
		if p == nil && step-t.lags[k] >= t.first {
			p = payload{1} // it is missing: the toy diverges
		}
		if p != nil {
			all[k] = p
		}
	}
	return all
}

func (t *toy) Restore(first lockstep.Step) {
	t.first = first
	if hash, known := t.before[first]; known {
		t.hash = hash
	}
}

func (t *toy) take(step lockstep.Step, payloads []any) {
	t.hash = mix(t.hash, uint64(step))
	for k, p := range payloads {
		if p != nil {
			t.hash = mix(t.hash, p.(payload).hash+uint64(k))
		}
	}
}

// scenario is a random graph of peers, with a recorder after the nodes and maybe,
// after that, a peer that speaks for what is outside.
type scenario struct {
	nodes   int
	configs []lockstep.Config
	toys    []*toy
	held    map[lockstep.Step]bool
	last    lockstep.Step
	sent    []map[lockstep.Step]payload // by peer, as plain computes them
	lost    lockstep.Step               // a step whose beginning sets all back; 0 for none
	back    lockstep.Step               // by so many steps at most
}

func newScenario(r *rand.Rand) *scenario {
	nodes, first := 1+r.IntN(8), lockstep.Step(1+r.IntN(2)*r.IntN(1000))
	s := &scenario{nodes: nodes, held: map[lockstep.Step]bool{}, last: first + lockstep.Step(r.IntN(60))}
	for range r.IntN(3) {
		s.held[first+lockstep.Step(r.IntN(60))] = true
	}
	if r.IntN(2) == 0 {
		s.lost, s.back = first+lockstep.Step(r.IntN(60)), lockstep.Step(r.IntN(30))
	}
	density, lag, credit := r.Float64()*1.3, lockstep.Step(1+r.IntN(2)), 4+r.IntN(16)
	peers := nodes + 1 + r.IntN(2)
	for i := range peers {
		c := lockstep.Default()
		c.Self, c.Peers, c.Epoch, c.Recorder = lockstep.Peer(i), peers, 3, lockstep.Peer(nodes)
		c.Lag, c.First, c.Credit = lag, first, credit
		s.configs = append(s.configs, c)
		s.toys = append(s.toys, &toy{hash: uint64(i), before: map[lockstep.Step]uint64{}, first: first, last: s.last,
			held: func(k lockstep.Step) bool { return s.held[k] }, flying: func(k lockstep.Step) []any { return s.flying(i, k) }})
	}
	recorder := &s.configs[nodes]
	recorder.Lag, recorder.Recorder = 0, lockstep.Nobody
	for i := range nodes {
		for j := range nodes {
			if i != j && r.Float64() < density {
				s.connect(i, j)
			}
		}
		s.connect(i, nodes)
	}
	if outside := nodes + 1; outside < peers {
		c := &s.configs[outside]
		c.Lag, c.Recorder, c.Credit = 0, lockstep.Nobody, 2+r.IntN(credit-1)
		for i := range nodes {
			if r.Float64() < density {
				s.connect(outside, i)
			}
		}
	}
	for i := range s.toys {
		s.toys[i].lags = s.configs[i].SourceLags
	}
	return s
}

func (s *scenario) connect(from, to int) {
	a, b := &s.configs[from], &s.configs[to]
	lag := b.Lag
	if from > s.nodes {
		lag = 0
	}
	a.Consumers, a.Lags = append(a.Consumers, lockstep.Peer(to)), append(a.Lags, lag)
	b.Sources, b.SourceLags = append(b.Sources, lockstep.Peer(from)), append(b.SourceLags, lag)
}

// flying is what a peer takes in a step that comes within the lag of the one that it
// was set back to.
func (s *scenario) flying(peer int, step lockstep.Step) (in []any) {
	c := &s.configs[peer]
	in = make([]any, len(c.Sources))
	for i, p := range c.Sources {
		if k := step - c.SourceLags[i]; k >= c.First {
			in[i] = s.sent[p][k]
		}
	}
	return in
}

// rollBack sets all back to a step that every peer has come to.
func (s *scenario) rollBack(c *simulated.Cluster) {
	first := s.lost + 1
	for p := range s.configs {
		first = min(first, c.Computed(lockstep.Peer(p))+1)
	}
	c.RollBack(s.configs[0].Epoch+1, max(first-s.back, s.configs[0].First))
	s.lost = 0
}

// plain is the hashes that come out where nothing is exchanged but within one loop.
func (s *scenario) plain() []uint64 {
	toys := make([]*toy, len(s.toys))
	for i, t := range s.toys {
		toys[i] = &toy{hash: t.hash}
	}
	for range toys {
		s.sent = append(s.sent, map[lockstep.Step]payload{})
	}
	first := s.configs[0].First
	for step := first; step <= s.last; step++ {
		for k := range toys { // who needs what others send now comes after them: outside, nodes, recorder
			i := k
			if outside := s.nodes + 1; len(toys) > outside {
				i = (k + outside) % len(toys)
			}
			toys[i].take(step, s.flying(i, step))
			s.sent[i][step] = payload{toys[i].hash}
		}
	}
	var hashes []uint64
	for _, t := range toys {
		hashes = append(hashes, t.hash)
	}
	return hashes
}

// run simulates the schedule of a seed. More events than limit are a hang.
func run(seed uint64, limit int, change func(*simulated.Faults)) error {
	r := rand.New(rand.NewPCG(seed, 1))
	s := newScenario(r)
	f := simulated.Faults{LongNs: 1 + r.Int64N(300e6)}
	if r.IntN(10) > 0 { // else nothing goes wrong
		for _, share := range []*float64{&f.Drop, &f.Duplicate, &f.Delay, &f.Slow, &f.Pause} {
			if r.IntN(2) == 0 {
				*share = r.Float64() * 0.3
			}
		}
		f.Pause /= 30
	}
	if change != nil {
		change(&f)
	}
	want := s.plain()
	var bodies []simulated.Body
	var c *simulated.Cluster
	var wrong error
	for i, t := range s.toys {
		bodies = append(bodies, t)
		t.check = func(step lockstep.Step) {
			if err := s.allowed(c, i, step); err != nil && wrong == nil {
				wrong = err
			}
			if step == s.lost {
				s.rollBack(c)
			}
		}
	}
	c, err := simulated.New(r.Uint64(), s.configs, bodies, f)
	if err != nil {
		return err
	}
	if err := c.Run(limit); err != nil {
		return err
	}
	if wrong != nil {
		return wrong
	}
	for i, want := range want {
		if s.toys[i].hash != want {
			return fmt.Errorf("peer %d diverged", i)
		}
	}
	return nil
}

// allowed checks a step that begins against what the others have really computed.
func (s *scenario) allowed(c *simulated.Cluster, peer int, step lockstep.Step) error {
	own, first := &s.configs[peer], s.toys[peer].first
	epoch := c.Machines[peer].Epoch()
	for k, p := range own.Sources {
		if c.Machines[p].Epoch() == epoch && c.Computed(p) < step-own.SourceLags[k] {
			return fmt.Errorf("peer %d computes step %d, and peer %d only has %d", peer, step, p, c.Computed(p))
		}
	}
	for k, p := range own.Consumers {
		if c.Machines[p].Epoch() != epoch {
			continue // it has not heard yet, and takes nothing
		}
		if taken := c.Computed(p) - own.Lags[k]; step-max(taken, first-1) > lockstep.Step(own.Credit) {
			return fmt.Errorf("peer %d computes step %d, and peer %d has taken only %d: credit is %d", peer, step, p, taken, own.Credit)
		}
	}
	if recorder := lockstep.Peer(s.nodes); own.Recorder == recorder {
		for h := range s.held {
			if h < step && h >= first && c.Machines[recorder].Epoch() == epoch && c.Computed(recorder) < h {
				return fmt.Errorf("peer %d computes step %d, and the recorder has not taken the held step %d", peer, step, h)
			}
		}
	}
	return nil
}

func TestSchedules(t *testing.T) {
	for k := range *schedules {
		at := *seed + uint64(k)
		if err := run(at, 400_000, nil); err != nil {
			t.Fatalf("seed %d: %v\nagain: go test ./cluster/lockstep/simulated -run TestSchedules -seed %d -schedules 1", at, err, at)
		}
	}
}

// What is done to messages here is beyond what the protocol bears: schedules must
// tell, or they could not tell of a fault of the protocol either.
func TestSchedulesNotice(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(to lockstep.Peer, e *lockstep.Event) bool
		want   string
	}{
		"nobody is asked": {func(_ lockstep.Peer, e *lockstep.Event) bool { return e.Kind != lockstep.Asked }, "hang"},
		"nothing is acknowledged": {func(_ lockstep.Peer, e *lockstep.Event) bool {
			return e.Kind != lockstep.Acknowledged && e.Kind != lockstep.Asked
		}, "hang"},
		"a payload is another's": {func(_ lockstep.Peer, e *lockstep.Event) bool {
			if e.Kind == lockstep.Received && e.Step%20 == 5 {
				e.Payload = payload{1}
			}
			return true
		}, "diverged"},
		"a step is called the one after": {func(_ lockstep.Peer, e *lockstep.Event) bool {
			if e.Kind == lockstep.Received && e.Step%20 == 5 {
				e.Step++
			}
			return true
		}, ""},
		"what is not taken is acknowledged": {func(_ lockstep.Peer, e *lockstep.Event) bool {
			if e.Kind == lockstep.Acknowledged || e.Kind == lockstep.Asked {
				e.Step += 3
			}
			return true
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			noticed := 0
			for seed := range uint64(100) {
				err := run(seed, 20_000, func(f *simulated.Faults) { f.Tamper, f.Drop = c.tamper, 0.1 })
				if err != nil && strings.Contains(err.Error(), c.want) {
					noticed++
				}
			}
			if noticed < 25 {
				t.Errorf("%d of 100 schedules noticed", noticed)
			}
		})
	}
}
