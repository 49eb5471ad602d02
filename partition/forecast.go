package partition

import (
	"math"
	"slices"
)

// Speed is what processors and the network between nodes do, measured or assumed.
type Speed struct {
	UnitNs    float64 // one thread, for a unit of Network.Costs and a tick
	SpikeNs   float64 // to write or to read a spike of a message
	MessageNs float64 // of processor time to send or take a message
	LatencyNs float64 // from sending to taking
	BytesPerS float64 // between two nodes

	// Of the recorder's processor time: for a step, for each spike of it besides,
	// and for a step of which nothing is recorded.
	RecordNs, RecordSpikeNs, FollowNs float64
	// Cores that all nodes and the recorder share, where they run on one machine; 0
	// where each has its own.
	Cores int
	// TogetherNs is what a step took of as many nodes on these cores that compute for
	// as long, and whose envelopes have no spikes; 0 where that was not measured.
	TogetherNs float64
}

// Pace is the steps of a run.
type Pace struct {
	DtMs  float64
	Ticks float64 // of a step, on average
	Lag   int     // 2 where exchange goes on while the next step is computed, else 1
}

// Load is what a node is expected to do in a step.
type Load struct {
	ComputeNs           float64 // of wall time, on its threads
	SendNs, ReceiveNs   float64 // of processor time
	Messages            float64 // that it publishes: one an audience, and the recorder's
	Deliveries          float64 // that these become
	Received            float64
	BytesOut, BytesIn   float64 // a message to several counted once; taken
	SpikesOut, SpikesIn float64
}

// Forecast is how a plan is expected to run.
type Forecast struct {
	Loads      []Load // by node
	ComputeNs  float64
	ExchangeNs float64 // that comes on top, the recorder's share of shared cores too
	RecordNs   float64 // of the recorder
	StepNs     float64

	// RealTimeFactor is wall time over biological time.
	RealTimeFactor float64
}

// envelopeBytes is what a silent step takes: frame and envelope of no partition.
const envelopeBytes = 38 + 10

// Forecast predicts a step of the plan. Cost: links between nodes.
func (p *Plan) Forecast(n *Network, s Speed, pace Pace) *Forecast {
	f := &Forecast{Loads: make([]Load, len(p.Shares))}
	for k := range p.Shares {
		p.load(n, k, s, pace, f.Loads)
	}
	f.ComputeNs, f.ExchangeNs = p.time(f.Loads, s)
	f.StepNs = f.ComputeNs + f.ExchangeNs
	if pace.Lag > 1 { // only what processors do adds up
		_, busy := p.time(f.Loads, Speed{Cores: s.Cores, BytesPerS: math.Inf(1)})
		f.StepNs = max(f.ComputeNs+busy, f.ExchangeNs)
	}
	f.record(s, p.Shares[0].Node.Threads)
	f.RealTimeFactor = f.StepNs / (pace.Ticks * pace.DtMs * 1e6)
	return f
}

// record lets the recorder take part: it works on the threads of one of the nodes, for
// which the others wait.
func (f *Forecast) record(s Speed, threads int) {
	spikes, coded := 0.0, 0.0
	for _, l := range f.Loads {
		spikes += l.SpikesOut
		coded += float64((l.SpikesOut + l.SpikesIn) * s.SpikeNs)
	}
	f.RecordNs = s.RecordNs + float64(spikes*(s.RecordSpikeNs+s.SpikeNs))
	if s.TogetherNs > 0 {
		f.StepNs = s.TogetherNs + float64(coded/float64(s.Cores))
	} else {
		f.RecordNs += s.FollowNs
	}
	f.StepNs += f.RecordNs / float64(threads)
	f.ComputeNs = min(f.ComputeNs, f.StepNs)
	f.ExchangeNs = f.StepNs - f.ComputeNs
}

// load fills in what node k computes and sends, and what its consumers take of it.
func (p *Plan) load(n *Network, k int, s Speed, pace Pace, loads []Load) {
	share, l := &p.Shares[k], &loads[k]
	l.ComputeNs = s.UnitNs * pace.Ticks * p.busiest(k)
	every := p.message(n, k, n.all(), pace)
	every.bytes += p.watched(n, k)
	summed := p.summed(n, k)
	l.Messages, l.Deliveries = float64(len(share.Audiences)+1), float64(len(share.Consumers)+1)
	l.BytesOut, l.SpikesOut = every.bytes, every.spikes
	l.SendNs = float64(every.spikes*s.SpikeNs) + float64(l.Messages*s.MessageNs) // spikes are written once, messages copy them
	for _, a := range share.Audiences {
		m := p.message(n, k, a.Groups, pace)
		m.bytes += summed
		l.BytesOut += m.bytes
		for _, to := range a.Members {
			c := &loads[to]
			c.Received++
			c.BytesIn += m.bytes
			c.SpikesIn += m.spikes
			c.ReceiveNs += s.MessageNs + float64(m.spikes*s.SpikeNs)
		}
	}
}

// watched is the bytes of statistics that node k tells the recorder in a step.
func (p *Plan) watched(n *Network, k int) (bytes float64) {
	share := &p.Shares[k]
	for _, w := range n.Watches {
		for _, part := range p.Parts[share.First : share.First+share.Parts] {
			if n.Groups[w.Group].Range.Intersect(part.Range).Len() > 0 {
				bytes += w.Bytes
			}
		}
	}
	return bytes
}

// summed is the bytes of shares and sums that node k tells others in a step.
func (p *Plan) summed(n *Network, k int) (bytes float64) {
	for s := range p.Sums {
		t := &p.Sums[s]
		if t.Above(k) >= 0 || t.Direct && slices.Contains(t.Members, k) {
			bytes += n.Sums[s].Bytes
		}
		if !t.Direct && len(t.Below(k)) > 0 {
			bytes += n.Sums[s].Bytes
		}
	}
	return bytes
}

// busiest is the cost of a tick on the node's busiest thread.
func (p *Plan) busiest(k int) float64 {
	share := &p.Shares[k]
	most := share.Cost / float64(share.Node.Threads)
	for _, part := range p.Parts[share.First : share.First+share.Parts] {
		most = max(most, part.Cost)
	}
	return most
}

// size is what a message holds.
type size struct{ bytes, spikes float64 }

// message is what node k says of a step to those who hear some groups.
func (p *Plan) message(n *Network, k int, groups []int, pace Pace) size {
	m := size{bytes: envelopeBytes}
	share := &p.Shares[k]
	for _, part := range p.Parts[share.First : share.First+share.Parts] {
		spikes, neurons := 0.0, 0.0
		for _, g := range groups {
			own := float64(n.Groups[g].Range.Intersect(part.Range).Len())
			neurons += own
			spikes += float64(own * n.Groups[g].RateHz * pace.Ticks * pace.DtMs / 1000)
		}
		m.spikes += spikes
		m.bytes += 5 + pace.Ticks + float64(spikes*gapBytes(neurons, spikes/pace.Ticks))
	}
	return m
}

// gapBytes is what a distance between GIDs takes where so many of the neurons fire
// in a tick: gaps are exponential, and a byte holds 7 bits.
func gapBytes(neurons, spikes float64) float64 {
	if spikes <= 0 {
		return 0
	}
	gap := neurons / max(spikes, 1)
	bytes := 1.0
	for _, limit := range []float64{1 << 7, 1 << 14, 1 << 21} {
		bytes += tail(limit / gap)
	}
	return bytes
}

// tail is about exp(-x): it only sizes messages.
func tail(x float64) float64 {
	if x > 30 {
		return 0
	}
	y := 1 + float64(x/64) // to the 64th power
	for range 6 {
		y *= y
	}
	return 1 / y
}

func (n *Network) all() []int {
	groups := make([]int, len(n.Groups))
	for k := range groups {
		groups[k] = k
	}
	return groups
}

// time is how long the nodes compute and exchange: as long as the slowest, or as
// long as they take together on the cores that they share.
func (p *Plan) time(loads []Load, s Speed) (compute, exchange float64) {
	slowest := Load{}
	computing, moving, threads := 0.0, 0.0, 0
	for k, l := range loads {
		slowest.ComputeNs = max(slowest.ComputeNs, l.ComputeNs)
		slowest.SendNs, slowest.ReceiveNs = max(slowest.SendNs, l.SendNs), max(slowest.ReceiveNs, l.ReceiveNs)
		slowest.BytesIn, slowest.BytesOut = max(slowest.BytesIn, l.BytesIn), max(slowest.BytesOut, l.BytesOut)
		computing += float64(l.ComputeNs * float64(p.Shares[k].Node.Threads))
		moving += l.SendNs + l.ReceiveNs
		threads += p.Shares[k].Node.Threads
	}
	compute, busy := slowest.ComputeNs, slowest.SendNs+slowest.ReceiveNs
	if s.Cores > 0 {
		compute = max(compute, computing/float64(s.Cores))
		busy = max(busy, moving/float64(s.Cores))
	}
	if len(loads) == 1 {
		return compute, 0 // nobody waits for the recorder
	}
	return compute, busy + s.LatencyNs + float64(max(slowest.BytesIn, slowest.BytesOut)/s.BytesPerS*1e9)
}
