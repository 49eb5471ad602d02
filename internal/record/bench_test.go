package record

import (
	"testing"

	"github.com/volley-snn/volley/snn"
)

// spikesOf makes n spikes of 12,500 neurons, 40 a tick, GIDs rising in a tick.
func benchSpikes(b *testing.B, emit func(snn.Tick, []snn.GID) error) {
	gids := make([]snn.GID, 40)
	word := uint64(1)
	for k := 0; k < b.N; k += len(gids) {
		at := snn.GID(0)
		for j := range gids {
			word ^= word << 13
			word ^= word >> 7
			word ^= word << 17
			at += 1 + snn.GID(word%610)
			gids[j] = min(at, 12499)
		}
		if err := emit(snn.Tick(k/len(gids)), gids); err != nil {
			b.Fatal(err)
		}
	}
}

var benchPopulations = []Population{{Name: "E", First: 0, End: 10000}, {Name: "I", First: 10000, End: 12500}}

func BenchmarkSpikeWriter(b *testing.B) {
	for _, format := range []Format{Parquet, CSV} {
		b.Run(string(format), func(b *testing.B) {
			d, err := Create(b.TempDir(), Options{Format: format})
			if err != nil {
				b.Fatal(err)
			}
			w, err := d.Spikes(benchPopulations, 0.1)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(16)
			benchSpikes(b, w.Append)
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(d.Bytes())/float64(w.Rows()), "file-B/spike")
		})
	}
}

func BenchmarkSpikeHash(b *testing.B) {
	h := NewSpikeHash()
	b.SetBytes(16)
	benchSpikes(b, h.Append)
	_ = h.Sum()
}

func BenchmarkStatistics(b *testing.B) {
	s := NewStatistics(benchPopulations, 0.1, 0)
	b.SetBytes(16)
	benchSpikes(b, s.Append)
}
