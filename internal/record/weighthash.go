package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
)

// WeightHash is SHA-256 over all plastic weights of a run as float64
// little-endian, -0 as 0, by projection, target GID, source GID, multapses each
// in order. The caller keeps that order and settles updates that are due.
type WeightHash struct {
	sum     hash.Hash
	weights int64
	buf     []byte
}

// NewWeightHash is the hash of no weights.
func NewWeightHash() *WeightHash { return &WeightHash{sum: sha256.New()} }

// Append adds weights in order. weights is not kept.
func (h *WeightHash) Append(weights []float64) {
	h.weights += int64(len(weights))
	for len(weights) > 0 {
		n := min(len(weights), 1024)
		h.buf = h.buf[:0]
		for _, w := range weights[:n] {
			h.buf = appendWeight(h.buf, w)
		}
		h.sum.Write(h.buf)
		weights = weights[n:]
	}
}

// Append32 adds weights that are stored as float32: each counts as the float64
// of the same value.
func (h *WeightHash) Append32(weights []float32) {
	h.weights += int64(len(weights))
	for len(weights) > 0 {
		n := min(len(weights), 1024)
		h.buf = h.buf[:0]
		for _, w := range weights[:n] {
			h.buf = appendWeight(h.buf, float64(w))
		}
		h.sum.Write(h.buf)
		weights = weights[n:]
	}
}

func appendWeight(buf []byte, w float64) []byte {
	if w == 0 {
		w = 0 // -0 == 0, and stays -0 without this
	}
	return binary.LittleEndian.AppendUint64(buf, math.Float64bits(w))
}

// Weights is the number of weights added.
func (h *WeightHash) Weights() int64 { return h.weights }

// Sum is the hash in hexadecimal.
func (h *WeightHash) Sum() string { return hex.EncodeToString(h.sum.Sum(nil)) }
