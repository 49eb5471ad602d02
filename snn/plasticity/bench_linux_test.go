package plasticity

import (
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
)

// threadNs is the processor time of this thread.
func threadNs() int64 {
	var u syscall.Rusage
	const thread = 1
	_ = syscall.Getrusage(thread, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkCross sends spikes over rows of 1,000 of 10,000 targets: 30 sources and
// 30 targets spike a tick, as in the balanced network at 30 Hz.
func BenchmarkCross(b *testing.B) {
	b.Run("assembly", func(b *testing.B) { benchCross[uint16](b) })
	b.Run("loop", func(b *testing.B) { benchCross[uint32](b) })
}

func benchCross[T Index](b *testing.B) {
	const neurons, degree, perTick, ticks = 10_000, 1000, 30, 500
	r := rand.New(rand.NewPCG(1, 2))
	w, targets := make([]float32, neurons*degree), make([]T, neurons*degree)
	for k := range w {
		w[k], targets[k] = float32(r.Float64()*100), T(k%degree*(neurons/degree)+r.IntN(neurons/degree))
	}
	clock := NewClock(20, 0.1)
	order := r.Perm(neurons) // spikes are regular: an interval of 33 ms
	v, sums, crossings := NewTargets(neurons), make([]int32, neurons), make([]Crossing[T], perTick+1)
	at, t := 0, int64(0)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := threadNs()
	for b.Loop() {
		for range ticks {
			t++
			if clock.Due(t) {
				moved := clock.Move(t)
				v.ShiftDown(moved)
				v.ShiftUp(moved)
			}
			row := PairRow{
				Plus: clock.Up(0.1, clock.At(t-neurons/perTick)), Since: clock.Down(clock.At(t - neurons/perTick)), Minus: clock.Factor(0.1, clock.At(t)),
				Max: 100, Inverse: 1 << 12,
			}
			down, up := clock.Down(clock.At(t)), clock.Up(1, clock.At(t))
			for k := range perTick {
				j := order[(at*7+k)%neurons]
				v.Arrive(uint32(j), down)
				v.Records[j].Up += up
				i := order[(at+k)%neurons]
				crossings[k] = Crossing[T]{PairRow: row, W: w[i*degree : (i+1)*degree], Onto: targets[i*degree : (i+1)*degree]}
			}
			for k := range perTick {
				Cross(&crossings[k], &crossings[k+1], v, sums)
			}
			at += perTick
		}
	}
	b.ReportMetric(float64(threadNs()-start)/float64(b.N)/(ticks*perTick*degree), "ns/event")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDeliver delivers rows of 400 targets as they are.
func BenchmarkDeliver(b *testing.B) {
	w, onto, wide, sums := make([]float32, 400), make([]uint16, 400), make([]uint32, 400), make([]int32, 400)
	for k := range w {
		w[k], onto[k], wide[k] = float32(k), uint16(k), uint32(k)
	}
	for name, deliver := range map[string]func(){"assembly": func() { Deliver(w, onto, 256, sums) }, "loop": func() { Deliver(w, wide, 256, sums) }} {
		b.Run(name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			start := threadNs()
			for b.Loop() {
				deliver()
			}
			b.ReportMetric(float64(threadNs()-start)/float64(b.N)/400, "ns/event")
			b.ReportMetric(0, "ns/op")
		})
	}
}
