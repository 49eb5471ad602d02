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
		d, gates := Dopamine{Sign: -1}, 0
		for n, c := range recorded.Calls {
			if c.Epoch >= recorded.Warmup {
				d.Fit()
				k, mean, sd := d.Fitted()
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

// Synchrony that pays opens the gate above its mean; where the signal is a loss
// it closes it.
func TestDopamineFollowsTheSignal(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		d := Dopamine{Warmup: 40, Sign: sign}
		for n := range 40 {
			x := float64(n % 4)
			if f := d.Open(x, 3*x+5); f != 0 {
				t.Fatalf("window %d of the warm-up: factor %v", n, f)
			}
		}
		sd := math.Sqrt(1.25)
		for _, x := range []float64{0, 1.5, 2, 30, -30, math.NaN()} {
			want := min(max(1+sign*(x-1.5)/sd, 0), 2)
			if math.IsNaN(x) {
				want = 1
			}
			if got := d.Open(x, 0); math.Abs(got-want) > 1e-6 {
				t.Errorf("sign %v: factor of %v is %v, expected %v", sign, x, got, want)
			}
		}
	}
}
