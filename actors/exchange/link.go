package exchange

import (
	"context"
	"fmt"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/messages"
)

// link is a peer's machine on a bus. Everything but receiving happens on the
// goroutine that calls run.
type link struct {
	bus     bus.Bus
	run     string
	self    lockstep.Peer
	machine *lockstep.Machine
	start   time.Time

	received chan bus.Message
	calls    chan func() // done between events
	subs     []bus.Subscription
	joiner   *messages.Joiner
	buffer   []byte // of a frame

	compute func(*lockstep.Effect) // calls done, now or later
	send    func(lockstep.Step, any) error
	resend  func(lockstep.Peer, any) error
	pause   func() error // called when nothing has happened for a while
	after   func() error // called when all that an event brought has been done; may be nil
	late    func(lockstep.Effect)
	read    func(messages.Frame, []byte) (any, error) // makes a payload of a body

	last    lockstep.Event // of a compute that is done within compute
	isDone  bool
	corrupt int64

	sent, sentBytes, got, gotBytes int64 // messages
}

// tick is how often the machine looks at the clock.
const tick = 10 * time.Millisecond

// backlog is how many messages wait on a peer's goroutine before those that deliver
// them wait too.
const backlog = 1024

func newLink(b bus.Bus, run string, c lockstep.Config) (*link, error) {
	m, err := lockstep.New(c)
	if err != nil {
		return nil, err
	}
	return &link{
		bus: b, run: run, self: c.Self, machine: m, start: time.Now(),
		received: make(chan bus.Message, backlog), calls: make(chan func(), 16), joiner: messages.NewJoiner(2 * c.Credit * max(len(c.Sources), 1)),
	}, nil
}

// listen subscribes to a subject of the run. Where that fails, all subscriptions end.
func (l *link) listen(format string, args ...any) error {
	s, err := l.bus.Subscribe("volley."+l.run+"."+fmt.Sprintf(format, args...), func(m bus.Message) { l.received <- m })
	if err != nil {
		l.close()
		return err
	}
	l.subs = append(l.subs, s)
	return nil
}

func (l *link) subject(format string, args ...any) string {
	return "volley." + l.run + "." + fmt.Sprintf(format, args...)
}

func (l *link) now() int64 { return int64(time.Since(l.start)) }

// loop handles what comes until ctx is done, or the machine is broken.
func (l *link) loop(ctx context.Context) error {
	defer l.close()
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for {
		var err error
		select {
		case m := <-l.received:
			err = l.message(m)
		case f := <-l.calls:
			f()
		case <-clock.C:
			if err = l.handle(lockstep.Event{Kind: lockstep.Ticked}); err == nil && l.pause != nil {
				err = l.pause()
			}
		case <-ctx.Done():
			return nil
		}
		if err == nil && l.after != nil {
			err = l.after()
		}
		if err != nil {
			return err
		}
	}
}

// close ends the subscriptions. What they are delivering is taken and dropped, so
// that nobody is left waiting.
func (l *link) close() {
	over := make(chan struct{})
	go func() {
		for {
			select {
			case <-l.received:
			case <-over:
				return
			}
		}
	}()
	for _, s := range l.subs {
		_ = s.Unsubscribe()
	}
	l.subs = nil
	close(over)
}

// do has f called on the goroutine of loop, and waits for it. The error is ctx's.
func (l *link) do(ctx context.Context, f func()) error {
	done := make(chan struct{})
	select {
	case l.calls <- func() { f(); close(done) }:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// message handles the frames of a message. What is no frame is counted and lost: who
// misses something asks.
func (l *link) message(m bus.Message) error {
	l.got++
	l.gotBytes += int64(len(m.Data))
	for rest := m.Data; len(rest) > 0; {
		f, body, next, err := messages.NextFrame(rest)
		if err != nil {
			l.corrupt++
			return nil
		}
		rest = next
		if err := l.frame(f, body); err != nil {
			return err
		}
	}
	return nil
}

func (l *link) frame(f messages.Frame, body []byte) error {
	e := lockstep.Event{Peer: lockstep.Peer(f.From), Epoch: f.Epoch, Step: lockstep.Step(f.Step)}
	switch f.Kind {
	case messages.EnvelopeFrame, messages.FaultFrame:
		whole := l.joiner.Add(f, body)
		if whole == nil {
			return nil
		}
		payload, err := l.read(f, whole)
		if err != nil {
			l.corrupt++
			return nil
		}
		e.Kind, e.Payload = lockstep.Received, payload
	case messages.AskFrame:
		e.Kind = lockstep.Asked
	case messages.AcknowledgeFrame:
		e.Kind = lockstep.Acknowledged
	case messages.ProbeFrame:
		e.Kind = lockstep.Probed
	default:
		l.corrupt++
		return nil
	}
	return l.handle(e)
}

// handle tells the machine of an event, and does what it wants, until it wants
// nothing more.
func (l *link) handle(e lockstep.Event) error {
	for {
		e.Now = l.now()
		l.isDone = false
		for _, f := range l.machine.Handle(e) {
			if err := l.effect(&f); err != nil {
				return err
			}
		}
		if !l.isDone {
			return nil
		}
		e = l.last
	}
}

// done reports, from within compute, what was computed.
func (l *link) done(step lockstep.Step, payload any, held, last bool) {
	l.last, l.isDone = lockstep.Event{Kind: lockstep.Computed, Step: step, Payload: payload, Held: held, Last: last}, true
}

func (l *link) effect(f *lockstep.Effect) error {
	switch f.Kind {
	case lockstep.Compute:
		l.compute(f)
	case lockstep.Send:
		return l.send(f.Step, f.Payload)
	case lockstep.Resend:
		return l.resend(f.Peer, f.Payload)
	case lockstep.Ask:
		return l.tell(messages.AskFrame, f.Peer, f.Step)
	case lockstep.Acknowledge:
		return l.tell(messages.AcknowledgeFrame, f.Peer, f.Step)
	case lockstep.Probe:
		return l.tell(messages.ProbeFrame, f.Peer, f.Step)
	case lockstep.Late:
		l.late(*f)
	case lockstep.Broken:
		return f.Err
	}
	return nil
}

func (l *link) header(kind messages.Kind, step lockstep.Step) messages.Frame {
	return messages.Frame{Kind: kind, Epoch: l.machine.Epoch(), From: uint32(l.self), Step: int64(step)}
}

// tell sends a peer a frame without a body.
func (l *link) tell(kind messages.Kind, to lockstep.Peer, step lockstep.Step) error {
	l.buffer = messages.AppendFrame(l.buffer[:0], l.header(kind, step), nil)
	return l.put(l.subject("ask.%d", to), l.buffer)
}

// put publishes a message.
func (l *link) put(subject string, data []byte) error {
	l.sent++
	l.sentBytes += int64(len(data))
	return l.bus.Publish(subject, data)
}

// publish sends a body in as many messages as it takes.
func (l *link) publish(subject string, f messages.Frame, body []byte) (err error) {
	l.buffer, err = messages.Split(l.buffer, f, body, func(frame []byte) error { return l.put(subject, frame) })
	return err
}
