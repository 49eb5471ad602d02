package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"testing/fstest"
	"time"

	"github.com/spf13/cobra"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/cluster/bus/nats/bare"
	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// exchangeOrder is what `volley bench exchange` tells a node, a line of JSON each: to
// prepare an exchange, to go, and to end.
type exchangeOrder struct {
	Do       string
	Run      string
	Self, Of int
	Steps    int
	Model    string      // to be run,
	Bare     *bare.Sizes // or messages of these sizes
}

// exchangeReply is what it answers.
type exchangeReply struct {
	Error string `json:",omitempty"`
	Steps exchangeTimes
	Sizes bare.Sizes // of the messages of a run
}

// exchangeTimes are when a node ended the computing of each step, and when it began
// the next one's: ns since 1970, by a clock that all processes of a machine read.
type exchangeTimes struct{ Computed, Began []int64 }

// exchanging is one way to exchange.
type exchanging interface {
	run(steps int) (*exchangeReply, error)
	end()
}

// exchangeNodeCommand is a node that only exchanges.
func exchangeNodeCommand() *cobra.Command {
	var f siteFlags
	c := &cobra.Command{
		Use: "exchange-node", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			runtime.GOMAXPROCS(1) // as a node of one thread
			s, err := enter(c.Context(), f)
			if err != nil {
				return err
			}
			defer s.close()
			fmt.Printf("node %s is ready at %s\n", f.name, s.address)
			return obey(c.Context(), s)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.name, "name", "", "")
	fl.StringVar(&f.listen, "listen", "", "")
	fl.StringSliceVar(&f.join, "join", nil, "")
	return c
}

// obey carries out orders until there are no more.
func obey(ctx context.Context, s *site) error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	var under exchanging
	for lines.Scan() {
		o, r := &exchangeOrder{}, &exchangeReply{}
		err := json.Unmarshal(lines.Bytes(), o)
		switch {
		case err != nil:
		case o.Do == "prepare" && o.Bare != nil:
			under, err = prepareBare(s, o)
		case o.Do == "prepare":
			under, err = prepareShare(ctx, s, o)
		case o.Do == "go":
			var done *exchangeReply
			if done, err = under.run(o.Steps); err == nil {
				r = done
			}
		default:
			under.end()
		}
		if err != nil {
			r.Error = err.Error()
		}
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	}
	return lines.Err()
}

// bareExchange is by nats.go alone.
type bareExchange struct {
	*bare.Exchange
	sizes bare.Sizes
}

func prepareBare(s *site, o *exchangeOrder) (exchanging, error) {
	e, err := bare.New(s.server, o.Run, o.Self, o.Of)
	if err != nil {
		return nil, err
	}
	return &bareExchange{e, *o.Bare}, nil
}

func (b *bareExchange) run(steps int) (*exchangeReply, error) {
	began, ended, err := b.Steps(steps, b.sizes)
	r := &exchangeReply{}
	for k := range ended {
		r.Steps.Computed = append(r.Steps.Computed, began[k].UnixNano())
		r.Steps.Began = append(r.Steps.Began, ended[k].UnixNano())
	}
	return r, err
}

func (b *bareExchange) end() { b.Close() }

// shareExchange is a run's, without what surrounds one.
type shareExchange struct {
	share    *exchange.Share
	follower *exchange.Follower // on the first node
	ctx      context.Context
	cancel   context.CancelFunc
	ended    chan error // of share and follower

	times exchangeTimes
	whole chan struct{} // closed when all steps are in it
}

func prepareShare(ctx context.Context, s *site, o *exchangeOrder) (exchanging, error) {
	m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(o.Model)}}, "m.yaml", model.Options{})
	if err != nil {
		return nil, err
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		return nil, err
	}
	var places []partition.Node
	for k := range o.Of {
		places = append(places, partition.Node{Name: fmt.Sprint(k), Threads: 1})
	}
	plan, err := partition.Make(engine.ToPlan(n), places, partition.Options{})
	if err != nil {
		return nil, err
	}
	e := &shareExchange{ended: make(chan error, 2), whole: make(chan struct{})}
	e.times = exchangeTimes{make([]int64, 0, o.Steps), make([]int64, 0, o.Steps)}
	e.ctx, e.cancel = context.WithCancel(ctx)
	e.share, err = exchange.NewShare(exchange.ShareConfig{Network: n, Plan: plan, Self: o.Self, Bus: s.bus, Run: o.Run, Epoch: 1, Computing: func(begins bool) { e.computing(begins, o.Steps) }})
	if err == nil {
		err = e.share.Build()
	}
	if err == nil {
		err = e.share.Listen()
	}
	if err != nil {
		return nil, err
	}
	go func() { e.ended <- e.share.Run(e.ctx) }()
	if o.Self > 0 {
		return e, nil
	}
	if e.follower, err = exchange.NewFollower(exchange.FollowerConfig{Network: n, Plan: plan, Bus: s.bus, Run: o.Run, Epoch: 1}); err != nil {
		return nil, err
	}
	if err := e.follower.Listen(); err != nil {
		return nil, err
	}
	go func() { e.ended <- e.follower.Run(e.ctx) }()
	return e, nil
}

// computing is told of the share's steps, of which the one after the last settles.
func (e *shareExchange) computing(begins bool, steps int) {
	t := &e.times
	switch now := time.Now().UnixNano(); {
	case !begins && len(t.Computed) < steps:
		t.Computed = append(t.Computed, now)
	case begins && len(t.Computed) > 0 && len(t.Began) < steps:
		if t.Began = append(t.Began, now); len(t.Began) == steps {
			close(e.whole)
		}
	}
}

func (e *shareExchange) run(steps int) (*exchangeReply, error) {
	if err := e.share.Start(e.ctx); err != nil {
		return nil, err
	}
	if e.follower != nil {
		if err := engine.Run(e.ctx, e.follower); err != nil {
			return nil, err
		}
		if err := e.follower.Settle(); err != nil {
			return nil, err
		}
	}
	select {
	case <-e.whole:
	case err := <-e.ended:
		return nil, errors.Join(errors.New("the run has ended"), err)
	}
	return &exchangeReply{Steps: e.times, Sizes: sizesOf(e.share.Status(), steps)}, nil
}

// sizesOf is the sizes of the messages that a share has sent. The recorder is sent what
// the others are, of several steps at once.
func sizesOf(at exchange.Status, steps int) bare.Sizes {
	each := int(at.SentBytes) / steps / 2
	every := (steps + 1) / max(int(at.Sent)-steps-1, 1)
	return bare.Sizes{Step: each, Record: each * every, Every: every}
}

func (e *shareExchange) end() {
	e.cancel()
	<-e.ended
	if e.follower != nil {
		<-e.ended
	}
}
