package synchrony

import "github.com/volley-snn/volley/snn/pinned"

// Kernel weighs two spikes of a window by how far apart they fell: the Gaussian
// exp(-d^2 / 2 sigma^2), averaged over the ticks of two bins. The window is cut
// into bins of equal width, a quarter of sigma and at most 256 in all, so that
// histograms of first spikes stand for the spikes.
type Kernel struct {
	width int       // ticks a bin
	fold  []float64 // mean kernel of two bins d apart
}

// NewKernel makes the kernel of a window of ticks; sigmaTicks is above 0, and
// +Inf counts any two spikes of the window alike.
func NewKernel(windowTicks int, sigmaTicks float64) *Kernel {
	k := &Kernel{width: binWidth(windowTicks, sigmaTicks)}
	gauss := make([]float64, windowTicks+1)
	for d := range gauss {
		z := float64(d) / sigmaTicks
		gauss[d] = pinned.Exp(-float64(z*z) / 2)
	}
	k.fold = make([]float64, (windowTicks+k.width-1)/k.width)
	for d := range k.fold {
		sum := 0.0
		for a := range k.width {
			for b := range k.width {
				apart := d*k.width + b - a
				sum += gauss[min(max(apart, -apart), windowTicks)]
			}
		}
		k.fold[d] = sum / float64(k.width*k.width)
	}
	return k
}

func binWidth(windowTicks int, sigmaTicks float64) int {
	width := 1
	if quarter := sigmaTicks / 4; quarter > 1 {
		width = int(min(quarter, float64(windowTicks)/16))
	}
	return max(width, (windowTicks+255)/256, 1)
}

// Bins is the number of bins of a window.
func (k *Kernel) Bins() int { return len(k.fold) }

// Bin is the bin of tick 1 to the window's length.
func (k *Kernel) Bin(tick int) int { return (tick - 1) / k.width }

// Middle is the middle tick of a bin.
func (k *Kernel) Middle(bin int) int { return bin*k.width + k.width/2 + 1 }

// At is the mean kernel of two bins d apart, 0 to Bins()-1.
func (k *Kernel) At(d int) float64 { return k.fold[d] }

// Sum is sum_st K_st pre[s] post[t] over two histograms of len Bins().
func Sum[N int64 | float64](k *Kernel, pre, post []N) float64 {
	sum := 0.0
	for s, h := range post {
		if h == 0 {
			continue
		}
		inner := 0.0
		for t, g := range pre {
			d := s - t
			if d < 0 {
				d = -d
			}
			inner += float64(float64(g) * k.fold[d])
		}
		sum += float64(float64(h) * inner)
	}
	return sum
}
