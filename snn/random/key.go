// Package random is the simulator's only source of randomness: counter-based
// streams named by what they are for, never by who draws from them.
//
// A [Key] names a stream; its n-th word is a pure function of key and n. Keys
// are derived from the run's seeds by purpose, GID, synapse or tick, so every
// plan, thread and node draws the same numbers. The word is the SplitMix64
// sequence (Steele, Lea, Flood 2014; finalizer by Stafford, variant 13): two
// multiplications, and the same bits in vector code.
package random

// Key names one stream of random words.
type Key uint64

const golden = 0x9E3779B97F4A7C15

// Purpose separates streams that are drawn for different ends from one seed.
type Purpose uint64

// The purposes. The list is append-only: a number is part of what a seed means.
const (
	Connectivity Purpose = iota + 1
	Weights
	Delays
	Initial
	Parameters
	Poisson
	Noise
	Spikes
	Escape
	Order
	Jitter
	Volleys
	Rounding
	Surrogate
	Encoding
	Augmentation
	Dropout
	Task
)

// Seed is the root key of a purpose under a seed.
func Seed(seed uint64, p Purpose) Key {
	return Key(mix(mix(seed+golden) ^ uint64(p)*0xD1342543DE82EF95))
}

// Sub derives the key of part x of k: a projection, a neuron, a synapse.
func (k Key) Sub(x uint64) Key {
	return Key(mix(uint64(k) ^ mix(x+0x632BE59BD9B4E019)))
}

// At is word n of the stream.
func (k Key) At(n uint64) uint64 { return mix(uint64(k) + n*golden) }

// Uniform is word n as a number in (0, 1): 53 bits, never 0 and never 1.
func (k Key) Uniform(n uint64) float64 { return unit(k.At(n)) }

func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

func unit(w uint64) float64 { return float64((float64(w>>12) + 0.5) * (1.0 / (1 << 52))) }
