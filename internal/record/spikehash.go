package record

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/volley-snn/volley/snn"
)

// SpikeHash is SHA-256 over all spikes of a run as little-endian (uint64 tick,
// uint64 GID), sorted by tick, then GID: two runs fired alike if and only if
// their hashes are equal. About 10 ns a spike and constant memory, apart from
// the spikes of one tick.
type SpikeHash struct {
	sum     hash.Hash
	pending tickBuffer
	spikes  int64
	buf     []byte
}

// NewSpikeHash is the hash of no spikes.
func NewSpikeHash() *SpikeHash { return &SpikeHash{sum: sha256.New()} }

// Append adds spikes of one tick. Ticks must not fall; the GIDs of a tick may
// come in any order and over several calls. gids is not kept.
func (h *SpikeHash) Append(tick snn.Tick, gids []snn.GID) error {
	return h.pending.add(tick, gids, h.write)
}

// Spikes is the number of spikes added.
func (h *SpikeHash) Spikes() int64 { return h.spikes + int64(len(h.pending.gids)) }

// Sum is the hash in hexadecimal. Nothing may be appended to the last tick
// after it.
func (h *SpikeHash) Sum() string {
	h.flush()
	return hex.EncodeToString(h.sum.Sum(nil))
}

func (h *SpikeHash) flush() { _ = h.pending.flush(h.write) } // write cannot fail

func (h *SpikeHash) write(tick snn.Tick, gids []snn.GID) error {
	h.buf = h.buf[:0]
	for _, gid := range gids {
		h.buf = binary.LittleEndian.AppendUint64(h.buf, uint64(tick))
		h.buf = binary.LittleEndian.AppendUint64(h.buf, uint64(gid))
	}
	h.sum.Write(h.buf)
	h.spikes += int64(len(gids))
	return nil
}

// MarshalBinary is the state of the hash for a checkpoint. The checkpoint lies
// between two ticks: nothing may be appended to the last tick after it.
func (h *SpikeHash) MarshalBinary() ([]byte, error) {
	h.flush()
	state, err := h.sum.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, err
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(h.spikes))
	out = binary.LittleEndian.AppendUint64(out, uint64(h.pending.tick))
	return append(out, state...), nil
}

// UnmarshalBinary puts the hash back to a state of MarshalBinary.
func (h *SpikeHash) UnmarshalBinary(state []byte) error {
	if len(state) < 16 {
		return fmt.Errorf("record: state of a spike hash: %d bytes, expected at least 16", len(state))
	}
	sum := sha256.New()
	if err := sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(state[16:]); err != nil {
		return fmt.Errorf("record: state of a spike hash: %w", err)
	}
	*h = SpikeHash{sum: sum, spikes: int64(binary.LittleEndian.Uint64(state))}
	h.pending = tickBuffer{started: true, tick: snn.Tick(binary.LittleEndian.Uint64(state[8:]))}
	return nil
}
