package lockstep

import "fmt"

// Machine is one peer's side of the protocol. It is not safe for concurrent use.
type Machine struct {
	c     Config
	stats Stats

	sourceOf, consumerOf []int32 // by peer: its place, or -1

	next      Step // to compute
	started   bool
	computing bool
	ended     bool // the last step has been computed
	broken    bool
	held      Step // nothing after this step before the recorder has taken it; 0 for none

	// The row of a payload is the step that it is needed for less Lag: the payload's
	// own step less what its source is ahead of the others.
	ahead   []Step // by source; nil where all are 0
	inbox   []any  // by row modulo window, then source: what came and is not taken
	present []int  // by row modulo window: how many sources' payloads are there
	window  Step
	taken   []any // the payloads of the Compute effect under way

	outbox []any  // by step modulo window: what not all consumers have taken
	acked  []Step // by consumer: all up to here has been taken
	least  Step   // of acked
	told   []Step // by source: what we have acknowledged in messages
	silent []bool // by source: it consumes nothing of ours, so payloads acknowledge nothing

	computed      int64 // when the last step was done
	smoothedNs    int64 // time of a step
	since         int64 // when waiting began
	fed           bool  // all payloads of the next step are there,
	fedAt         int64 // since then
	asked, asking int64 // when we asked last, and how long we wait before we ask again
	said          int64 // when Late was said last
	gap           Step  // asked for at once, since a later one came

	effects []Effect
}

// New makes a machine that waits to be started.
func New(c Config) (*Machine, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	m := &Machine{c: c, sourceOf: places(c.Sources, c.Peers), consumerOf: places(c.Consumers, c.Peers)}
	m.window = Step(c.Credit) + c.Lag + 2
	m.acked, m.told = make([]Step, len(c.Consumers)), make([]Step, len(c.Sources))
	m.silent = make([]bool, len(c.Sources))
	for k, p := range c.Sources {
		m.silent[k] = m.consumerOf[p] < 0
	}
	m.taken = make([]any, len(c.Sources))
	for k, lag := range c.SourceLags {
		if m.ahead == nil && lag < c.Lag {
			m.ahead = make([]Step, len(c.Sources))
		}
		if lag < c.Lag {
			m.ahead[k] = c.Lag - lag
		}
	}
	m.start(c.Epoch, c.First)
	return m, nil
}

// places is each peer's place in a list, or -1.
func places(list []Peer, peers int) []int32 {
	all := make([]int32, peers)
	for p := range all {
		all[p] = -1
	}
	for k, p := range list {
		all[p] = int32(k)
	}
	return all
}

func (m *Machine) start(epoch uint64, first Step) {
	m.c.Epoch, m.c.First = epoch, first
	m.next, m.held, m.gap = first, 0, first-1-m.c.Lag
	m.started, m.computing, m.ended, m.broken, m.fed = false, false, false, false, false
	m.inbox, m.outbox = make([]any, int(m.window)*len(m.c.Sources)), make([]any, m.window)
	m.present = make([]int, m.window)
	for k := range m.acked {
		m.acked[k] = first - 1
	}
	for k := range m.told {
		m.told[k] = first - 1
	}
	m.least = first - 1
}

// Reset begins a new epoch at a step, with nothing received and nothing sent. The
// caller sees to it that no Compute of the old one is still reported. It is followed
// by a Started event.
func (m *Machine) Reset(epoch uint64, first Step) error {
	if epoch <= m.c.Epoch || first < 1 {
		return fmt.Errorf("lockstep: epoch %d at step %d after epoch %d: expected a later one at a step from 1 on", epoch, first, m.c.Epoch)
	}
	m.start(epoch, first)
	return nil
}

// Config is what the machine was told of its run, with the epoch that it is in.
func (m *Machine) Config() Config { return m.c }

// Epoch is the one that the machine is in.
func (m *Machine) Epoch() uint64 { return m.c.Epoch }

// Next is the step that is being computed or waited for.
func (m *Machine) Next() Step { return m.next }

// Taken is the last step that all consumers have taken.
func (m *Machine) Taken() Step { return m.least }

// Finished reports whether the last step has been computed, and every consumer has
// taken all that it computes from. Others may still need an answer from here.
func (m *Machine) Finished() bool {
	if !m.ended {
		return false
	}
	for k := range m.acked {
		if m.holdsBack(k) {
			return false
		}
	}
	return true
}

// Stats is what has been counted.
func (m *Machine) Stats() Stats { return m.stats }

// Handle takes an event and returns what is to be done, in this order: a Compute
// effect is the last. The effects are valid until the next call.
func (m *Machine) Handle(e Event) []Effect {
	clear(m.effects) // payloads that were sent are not kept alive
	m.effects = m.effects[:0]
	if m.broken {
		return nil
	}
	switch e.Kind {
	case Started:
		m.started = true
		m.computed, m.since, m.said = e.Now, e.Now, e.Now
		m.wait(e.Now)
	case Computed:
		m.onComputed(&e)
	case Received:
		m.onReceived(&e)
	case Acknowledged:
		if k := m.consumer(&e); k >= 0 {
			m.acknowledged(k, e.Step)
		}
	case Asked:
		m.onAsked(&e)
	case Probed:
		if k := m.source(&e); k >= 0 {
			m.told[k] = m.consumed(k)
			m.do(Effect{Kind: Acknowledge, Peer: e.Peer, Step: m.told[k]})
		}
	case Ticked:
		m.onTicked(e.Now)
	}
	m.advance(e.Now)
	return m.effects
}

func (m *Machine) do(e Effect) { m.effects = append(m.effects, e) }

func (m *Machine) fail(format string, args ...any) {
	m.broken = true
	m.do(Effect{Kind: Broken, Err: fmt.Errorf("lockstep: peer %d, epoch %d: "+format, append([]any{m.c.Self, m.c.Epoch}, args...)...)})
}

// source is the place of the source that an event is from, or -1 for an event that
// is to be ignored.
func (m *Machine) source(e *Event) int { return m.place(e, m.sourceOf) }

// consumer is the place of the consumer that an event is from, or -1.
func (m *Machine) consumer(e *Event) int { return m.place(e, m.consumerOf) }

func (m *Machine) place(e *Event, of []int32) int {
	switch {
	case e.Epoch != m.c.Epoch:
		m.stats.Stale++
	case e.Peer < 0 || int(e.Peer) >= len(of) || of[e.Peer] < 0:
		m.stats.Foreign++
	default:
		return int(of[e.Peer])
	}
	return -1
}

// needed is the row that the next step is computed from: a step of sources that are
// not ahead.
func (m *Machine) needed() Step { return m.next - m.c.Lag }

// consumed is the last step of a source that has been taken for good.
func (m *Machine) consumed(source int) Step { return m.needed() - 1 + m.aheadOf(source) }

func (m *Machine) aheadOf(source int) Step {
	if m.ahead == nil {
		return 0
	}
	return m.ahead[source]
}

// slot is the place of a step, or of a row, which may lie before step 0.
func (m *Machine) slot(s Step) int { return int((s + m.c.Lag) % m.window) }

func (m *Machine) cell(row Step, source int) *any {
	return &m.inbox[m.slot(row)*len(m.c.Sources)+source]
}

// due is how many payloads a row has when it is whole.
func (m *Machine) due(row Step) (n int) {
	if row >= m.c.First {
		return len(m.c.Sources)
	}
	for _, ahead := range m.ahead {
		if row+ahead >= m.c.First {
			n++
		}
	}
	return n
}

// missing: a payload of a row has not come and will.
func (m *Machine) missing(row Step, source int) bool {
	return row+m.aheadOf(source) >= m.c.First && *m.cell(row, source) == nil
}

func (m *Machine) onReceived(e *Event) {
	k := m.source(e)
	if k < 0 {
		return
	}
	if c := m.consumerOf[e.Peer]; c >= 0 {
		m.acknowledged(int(c), e.Step-m.lagOf(int(c)))
		if m.broken {
			return
		}
	}
	needed, row := m.needed(), e.Step-m.aheadOf(k)
	if m.computing {
		needed++ // what is being computed from is taken
	}
	switch {
	case row < needed || e.Step < m.c.First:
		m.stats.Duplicates++
		return
	case row >= needed+m.window:
		m.fail("peer %d sent step %d and only %d has been taken: it has run beyond its credit of %d steps", e.Peer, e.Step, needed-1+m.aheadOf(k), m.c.Credit)
		return
	}
	cell := m.cell(row, k)
	if *cell != nil {
		m.stats.Duplicates++
		return
	}
	*cell = e.Payload
	m.present[m.slot(row)]++
	if !m.computing && row > needed && m.gap < needed && m.missing(needed, k) {
		m.gap = needed // what comes in order has been lost
		m.ask(e.Now, k)
	}
}

func (m *Machine) lagOf(consumer int) Step {
	if m.c.Lags == nil {
		return 1
	}
	return m.c.Lags[consumer]
}

// acknowledged: a consumer has taken all up to step s.
func (m *Machine) acknowledged(consumer int, s Step) {
	was := m.acked[consumer]
	if s <= was {
		return
	}
	if s >= m.next {
		m.fail("peer %d has taken step %d and only %d have been computed", m.c.Consumers[consumer], s, m.next-1)
		return
	}
	m.acked[consumer] = s
	if was > m.least {
		return
	}
	least := s
	for _, a := range m.acked {
		least = min(least, a)
	}
	for m.least < least {
		m.least++
		m.outbox[m.slot(m.least)] = nil
	}
}

func (m *Machine) onAsked(e *Event) {
	k := m.consumer(e)
	if k < 0 {
		return
	}
	m.acknowledged(k, e.Step-1)
	for s := max(e.Step, m.acked[k]+1); s < m.next && !m.broken; s++ {
		m.stats.Resends++
		m.do(Effect{Kind: Resend, Peer: e.Peer, Step: s, Payload: m.outbox[m.slot(s)]})
	}
}

func (m *Machine) onComputed(e *Event) {
	if !m.computing || e.Step != m.next {
		m.fail("step %d was computed, and step %d is due", e.Step, m.next)
		return
	}
	took := e.Now - m.computed
	m.smoothedNs += (took - m.smoothedNs) / 8
	if m.stats.Steps == 0 {
		m.smoothedNs = took
	}
	m.stats.Steps++
	m.computed, m.since, m.said = e.Now, e.Now, e.Now
	clear(m.taken)
	m.computing, m.fed = false, false
	m.next++
	if e.Held {
		m.held = e.Step
	}
	m.ended = e.Last
	if len(m.c.Consumers) > 0 {
		m.outbox[m.slot(e.Step)] = e.Payload
		m.do(Effect{Kind: Send, Step: e.Step, Payload: e.Payload})
	} else {
		m.least = e.Step
	}
	for k, silent := range m.silent {
		consumed := m.consumed(k)
		if silent && consumed > m.told[k] && (consumed-m.told[k] >= Step(m.c.Credit)/4 || e.Held || e.Last) {
			m.told[k] = consumed
			m.do(Effect{Kind: Acknowledge, Peer: m.c.Sources[k], Step: consumed})
		}
	}
	m.wait(e.Now)
}

// advance computes the next step where that is possible.
func (m *Machine) advance(now int64) {
	if !m.started || m.computing || m.ended || m.broken || m.starved() {
		return
	}
	if !m.fed {
		m.fed, m.fedAt = true, now
		m.stats.WaitedNs += now - m.since
	}
	if m.blocked() {
		return
	}
	m.stats.BlockedNs += now - m.fedAt
	e := Effect{Kind: Compute, Step: m.next}
	if s := m.needed(); m.due(s) > 0 {
		row := m.inbox[m.slot(s)*len(m.c.Sources):][:len(m.c.Sources)]
		copy(m.taken, row)
		clear(row)
		m.present[m.slot(s)] = 0
		e.Payloads = m.taken
	}
	m.computing = true
	m.do(e)
}

// starved: a source's payload is missing.
func (m *Machine) starved() bool {
	s := m.needed()
	return m.present[m.slot(s)] < m.due(s)
}

// blocked: a consumer is too far behind, or the recorder has not taken a held step.
func (m *Machine) blocked() bool {
	if len(m.c.Consumers) == 0 {
		return false
	}
	return m.next-m.least > Step(m.c.Credit) || m.held > 0 && m.recorded() < m.held
}

// recorded is the last step that the recorder has taken.
func (m *Machine) recorded() Step {
	if m.c.Recorder < 0 || m.consumerOf[m.c.Recorder] < 0 {
		return m.next
	}
	return m.acked[m.consumerOf[m.c.Recorder]]
}
