package nats_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/cluster/bus/memory"
	"github.com/volley-snn/volley/cluster/bus/nats"
)

// end is one end of an exchange: it publishes on a subject, and awaits what comes.
type end struct {
	publish func(data []byte) error
	arrived chan []byte
}

// BenchmarkExchange is a step of two nodes: each publishes its envelope and waits
// for the other's. ns/op is for the whole step; p50 and p99 beside it. Bare is
// nats.go as it comes, with the same callbacks and the same hand-over by channel.
func BenchmarkExchange(b *testing.B) {
	for _, size := range []int{64, 1 << 10, 16 << 10} {
		for _, kind := range []string{"memory", "process/bare", "process/bus", "loopback/bare", "loopback/bus"} {
			b.Run(fmt.Sprintf("%s/%dB", kind, size), func(b *testing.B) {
				exchange(b, pair(b, kind), size)
			})
		}
	}
}

func pair(b *testing.B, kind string) [2]end {
	var ends [2]end
	s := start(b, nats.ServerOptions{})
	hub := memory.New()
	for k := range ends {
		mine, others := fmt.Sprint("volley.run.spk.", k), fmt.Sprint("volley.run.spk.", 1-k)
		arrived := make(chan []byte, 16)
		var err error
		switch kind {
		case "process/bare", "loopback/bare":
			var c *natsgo.Conn
			if kind == "loopback/bare" {
				c, err = natsgo.Connect(s.ClientURL())
			} else {
				// The same pipe as the bus has.
				c, err = natsgo.Connect("", natsgo.InProcessServer(s.InProcess()))
			}
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(c.Close)
			if _, err = c.Subscribe(others, func(m *natsgo.Msg) { arrived <- m.Data }); err == nil {
				err = c.Flush()
			}
			ends[k] = end{func(data []byte) error { return c.Publish(mine, data) }, arrived}
		default:
			var c bus.Bus
			switch kind {
			case "memory":
				c = hub.Connect()
				b.Cleanup(func() { c.Close() })
			case "process/bus":
				n, err := s.Connect(context.Background(), nats.Options{})
				c = closing(b, n, err)
			default:
				c = connect(b, nats.Options{URLs: []string{s.ClientURL()}})
			}
			_, err = c.Subscribe(others, func(m bus.Message) { arrived <- m.Data })
			ends[k] = end{func(data []byte) error { return c.Publish(mine, data) }, arrived}
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return ends
}

func exchange(b *testing.B, ends [2]end, size int) {
	step := func(e end, data []byte) {
		if err := e.publish(data); err != nil {
			b.Error(err)
		}
		<-e.arrived
	}
	b.SetBytes(int64(2 * size))
	taken := make([]time.Duration, 0, 1<<20)
	n := b.N
	done := make(chan struct{})
	go func() {
		defer close(done)
		data := make([]byte, size)
		for range n {
			step(ends[1], data)
		}
	}()
	data := make([]byte, size)
	b.ResetTimer()
	for range n {
		t := time.Now()
		step(ends[0], data)
		taken = append(taken, time.Since(t))
	}
	<-done
	b.StopTimer()
	slices.Sort(taken)
	b.ReportMetric(float64(taken[len(taken)/2].Nanoseconds())/1e3, "p50-us")
	b.ReportMetric(float64(taken[len(taken)*99/100].Nanoseconds())/1e3, "p99-us")
}
