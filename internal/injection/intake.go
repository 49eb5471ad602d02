package injection

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// MostWaiting is how many spikes may wait for their step. What a client sends beyond
// is refused as a whole and counted, so that no client can fill the memory.
const MostWaiting = 1 << 20

// Intake takes clients' messages, from any goroutine, and gives their spikes ticks:
// the first that is not closed, or a later one that is asked for.
type Intake struct {
	n      *kernel.Network
	mutex  sync.Mutex
	counts Counts
	closed snn.Tick // all ticks up to here have been taken
	over   bool

	waiting map[snn.Tick][]snn.GID
	spikes  int                  // waiting
	answers map[snn.Tick][]reply // by the tick of the message's last spike
	batch   kernel.Batch         // that Take returns
}

// Counts is what has become of what clients sent.
type Counts struct {
	Messages int64  // that were taken
	Spikes   int64  // of them, those of one neuron in one tick counted once
	Late     int64  // whose tick was over: they come later than asked
	Twice    int64  // of a neuron that spiked in that tick anyway
	Waiting  int64  // of them, for a later step
	Refused  int64  // messages
	Full     int64  // of them, because too many spikes waited
	Why      string // the last one was refused
}

// reply is an answer on its way.
type reply struct {
	To     string // subject
	answer Answer
}

// Reply is an answer to a client: Data goes to the subject To.
type Reply struct {
	To   string
	Data []byte
}

// NewIntake takes spikes for a network from the tick after one that is closed, 0 at
// the start of a run.
func NewIntake(n *kernel.Network, closed snn.Tick) *Intake {
	return &Intake{n: n, closed: closed, waiting: map[snn.Tick][]snn.GID{}, answers: map[snn.Tick][]reply{}}
}

// Add takes a message to a population; now is the tick that spikes of now belong to,
// 0 for the next possible one. A message that is refused is answered at once; who
// sends one that is taken hears of it by Take.
func (in *Intake) Add(population string, data []byte, replyTo string, now snn.Tick) *Reply {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	r := reply{To: replyTo, answer: Answer{DtMs: in.n.DtMs}}
	if err := in.add(population, data, now, &r); err != nil {
		in.counts.Refused++
		in.counts.Why = err.Error()
		r.answer = Answer{Error: err.Error(), DtMs: in.n.DtMs}
		return r.encode()
	}
	in.counts.Messages++
	switch {
	case replyTo == "":
		return nil
	case r.answer.Last <= in.closed: // there was no spike
		return r.encode()
	}
	in.answers[r.answer.Last] = append(in.answers[r.answer.Last], r)
	return nil
}

func (in *Intake) add(population string, data []byte, now snn.Tick, r *reply) error {
	p := in.population(population)
	if p == nil {
		return fmt.Errorf("no spikes can be injected into %q: expected %s", population, in.names())
	}
	m, err := readMessage(data)
	if err != nil {
		return fmt.Errorf("a message to %s: %w", population, err)
	}
	if m.Tick > in.n.End {
		return fmt.Errorf("a message to %s: tick %d: the run ends with tick %d", population, m.Tick, in.n.End)
	}
	r.answer.Size, r.answer.GID = p.Size(), p.Range.First
	first, wanted := in.closed+1, m.Tick
	if wanted == 0 {
		wanted = max(now, first)
	}
	r.answer.Tick, r.answer.Last = max(wanted, first), 0
	for k, neuron := range m.Neurons {
		switch t := max(wanted+m.after(k), first); {
		case int64(neuron) >= int64(p.Size()):
			return fmt.Errorf("a message to %s: neuron %d: expected 0 to %d", population, neuron, p.Size()-1)
		case t > in.n.End || in.over:
			return fmt.Errorf("a message to %s: tick %d: the run ends with tick %d", population, t, in.n.End)
		default:
			r.answer.Last = max(r.answer.Last, t)
		}
	}
	if in.spikes+len(m.Neurons) > MostWaiting {
		in.counts.Full++
		return fmt.Errorf("a message to %s: %d spikes wait for their step already, and at most %d may: send less, or later", population, in.spikes, MostWaiting)
	}
	in.file(m, p, wanted, first, r)
	return nil
}

// file lets the spikes of a message wait.
func (in *Intake) file(m *Message, p *kernel.Population, wanted, first snn.Tick, r *reply) {
	earliest := snn.Tick(0)
	for k, neuron := range m.Neurons {
		t := wanted + m.after(k)
		if t < first {
			t = first
			r.answer.Late++
		}
		if earliest == 0 || t < earliest {
			earliest = t
		}
		in.waiting[t] = append(in.waiting[t], p.Range.First+snn.GID(neuron))
	}
	if earliest > 0 {
		r.answer.Tick = earliest
	}
	in.spikes += len(m.Neurons)
	in.counts.Late += int64(r.answer.Late)
}

func (in *Intake) population(name string) *kernel.Population {
	for _, p := range in.n.Injected() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func (in *Intake) names() string {
	var names []string
	for _, p := range in.n.Injected() {
		names = append(names, p.Name)
	}
	return strings.Join(names, " or ")
}

// Take closes the ticks (from, to] and returns their spikes, valid until the next
// call, and the answers to those whose last spikes these are: they are to be sent
// once the spikes are kept.
func (in *Intake) Take(from, to snn.Tick) (*kernel.Batch, []*Reply) {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	b := &in.batch
	b.From, b.GIDs, b.Offsets = from, b.GIDs[:0], append(b.Offsets[:0], 0)
	in.closed = max(in.closed, to)
	if in.spikes == 0 {
		return b, nil
	}
	var replies []*Reply
	for t := from + 1; t <= to; t++ {
		if came := in.waiting[t]; came != nil {
			delete(in.waiting, t)
			in.spikes -= len(came)
			slices.Sort(came)
			own := slices.Compact(came)
			in.counts.Spikes += int64(len(own))
			in.counts.Twice += int64(len(came) - len(own))
			b.GIDs = append(b.GIDs, own...)
		}
		for _, r := range in.answers[t] {
			replies = append(replies, r.encode())
		}
		delete(in.answers, t)
		b.Offsets = append(b.Offsets, uint32(len(b.GIDs)))
	}
	return b, replies
}

// Close says that the run is over. Who still waits for an answer hears that.
func (in *Intake) Close() (replies []*Reply) {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.over = true
	for _, all := range in.answers {
		for _, r := range all {
			r.answer = Answer{Error: "the run ended before the message's last spike", DtMs: in.n.DtMs}
			replies = append(replies, r.encode())
		}
	}
	clear(in.answers)
	clear(in.waiting)
	in.spikes = 0
	return replies
}

// Counts is what has become of what came so far.
func (in *Intake) Counts() Counts {
	in.mutex.Lock()
	defer in.mutex.Unlock()
	in.counts.Waiting = int64(in.spikes)
	return in.counts
}

func (r *reply) encode() *Reply {
	if r.To == "" {
		return nil
	}
	data, err := json.Marshal(&r.answer)
	if err != nil {
		panic(err) // words and finite numbers can be written
	}
	return &Reply{r.To, data}
}
