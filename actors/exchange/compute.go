package exchange

import (
	"errors"
	"fmt"

	"github.com/volley-snn/volley/cluster/lockstep"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/snn"
	"github.com/volley-snn/volley/snn/kernel"
)

// compute computes a step of the share.
func (s *Share) compute(f *lockstep.Effect) {
	s.status.computing.Store(true)
	defer s.status.computing.Store(false)
	s.saved()
	now, began := s.engine.Now(), s.link.now()
	stepping, stepped := began, began
	defer func() {
		s.computeNs += stepped - stepping
		s.encodeNs += s.link.now() - began - (stepped - stepping)
		s.report()
	}()
	next := step{number: f.Step, from: now, to: now}
	s.sums.begin()
	in := kernel.Input{To: now}
	switch stopped, err := s.receive(f, &in); {
	case err != nil:
		s.fail(&next, err)
		return
	case stopped:
		s.link.done(f.Step, s.writer.write(&next), false, true)
		return
	}
	if s.before.number > 0 {
		s.schedule.Took(now, s.watched)
	}
	in.Aggregates = s.sums.take()
	to, starts, more := s.schedule.Next(now)
	last := !more || s.stopAt > 0 && f.Step > s.stopAt
	if !last {
		in.To, in.Trial, next.to = to, starts, to
		if err := s.inject(f, &in); err != nil {
			s.fail(&next, err)
			return
		}
	}
	if s.c.Computing != nil {
		s.c.Computing(true)
	}
	stepping = s.link.now()
	outputs, err := s.engine.StepShare(in)
	stepped = s.link.now()
	if s.c.Computing != nil {
		s.c.Computing(false)
	}
	if err != nil {
		s.fail(&next, err)
		return
	}
	held := false
	if !last {
		next.outputs = outputs
		next.watched = s.ownWatched(outputs)
		s.sums.emitted(outputs)
		held = s.held(now)
	}
	next.shares, next.aggregates = s.sums.up, s.sums.down
	s.before, s.watched, s.settled = next, next.watched, last
	s.link.done(f.Step, s.writer.write(&next), held, last)
}

// receive puts what all partitions emitted in the step before into an input.
// stopped: another node's partition failed in it, and nothing follows.
func (s *Share) receive(f *lockstep.Effect, in *kernel.Input) (stopped bool, err error) {
	if s.before.number == 0 {
		in.Spikes, s.resumed = s.resumed, nil
		return false, nil
	}
	own := &s.c.Plan.Shares[s.c.Self]
	for i := range s.heard {
		if i < own.First || i >= own.First+own.Parts {
			silent(&s.heard[i], s.before.from, s.before.to)
		}
	}
	for k := range s.before.outputs {
		s.spikes[own.First+k] = s.before.outputs[k].Spikes
	}
	for k, from := range own.Sources {
		payload := f.Payloads[k].(*incoming)
		if payload.fault != nil {
			return true, nil
		}
		if err := s.hear(from, payload); err != nil {
			return false, err
		}
	}
	in.Spikes = s.spikes
	return false, nil
}

// hear takes another node's envelope.
func (s *Share) hear(from int, in *incoming) error {
	theirs := &s.c.Plan.Shares[from]
	for k := range in.Batches {
		i := int(in.Batches[k].Partition)
		if i < theirs.First || i >= theirs.First+theirs.Parts {
			return fmt.Errorf("node %d sends spikes of partition %d, and has %d to %d", from, i, theirs.First, theirs.First+theirs.Parts-1)
		}
		if err := in.batch(k, s.before.from, s.before.to, &s.heard[i]); err != nil {
			return err
		}
	}
	s.watched += in.Watched
	return s.sums.heard(from, &in.Envelope)
}

// inject puts what the ingest says of a step into its input.
func (s *Share) inject(f *lockstep.Effect, in *kernel.Input) error {
	if !s.injected {
		return nil
	}
	payload, from := f.Payloads[len(f.Payloads)-1].(*incoming), s.engine.Now()
	if err := payload.covers(from, in.To); err != nil || len(payload.Batches) == 0 {
		return err
	}
	in.Injected = &s.given
	return payload.batch(0, from, in.To, &s.given)
}

func (s *Share) ownWatched(outputs []kernel.Output) int64 {
	if s.c.Network.Watched == nil {
		return 0
	}
	return engine.SpikesIn(outputs, s.c.Network.Watched.Range)
}

// held reports whether weights are read as of a tick, once the step has been computed
// that begins with it.
func (s *Share) held(at snn.Tick) bool {
	if at == 0 {
		return false // they are read before the first step
	}
	for i := range s.c.Network.Snapshots {
		if s.c.Network.Snapshots[i].Due(at) {
			return true
		}
	}
	return false
}

// fail ends the share with a step: the others learn of it by its payload.
func (s *Share) fail(at *step, err error) {
	var f *engine.Fault
	if !errors.As(err, &f) {
		own := &s.c.Plan.Shares[s.c.Self]
		f = &engine.Fault{Partition: own.First, GIDs: own.Range, From: at.from, To: at.to, DtMs: s.c.Network.DtMs, Cause: err, Stack: []byte("node " + own.Node.Name)}
	}
	s.failed = f
	o, err := s.writer.fault(at.number, f)
	if err != nil {
		panic(err) // numbers and words can be written
	}
	s.link.done(at.number, o, false, true)
}

// send publishes a step's payload.
func (s *Share) send(_ lockstep.Step, payload any) error {
	o := payload.(*outgoing)
	header := s.link.header(o.kind, o.step)
	for a, body := range o.audiences {
		if err := s.link.publish(s.link.subject("spk.%d.%d", s.c.Self, a), header, body); err != nil {
			return err
		}
	}
	return s.record(o)
}

// record sends the recorder its part; several steps go in one message where they
// are small, at most a quarter of the credit.
func (s *Share) record(o *outgoing) error {
	header := s.link.header(o.kind, o.step)
	if len(o.recorder) > messages.MaxBody/4 {
		if err := s.flush(); err != nil {
			return err
		}
		return s.link.publish(s.link.subject("rec.%d", s.c.Self), header, o.recorder)
	}
	s.records = messages.AppendFrame(s.records, header, o.recorder)
	s.pending++
	if s.pending >= s.batch() || len(s.records) > messages.MaxBody/2 || s.settled || s.failed != nil || s.held(s.before.to) {
		return s.flush()
	}
	return nil
}

// batch is how many steps are recorded in one message.
func (s *Share) batch() int { return max(s.c.Credit, 16) / 4 }

// flush sends the recorder what waits.
func (s *Share) flush() error {
	if s.pending == 0 {
		return nil
	}
	err := s.link.put(s.link.subject("rec.%d", s.c.Self), s.records)
	s.records, s.pending = s.records[:0], 0
	return err
}

// resend sends one peer its part of a payload again.
func (s *Share) resend(to lockstep.Peer, payload any) error {
	o := payload.(*outgoing)
	body := o.recorder
	for a, audience := range s.c.Plan.Shares[s.c.Self].Audiences {
		for _, m := range audience.Members {
			if lockstep.Peer(m) == to {
				body = o.audiences[a]
			}
		}
	}
	return s.link.publish(s.link.subject("fix.%d", to), s.link.header(o.kind, o.step), body)
}

// report leaves word of how far the share is.
func (s *Share) report() {
	at := *s.status.at.Load()
	if int64(s.before.number) > at.Step {
		for k := range s.before.outputs {
			at.Spikes += int64(len(s.before.outputs[k].Spikes.GIDs))
		}
	}
	at.Step, at.Tick, at.Settled = int64(s.before.number), int64(s.before.to), s.settled
	l := s.link
	at.Lockstep, at.Corrupt = l.machine.Stats(), l.corrupt
	at.ComputeNs, at.EncodeNs = s.computeNs, s.encodeNs
	at.Sent, at.SentBytes, at.Received, at.ReceivedBytes = l.sent, l.sentBytes, l.got, l.gotBytes
	s.status.at.Store(&at)
}
