package random

import (
	"math"
	"math/bits"
)

// Permutation is a random bijection of [0, n) whose value at one place costs about
// 20 ns and needs no other place. The zero value is that of n = 0.
//
// Up to shuffledUpTo it is a shuffle, exactly uniform. Above, it is a Feistel
// network of 8 rounds on pairs (left, right), both below about sqrt(n), which are
// stepped on where they name a place beyond n (Black and Rogaway 2002).
type Permutation struct {
	keys        [feistelRounds]uint64
	n           uint64
	left, right uint64 // n <= left*right
	shuffled    []uint16
}

const (
	shuffledUpTo  = 1 << 11
	feistelRounds = 6
)

// Permutation is the bijection of [0, n) that k names.
func (k Key) Permutation(n uint64) *Permutation {
	p := &Permutation{n: n}
	if n > shuffledUpTo {
		p.left = uint64(math.Ceil(math.Sqrt(float64(n))))
		p.right = (n + p.left - 1) / p.left
		for round := range p.keys {
			p.keys[round] = k.At(uint64(round))
		}
		return p
	}
	p.shuffled = make([]uint16, n)
	s := k.Stream()
	for i := range p.shuffled {
		j := s.Intn(uint64(i) + 1)
		p.shuffled[i] = p.shuffled[j]
		p.shuffled[j] = uint16(i)
	}
	return p
}

// At is where i < n goes.
func (p *Permutation) At(i uint64) uint64 {
	if p.shuffled != nil {
		return uint64(p.shuffled[i])
	}
	for {
		l, r := i/p.right, i%p.right
		for round := 0; round < feistelRounds; round += 2 {
			l = addBelow(l, p.round(round, r, p.left), p.left)
			r = addBelow(r, p.round(round+1, l, p.right), p.right)
		}
		if i = l*p.right + r; i < p.n {
			return i
		}
	}
}

// round is the word of a half in a round, below n.
func (p *Permutation) round(round int, half, n uint64) uint64 {
	w := (half ^ p.keys[round]) * golden
	w = (w ^ w>>32) * (p.keys[round] | 1)
	w, _ = bits.Mul64(w^w>>29, n)
	return w
}

func addBelow(a, b, n uint64) uint64 {
	if a += b; a >= n {
		a -= n
	}
	return a
}
