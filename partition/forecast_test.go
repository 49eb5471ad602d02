package partition

import (
	"math"
	"testing"
)

// By hand: two nodes of two threads, 100 neurons each, all to all, 10 Hz.
func TestForecastOfTwoNodes(t *testing.T) {
	n := network([]int{200}, Arrow{0, 0})
	p, err := Make(n, equalNodes(2), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := Speed{UnitNs: 3, SpikeNs: 5, MessageNs: 1000, LatencyNs: 10_000, BytesPerS: 1e9}
	f := p.Forecast(n, s, Pace{DtMs: 0.1, Ticks: 10, Lag: 1})
	spikes := 100 * 10 * 1e-3 // a node and step
	if got, want := f.ComputeNs, 3.0*10*50; got != want {
		t.Errorf("computing takes %v ns, want %v: 50 neurons a thread, 10 ticks", got, want)
	}
	l := f.Loads[0]
	if l.Messages != 2 || l.Deliveries != 2 || l.Received != 1 || math.Abs(l.SpikesIn-spikes) > 1e-9 {
		t.Errorf("%+v", l)
	}
	busy := 2*1000 + spikes*5 + 1000 + spikes*5
	recorder := 2 * spikes * s.SpikeNs / 2 // on two threads
	if want := busy + 10_000 + max(l.BytesIn, l.BytesOut) + recorder; math.Abs(f.ExchangeNs-want) > 1e-6 {
		t.Errorf("the exchange takes %v ns, want %v", f.ExchangeNs, want)
	}
	if want := (f.ComputeNs + f.ExchangeNs) / 1e6; math.Abs(f.RealTimeFactor-want) > 1e-12 {
		t.Errorf("%v x real time for steps of 1 ms, want %v", f.RealTimeFactor, want)
	}
	s.Cores = 1 // four threads and all that is sent share it
	shared := p.Forecast(n, s, Pace{DtMs: 0.1, Ticks: 10, Lag: 1})
	if shared.ComputeNs != 4*f.ComputeNs || math.Abs(shared.ExchangeNs-f.ExchangeNs-busy) > 1e-6 {
		t.Errorf("on one core: %v and %v ns", shared.ComputeNs, shared.ExchangeNs)
	}
}

func TestExchangeHidesBehindComputingWhereDelaysAllowIt(t *testing.T) {
	n := network([]int{1000}, Arrow{0, 0})
	p, err := Make(n, equalNodes(4), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := Speed{UnitNs: 10, LatencyNs: 5000, BytesPerS: 1e9}
	one, two := p.Forecast(n, s, Pace{0.1, 10, 1}), p.Forecast(n, s, Pace{0.1, 10, 2})
	if one.StepNs != one.ComputeNs+one.ExchangeNs || two.StepNs != max(two.ComputeNs, two.ExchangeNs) {
		t.Errorf("steps of %v and %v ns, of %v and %v", one.StepNs, two.StepNs, one.ComputeNs, one.ExchangeNs)
	}
}

func TestTheRecorderTakesPart(t *testing.T) {
	n := network([]int{200}, Arrow{0, 0})
	p, err := Make(n, equalNodes(2), Options{})
	if err != nil {
		t.Fatal(err)
	}
	pace := Pace{DtMs: 0.1, Ticks: 10, Lag: 1} // 2 spikes a step
	s := Speed{UnitNs: 3, LatencyNs: 1000, BytesPerS: math.Inf(1), RecordNs: 100, RecordSpikeNs: 10, FollowNs: 50}
	f := p.Forecast(n, s, pace)
	if f.RecordNs != 170 || f.StepNs != 1500+1000+85 {
		t.Errorf("on one of two threads recording takes %v ns, a step %v", f.RecordNs, f.StepNs)
	}
	s.Cores, s.TogetherNs = 2, 4000
	if f = p.Forecast(n, s, pace); f.RecordNs != 120 || f.StepNs != 4000+60 || f.ExchangeNs != 4060-3000 {
		t.Errorf("on two cores recording takes %v ns, a step %v, %v of them the exchange", f.RecordNs, f.StepNs, f.ExchangeNs)
	}
}

// By hand: the first of three nodes sums for both others.
func TestForecastOfStatistics(t *testing.T) {
	n := network([]int{300})
	plain, err := Make(n, equalNodes(3), Options{})
	if err != nil {
		t.Fatal(err)
	}
	pace, s := Pace{DtMs: 0.1, Ticks: 10, Lag: 1}, Speed{BytesPerS: 1}
	without := plain.Forecast(n, s, pace)
	n.Sums, n.Watches = []Sum{{"s", 0, 20, 30}}, []Watch{{0, 7}}
	p, err := Make(n, equalNodes(3), Options{})
	if err != nil {
		t.Fatal(err)
	}
	with := p.Forecast(n, s, pace)
	envelope := p.message(n, 1, nil, pace).bytes
	for k := range 3 {
		more := with.Loads[k].BytesOut - (without.Loads[k].BytesOut)
		if want := envelope + 30 + 2*7; math.Abs(more-want) > 1e-9 {
			t.Errorf("node %d sends %v bytes a step more, want %v: an envelope with a share or a sum, and what two parts tell the recorder", k, more, want)
		}
	}
	if in := with.Loads[0].BytesIn; in != 2*(envelope+30) {
		t.Errorf("the node that sums takes %v bytes", in)
	}
}

func TestOneNodeWaitsForNobody(t *testing.T) {
	n := network([]int{100}, Arrow{0, 0})
	p, err := Make(n, equalNodes(1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := p.Forecast(n, Speed{UnitNs: 1, LatencyNs: 1e9, BytesPerS: 1}, Pace{0.1, 10, 1}); f.StepNs != 500 {
		t.Errorf("a step takes %v ns", f.StepNs)
	}
}
