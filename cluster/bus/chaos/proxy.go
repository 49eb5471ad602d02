package chaos

import (
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Weather is what a Proxy does to what passes through it, either way.
type Weather struct {
	// Delay and Jitter: each chunk arrives later by Delay, and by up to Jitter more.
	// Chunks stay in order, as TCP has them.
	Delay, Jitter time.Duration

	// SliceBytes cuts what arrives into pieces of 1 to so many bytes, each written by
	// itself; 0 leaves it as it is.
	SliceBytes int

	// Seed of jitter and slices.
	Seed uint64

	// Listen is the host:port to connect to instead of the target. Default a free port
	// of this machine alone.
	Listen string
}

// Proxy is a bad network between a client and a server, in this process.
type Proxy struct {
	listener net.Listener
	target   string
	weather  Weather

	mu      sync.Mutex
	opened  uint64
	open    map[*link]struct{}
	stalled chan struct{} // not nil while nothing passes; closed at the end
}

// link is one connection through a proxy.
type link struct{ client, server net.Conn }

// queueChunks is how much a proxy holds each way before it stops reading.
const queueChunks = 64

// NewProxy passes connections on to a host:port, until it is closed.
func NewProxy(target string, w Weather) (*Proxy, error) {
	if w.Listen == "" {
		w.Listen = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", w.Listen)
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, target: target, weather: w, open: map[*link]struct{}{}}
	go p.accept()
	return p, nil
}

// Close breaks all connections, and takes no more.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Stall(false)
	p.Reset()
}

// Address is where to connect instead of the target.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Reset breaks all connections with a TCP reset, and returns how many there were.
func (p *Proxy) Reset() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.open)
	for l := range p.open {
		l.reset()
	}
	return n
}

// Open is how many connections pass through.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// Stall holds everything back without a word, as a cut cable does, or lets it pass
// again.
func (p *Proxy) Stall(stall bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case stall && p.stalled == nil:
		p.stalled = make(chan struct{})
	case !stall && p.stalled != nil:
		close(p.stalled)
		p.stalled = nil
	}
}

// reset closes both ends without the usual farewell.
func (l *link) reset() {
	for _, c := range []net.Conn{l.client, l.server} {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		l := &link{client, server}
		p.mu.Lock()
		p.open[l] = struct{}{}
		p.opened++
		seed := p.weather.Seed + p.opened
		p.mu.Unlock()
		go p.carry(l, client, server, rand.New(rand.NewPCG(seed, 1)))
		go p.carry(l, server, client, rand.New(rand.NewPCG(seed, 2)))
	}
}

// chunk is bytes and when they are due.
type chunk struct {
	data []byte
	due  time.Time
}

// carry passes on what comes from one end, until either end is closed.
func (p *Proxy) carry(l *link, from, to net.Conn, chance *rand.Rand) {
	chunks := make(chan chunk, queueChunks)
	go func() {
		defer close(chunks)
		for buffer := make([]byte, 64<<10); ; {
			n, err := from.Read(buffer)
			if n > 0 {
				wait := p.weather.Delay
				if p.weather.Jitter > 0 {
					wait += time.Duration(chance.Int64N(int64(p.weather.Jitter)))
				}
				chunks <- chunk{append([]byte(nil), buffer[:n]...), time.Now().Add(wait)}
			}
			if err != nil {
				return
			}
		}
	}()
	slices := rand.New(rand.NewPCG(p.weather.Seed, 3))
	failed := false
	for c := range chunks {
		time.Sleep(time.Until(c.due))
		p.await()
		for len(c.data) > 0 && !failed { // after a failure only empty the queue
			n := len(c.data)
			if p.weather.SliceBytes > 0 {
				n = min(n, 1+slices.IntN(p.weather.SliceBytes))
			}
			_, err := to.Write(c.data[:n])
			c.data = c.data[n:]
			if failed = err != nil; failed && !errors.Is(err, net.ErrClosed) {
				from.Close()
			}
		}
	}
	p.mu.Lock()
	delete(p.open, l)
	p.mu.Unlock()
	from.Close()
	to.Close()
}

// await returns when nothing is held back.
func (p *Proxy) await() {
	p.mu.Lock()
	stalled := p.stalled
	p.mu.Unlock()
	if stalled != nil {
		<-stalled
	}
}
