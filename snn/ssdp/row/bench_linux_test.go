package row

import (
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// threadNs is the processor time of this thread.
func threadNs() int64 {
	var u syscall.Rusage
	const thread = 1
	_ = syscall.Getrusage(thread, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkPass walks rows of 1,000 of 10,000 targets, with steps as in the balanced
// network at 30 Hz: windows of 200 ticks in which 59 of 100 neurons fire. Names say
// the windows that a row takes in which its source fired, those in which it did not,
// and whether it carries a spike.
func BenchmarkPass(b *testing.B) {
	for _, c := range []struct {
		name           string
		active, silent int
		spike          bool
	}{{"spike", 0, 0, true}, {"silent", 0, 1, false}, {"active", 1, 0, false}, {"active+spike", 1, 0, true}, {"active+silent+spike", 1, 1, true}} {
		b.Run(c.name+"/float32", func(b *testing.B) { bench[uint16, float32](b, c.active, c.silent, c.spike) })
		b.Run(c.name+"/uint16", func(b *testing.B) { bench[uint16, uint16](b, c.active, c.silent, c.spike) })
		b.Run(c.name+"/loop", func(b *testing.B) { bench[uint32, float32](b, c.active, c.silent, c.spike) })
	}
}

func bench[T Index, S Stored](b *testing.B, active, silent int, spike bool) {
	const neurons, degree, width = 10_000, 1000, 200
	r := rand.New(rand.NewPCG(1, 2))
	shares, onto := make([]S, neurons*degree), make([]T, neurons*degree)
	for k := range shares {
		shares[k], onto[k] = Of[S, float32](r.Float64()), T(k%degree*(neurons/degree)+r.IntN(neurons/degree))
	}
	plus := make([]float32, 3*width+2)
	for d := range width {
		plus[d+width/2] = float32(r.Float64() * 1e-3)
	}
	history, post := make([]uint32, neurons), make([]Target[float32], neurons)
	for j := range post {
		post[j] = Target[float32]{float32(r.Float64() * 1e-4), 2*width + 1}
		if history[j] = r.Uint32(); r.IntN(100) < 59 {
			post[j] = Fired(post[j].Minus, int32(1+r.IntN(width)))
		}
	}
	p := &Pass[T, S, float32]{History: history, Soft: true, Low: 0, Span: 160_000}
	for range active {
		p.Steps = append(p.Steps, Step[float32]{Post: post, Add: [2]float32{0, 1e-4}, Draw: random.Key(1).Lanes()})
	}
	for range silent {
		p.Steps = append(p.Steps, Step[float32]{Minus: 1e-4, Age: 3, Draw: random.Key(2).Lanes()})
	}
	if spike {
		p.Sums = make([]int32, neurons)
	}
	order := r.Perm(neurons)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start, rows := threadNs(), 0
	for b.Loop() {
		for n, i := range order[:1000] {
			next := order[(n+1)%neurons]
			p.Shares, p.Onto = shares[i*degree:(i+1)*degree], onto[i*degree:(i+1)*degree]
			p.NextShares, p.NextOnto = shares[next*degree:(next+1)*degree], onto[next*degree:(next+1)*degree]
			if active > 0 {
				p.Steps[0].Plus = plus[i%width:]
			}
			p.Run()
			rows++
		}
		order = append(order[1000:], order[:1000]...)
	}
	b.ReportMetric(float64(threadNs()-start)/float64(rows*degree), "ns/synapse")
	b.ReportMetric(0, "ns/op")
}
