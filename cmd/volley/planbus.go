package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/nats"
	"github.com/volley-snn/volley/internal/engine"
)

// busCost is what a message costs between two connections to a NATS server in this
// process, over loopback.
type busCost struct {
	Latency time.Duration // from sending to taking: the median
	Message time.Duration // of processor time to send or take one; the server's part is halved among them
}

// measureBus sends messages of 1 KiB there and back. Cost: under a second.
func measureBus(ctx context.Context) (c busCost, err error) {
	server, err := nats.Start(nats.ServerOptions{Name: "plan"})
	if err != nil {
		return c, err
	}
	defer server.Shutdown()
	var ends [2]bus.Bus
	arrived := [2]chan struct{}{make(chan struct{}, burst), make(chan struct{}, burst)}
	for k := range ends {
		if ends[k], err = nats.Connect(ctx, nats.Options{URLs: []string{server.ClientURL()}}); err != nil {
			return c, err
		}
		defer ends[k].Close()
		if _, err = ends[k].Subscribe(fmt.Sprint("plan.", k), func(bus.Message) { arrived[k] <- struct{}{} }); err != nil {
			return c, err
		}
	}
	data := make([]byte, 1<<10)
	var trips []time.Duration
	for range 1000 {
		start := time.Now()
		for k := range ends {
			if err := ends[k].Publish(fmt.Sprint("plan.", 1-k), data); err != nil {
				return c, err
			}
			if err := await(ctx, arrived[1-k]); err != nil {
				return c, err
			}
		}
		trips = append(trips, time.Since(start)/2)
	}
	slices.Sort(trips)
	c.Latency = trips[len(trips)/2]
	clock := engine.StartClock()
	for range burst {
		if err := ends[0].Publish("plan.1", data); err != nil {
			return c, err
		}
	}
	for range burst {
		if err := await(ctx, arrived[1]); err != nil {
			return c, err
		}
	}
	c.Message = time.Duration(clock.Elapsed().CPUS / (2 * burst) * 1e9)
	return c, nil
}

// burst is how many messages are sent at once.
const burst = 5000

func await(ctx context.Context, arrived chan struct{}) error {
	select {
	case <-arrived:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
