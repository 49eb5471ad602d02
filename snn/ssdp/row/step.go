package row

import (
	"math"

	"github.com/volley-snn/volley/snn/random"
)

// Index is how a row names its targets.
type Index interface{ uint16 | uint32 }

// Real is what shares are computed in.
type Real interface{ float32 | float64 }

// Stored is what shares are stored in; of 16 bits they are in Levels steps.
type Stored interface{ uint16 | float32 | float64 }

// Levels is the steps from 0 to 1 of a share of 16 bits.
const Levels = math.MaxUint16

// Target is what a window did at a target.
type Target[W Real] struct {
	// Minus is what any pair with an active source loses by the target. Its sign
	// says whether the target fired: negative, -0 too, where it did.
	Minus W
	Tick  int32 // of its first spike, for Step.Plus
}

// Fired is a target that fired, and loses minus.
func Fired[W Real](minus W, tick int32) Target[W] {
	return Target[W]{W(math.Copysign(float64(minus), -1)), tick}
}

// Step is a window that a row takes.
type Step[W Real] struct {
	// Post is what the window did at the targets; nil where only the targets that
	// fired lose, and all of them the same.
	Post []Target[W]
	Plus []W  // what a pair gains, by the target's Tick
	Add  [2]W // what a pair loses besides: [0] if its target was silent, [1] if it fired

	Minus W            // where Post is nil: what the pairs lose whose target fired
	Age   uint32       // and its bit in their History
	Draw  random.Lanes // of the rounding to 16 bits
}

// loss is what a pair with an active source loses, which adds to that by whether
// the target fired.
func (t *Target[W]) loss(add *[2]W) W {
	minus := math.Float64bits(float64(t.Minus))
	return W(math.Float64frombits(minus&^(1<<63))) + add[minus>>63]
}
