// Package bare exchanges messages of a run's sizes by nats.go as it comes, without
// the run protocol or the bus: what a run's exchange is measured against.
package bare

import (
	"fmt"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/volley-snn/volley/cluster/bus/nats"
)

// patience is how long a peer waits for a message: nobody sends one again.
const patience = 10 * time.Second

// Exchange is one peer's side of an exchange in steps: each publishes a message, and
// goes on when it has one of every other.
type Exchange struct {
	c    *natsgo.Conn
	run  string
	self int
	of   int

	arrived  []chan struct{} // by peer
	recorded atomic.Int64
}

// Sizes of the messages.
type Sizes struct {
	Step   int // bytes of a step's message
	Record int // bytes of the message to the recorder, peer 0
	Every  int // steps that one of those is of
}

// New subscribes to what the others publish in a run of that name. All must have
// subscribed before any begins.
func New(s *nats.Server, run string, self, of int) (*Exchange, error) {
	c, err := s.Bare()
	if err != nil {
		return nil, err
	}
	e := &Exchange{c: c, run: run, self: self, of: of, arrived: make([]chan struct{}, of)}
	for k := range of {
		e.arrived[k] = make(chan struct{}, 16) // none is two steps ahead
		if self == 0 {
			err = e.listen("rec", k, func() { e.recorded.Add(1) })
		}
		if err == nil && k != self {
			err = e.listen("spk", k, func() { e.arrived[k] <- struct{}{} })
		}
		if err != nil {
			c.Close()
			return nil, err
		}
	}
	return e, c.Flush()
}

func (e *Exchange) listen(what string, peer int, deliver func()) error {
	_, err := e.c.Subscribe(e.subject(what, peer), func(*natsgo.Msg) { deliver() })
	return err
}

func (e *Exchange) subject(what string, peer int) string {
	return fmt.Sprintf("volley.%s.%s.%d", e.run, what, peer)
}

// Steps exchanges a number of steps, and returns when each began and when it had all
// that it waited for.
func (e *Exchange) Steps(n int, sizes Sizes) (began, ended []time.Time, err error) {
	step, record := make([]byte, sizes.Step), make([]byte, sizes.Record)
	own, recorder := e.subject("spk", e.self), e.subject("rec", e.self)
	began, ended = make([]time.Time, 0, n), make([]time.Time, 0, n)
	late := time.NewTimer(patience)
	defer late.Stop()
	for k := range n {
		began = append(began, time.Now())
		if err := e.c.Publish(own, step); err != nil {
			return nil, nil, err
		}
		if sizes.Every > 0 && k%sizes.Every == sizes.Every-1 {
			if err := e.c.Publish(recorder, record); err != nil {
				return nil, nil, err
			}
		}
		for peer, arrived := range e.arrived {
			if peer == e.self {
				continue
			}
			select {
			case <-arrived:
			case <-late.C:
				return nil, nil, fmt.Errorf("step %d of peer %d has not come to peer %d within %v", k+1, peer, e.self, patience)
			}
		}
		ended = append(ended, time.Now())
		if k%1024 == 0 {
			late.Reset(patience)
		}
	}
	return began, ended, nil
}

// Close ends the connection.
func (e *Exchange) Close() { e.c.Close() }
