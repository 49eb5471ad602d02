package ssdp

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

const golden = "../../../shared/golden"

// The official module's gain, mean, deviation and gates, case by case.
func TestDopamineAgainstOfficialModule(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(golden, "adaptive_*.json"))
	if len(files) == 0 {
		t.Skip("the official module's vectors are not here, so nothing is compared")
	}
	for _, file := range files {
		var recorded struct {
			Warmup int `json:"warmup_epochs"`
			Calls  []struct {
				Epoch int
				Loss  *float64
				Pre   [][]float64 `json:"pre_spike"`
				Post  [][]float64 `json:"post_spike"`
				Gate  []float64
				K     float64 `json:"gate_k"`
				Mean  float64 `json:"S_mean"`
				Std   float64 `json:"S_std"`
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &recorded); err != nil {
			t.Fatal(err)
		}
		d, gates := Dopamine{}, 0
		for n, c := range recorded.Calls {
			if c.Epoch >= recorded.Warmup {
				d.Fix()
				k, mean, sd := d.K, d.Mu, d.SD
				if !(math.Abs(k-c.K) < 1e-6 && math.Abs(mean-c.Mean) < 1e-6 && math.Abs(sd-c.Std) < 1e-6) {
					t.Fatalf("%s, call %d: k, mean, sd %v, %v, %v, official %v, %v, %v", file, n, k, mean, sd, c.K, c.Mean, c.Std)
				}
			}
			for b := range c.Pre {
				s := share(c.Pre[b]) * share(c.Post[b])
				if c.Epoch < recorded.Warmup {
					if c.Loss != nil {
						d.Record(s, *c.Loss)
					}
					continue
				}
				gates++
				if got := d.Factor(s); !(math.Abs(got-c.Gate[b]) < 1e-6) {
					t.Errorf("%s, call %d, sample %d: gate %v, official %v", file, n, b, got, c.Gate[b])
				}
			}
		}
		if gates < 5 {
			t.Errorf("%s: %d gates, so little is compared", file, gates)
		}
	}
}

func share(fired []float64) (f float64) {
	for _, x := range fired {
		f += x / float64(len(fired))
	}
	return f
}

// Synchrony that pays, or that goes with a falling loss, opens the gate above its
// mean; where the loss rises with it the gate closes.
func TestDopamineFollowsTheSignal(t *testing.T) {
	for _, k := range []float64{1, -1} {
		var d Dopamine
		for n := range 40 {
			x := float64(n % 4)
			d.Record(x, 5-3*k*x)
			d.Record(math.NaN(), 1)
			d.Record(1, math.NaN())
		}
		d.Fix()
		sd := math.Sqrt(1.25)
		for _, x := range []float64{0, 1.5, 2, 30, -30, math.NaN()} {
			want := min(max(1+k*(x-1.5)/sd, 0), 2)
			if math.IsNaN(x) {
				want = 1
			}
			if got := d.Factor(x); math.Abs(got-want) > 1e-6 {
				t.Errorf("k %v: factor of %v is %v, expected %v", k, x, got, want)
			}
		}
	}
	var none Dopamine
	none.Fix()
	if none.Factor(7) != 1 || none.SD != 1 {
		t.Errorf("without records: %+v", none)
	}
}
