package train

import (
	"slices"
	"testing"

	"github.com/volley-snn/volley/snn/dataset"
)

func TestRecord(t *testing.T) {
	event := func(x, y, on byte, us uint32) []byte {
		return []byte{x, y, on<<7 | byte(us>>16), byte(us >> 8), byte(us)}
	}
	one := slices.Concat(event(2, 1, 1, 0), event(0, 0, 0, 400), event(2, 1, 1, 999), event(1, 0, 0, 1000), event(1, 1, 1, 3000))
	r := Record([]dataset.Recording{one, nil, event(0, 1, 0, 2999)}, 3, 2, 3, 1000)
	if r.N() != 3 || r.Inputs != 12 {
		t.Fatalf("%d samples of %d inputs", r.N(), r.Inputs)
	}
	for sample, ticks := range [][][]uint32{{{0, 11}, {1}, {}}, {{}, {}, {}}, {{}, {}, {3}}} {
		for tick, want := range ticks {
			if got := r.Of(sample, tick); !slices.Equal(got, want) {
				t.Errorf("sample %d, tick %d: %v, expected %v", sample, tick, got, want)
			}
		}
	}
}
