package matrix

import (
	"math"
	"math/big"
	"testing"

	"github.com/volley-snn/volley/snn/random"
)

// fill is n numbers between -1 and 1.
func fill(s *random.Stream, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(2*s.Float64() - 1)
	}
	return x
}

func spikes(s *random.Stream, n int, density float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		if s.Float64() < density {
			x[i] = 1
		}
	}
	return x
}

// naive is the product by its definition, in ascending k.
func naive(c, a, b []float32, m, k, n int) []float32 {
	out := append([]float32(nil), c...)
	for i := range m {
		for j := range n {
			for l := range k {
				out[i*n+j] = FMA(a[i*k+l], b[l*n+j], out[i*n+j])
			}
		}
	}
	return out
}

func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: number %d is %g, expected %g", what, i, got[i], want[i])
		}
	}
}

// Against exact arithmetic, with sums that cancel and halves that tie.
func TestFMARoundsOnce(t *testing.T) {
	s := random.Seed(1, random.Weights).Stream()
	number := func() float32 {
		return math.Float32frombits(uint32(s.Next())&0x807fffff | uint32(100+s.Intn(50))<<23)
	}
	for range 200_000 {
		x, y, z := number(), number(), number()
		if s.Intn(2) == 0 {
			z = math.Float32frombits(math.Float32bits(-x*y) + uint32(s.Intn(3)))
		}
		exact := new(big.Float).SetPrec(400)
		exact.Mul(big.NewFloat(float64(x)), big.NewFloat(float64(y)))
		exact.SetPrec(400).Add(exact, big.NewFloat(float64(z)))
		want, _ := exact.Float32()
		if got := FMA(x, y, z); got != want {
			t.Fatalf("FMA(%g, %g, %g) = %g, expected %g", x, y, z, got, want)
		}
	}
}

var shapes = [][3]int{{1, 1, 1}, {6, 5, 16}, {7, 300, 17}, {13, 31, 65}, {4, 784, 40}, {12, 257, 130}}

func TestProductAgainstDefinition(t *testing.T) {
	s := random.Seed(2, random.Weights).Stream()
	var p Product
	var right Packed
	for _, shape := range shapes {
		m, k, n := shape[0], shape[1], shape[2]
		a, b, c := fill(&s, m*k), fill(&s, k*n), fill(&s, m*n)
		want := naive(c, a, b, m, k, n)
		right.Pack(b, k, n)
		got := append([]float32(nil), c...)
		p.Add(got, a, m, &right)
		same(t, "product", got, want)

		transposed := make([]float32, n*k)
		for i := range k {
			for j := range n {
				transposed[j*k+i] = b[i*n+j]
			}
		}
		right.PackTransposed(transposed, k, n)
		copy(got, c)
		p.Add(got, a, m, &right)
		same(t, "product with a transpose", got, want)
	}
}

// The lists of ones give the bits of the dense product of the same zeros and ones.
func TestSkippingZerosChangesNothing(t *testing.T) {
	s := random.Seed(3, random.Weights).Stream()
	var p Product
	var right Packed
	var blocks Blocks
	for _, shape := range shapes {
		m, k, n := shape[0], shape[1], shape[2]
		a, b, c := spikes(&s, m*k, 0.3), fill(&s, k*n), fill(&s, m*n)
		want := append([]float32(nil), c...)
		right.Pack(b, k, n)
		p.Add(want, a, m, &right)
		var l Lists
		l.Reset(k)
		for r := range m {
			l.Append(a[r*k : (r+1)*k])
		}
		blocks.Pack(b, k, n)
		got := append([]float32(nil), c...)
		l.AddRows(got, &blocks, 0, m)
		same(t, "sum of listed rows", got, want)

		// And of the transpose, which is what gradients need.
		g, sums := fill(&s, m*n), fill(&s, k*n)
		transposed := make([]float32, m*k)
		for r := range m {
			for i := range k {
				transposed[i*m+r] = a[r*k+i]
			}
		}
		want = naive(sums, transposed, g, k, m, n)
		var lt Lists
		l.Transpose(&lt, 0, m)
		blocks.Pack(g, m, n)
		lt.AddRows(sums, &blocks, 0, k)
		same(t, "sum of the transpose's rows", sums, want)
	}
}

func TestKernelsAgainstTwins(t *testing.T) {
	if !vectors {
		t.Skip("THIS PROCESSOR RUNS NO KERNELS: nothing is compared")
	}
	s := random.Seed(4, random.Weights).Stream()
	for depth := range 11 {
		a, b, c := fill(&s, tileRows*depth+1), fill(&s, tileColumns*depth+1), fill(&s, tileRows*20)
		want := append([]float32(nil), c...)
		tilePortable(want, 20, a, b, depth)
		tileFMA(&c[0], 80, &a[0], &b[0], depth)
		same(t, "tile", c, want)
	}
	for n := range 7 {
		rows, c := fill(&s, 9*blockColumns), fill(&s, blockColumns)
		index := make([]uint32, n+1)
		for k := range index {
			index[k] = uint32(s.Intn(9))
		}
		want := append([]float32(nil), c...)
		sumRowsPortable(want, rows, index[:n])
		sumRowsAVX2(&c[0], &rows[0], &index[0], n)
		same(t, "rows", c, want)
	}
}
