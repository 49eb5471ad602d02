package plasticity

import "github.com/volley-snn/volley/snn/pinned"

// Decay is exp(-t/tau) over whole ticks: from a table for the first, computed for
// the rest, with the same bits.
type Decay struct {
	dtMs, tauMs float64
	table       []float64
}

// decayTable is the number of ticks in the table: 32 KiB of it.
const decayTable = 4096

// NewDecay makes the decay of a time constant > 0.
func NewDecay(tauMs, dtMs float64) *Decay {
	d := &Decay{dtMs: dtMs, tauMs: tauMs, table: make([]float64, decayTable)}
	for n := range d.table {
		d.table[n] = d.exact(int64(n))
	}
	return d
}

func (d *Decay) exact(ticks int64) float64 {
	return pinned.Exp(-float64(float64(ticks)*d.dtMs) / d.tauMs)
}

// Over is the factor of ticks >= 0.
func (d *Decay) Over(ticks int64) float64 {
	if uint64(ticks) < decayTable {
		return d.table[ticks]
	}
	return d.exact(ticks)
}
