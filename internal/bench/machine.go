package bench

import (
	"runtime"
	"time"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/vector"
)

// Machine is where something was measured, with what its memory does for one core.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	Go     string `json:"go"`
	Vector bool   `json:"vector"` // whether the vector code runs here

	SequentialGBps Spread `json:"sequential_read_gb_per_s"`
	RowsGBps       Spread `json:"random_2kb_rows_gb_per_s"`
	LatencyNs      Spread `json:"latency_ns"` // of one line, 64 bytes, anywhere in memoryBytes
}

// memoryBytes is what is read: more than caches hold.
const memoryBytes = 256 << 20

// ThisMachine names the machine and measures its memory. Cost: 256 MiB for about
// 3 s with 5 repeats.
func ThisMachine(repeats int) Machine {
	m := Machine{CPU: cpuName(), Cores: runtime.NumCPU(), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), Vector: vector.Available()}
	memory := words(engine.LargePages(memoryBytes))
	for i := range memory {
		memory[i] = uint64(i)
	}
	gbps := func(s Spread) Spread { return s.each(func(ns float64) float64 { return 1 / ns }) }
	m.SequentialGBps = gbps(perUnit(repeats, func() int64 {
		keep(sum(memory))
		return memoryBytes
	}))
	const row = 2 << 10 / 8
	s := random.Seed(1, random.Order).Stream()
	m.RowsGBps = gbps(perUnit(repeats, func() int64 {
		const rows = 10_000
		for range rows {
			at := int(s.Intn(uint64(len(memory)/row))) * row
			keep(sum(memory[at : at+row]))
		}
		return rows * row * 8
	}))
	chain(memory)
	m.LatencyNs = perUnit(repeats, func() int64 {
		const steps = 200_000
		at := uint64(0)
		for range steps {
			at = memory[at]
		}
		keep(at)
		return steps
	})
	return m
}

// sum reads a slice whose length is a multiple of 8.
func sum(x []uint64) uint64 {
	var a, b, c, d uint64
	for ; len(x) >= 8; x = x[8:] {
		a += x[0] + x[4]
		b += x[1] + x[5]
		c += x[2] + x[6]
		d += x[3] + x[7]
	}
	return a + b + c + d
}

// chain makes each line of memory name the next, in one random cycle over all
// (Sattolo 1986), so that none can be fetched before the one before it is there.
func chain(memory []uint64) {
	const line = 64 / 8
	n := len(memory) / line
	for i := range n {
		memory[i*line] = uint64(i * line)
	}
	s := random.Seed(2, random.Order).Stream()
	for i := n - 1; i > 0; i-- {
		j := int(s.Intn(uint64(i)))
		memory[i*line], memory[j*line] = memory[j*line], memory[i*line]
	}
}

// Kept is where results go, so that what computes them is not left out.
var Kept uint64

func keep(x uint64) { Kept += x }

// Now is the time of a measurement, for a table's heading.
func Now() string { return time.Now().UTC().Format(time.RFC3339) }
