package surrogate

import (
	"math"

	"github.com/volley-snn/volley/snn/pinned"
	"github.com/volley-snn/volley/snn/train/lane"
)

// Slope sets out to the slopes at u; lengths are equal.
type Slope func(out, u []float32)

// each makes a Slope of a function of one number.
func each(f func(u float64) float64) Slope {
	return func(out, u []float32) {
		for k, x := range u {
			out[k] = float32(f(float64(x)))
		}
	}
}

// Arctan is alpha/2 / (1 + (pi/2 alpha u)^2).
func Arctan(alpha float64) Slope {
	return each(func(u float64) float64 {
		z := math.Pi / 2 * alpha * u
		return alpha / 2 / (1 + float64(z*z))
	})
}

// Sigmoid is the derivative of 1/(1 + exp(-alpha u)).
func Sigmoid(alpha float64) Slope {
	return each(func(u float64) float64 {
		s := 1 / (1 + pinned.Exp(-alpha*u))
		return alpha * s * (1 - s)
	})
}

// Triangle is max(0, 1 - |u|).
func Triangle() Slope {
	return each(func(u float64) float64 { return max(0, 1-math.Abs(u)) })
}

// Rectangle is 1 where |u| < 1/2.
func Rectangle() Slope {
	return each(func(u float64) float64 {
		if math.Abs(u) < 0.5 {
			return 1
		}
		return 0
	})
}

// Exponential is exp(-alpha |u|).
func Exponential(alpha float64) Slope {
	return each(func(u float64) float64 { return pinned.Exp(-alpha * math.Abs(u)) })
}

// Gaussian is the density of the normal distribution with mean 0 and a deviation.
func Gaussian(deviation float64) Slope {
	const root2Pi = 2.5066282746310005
	return each(func(u float64) float64 {
		z := u / deviation
		return pinned.Exp(-float64(z*z)/2) / deviation / root2Pi
	})
}

// MultiGaussian is [lane.MultiGaussian].
func MultiGaussian() Slope { return lane.MultiGaussian }
