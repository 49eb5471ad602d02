package sweep

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/model"
)

// history is a training whose losses are given.
func history(losses ...float64) *training.Summary {
	s := &training.Summary{}
	for e, x := range losses {
		s.History = append(s.History, training.Epoch{Epoch: e, Loss: record.Number(x), TestLoss: record.Number(2 * x), Kappa: record.NaN})
	}
	return s
}

func TestCurvesAndTransition(t *testing.T) {
	runs := []Run{{Arm: "a", Summary: history(4, 2, 1)}, {Arm: "a", Seed: 1, Summary: history(6, 4)}, {Arm: "b", Summary: history(1)}}
	all := curves([]ArmResult{{Arm: "a"}, {Arm: "b"}, {Arm: "c"}}, runs, measures[0])
	a := all[0]
	if len(a.Mean) != 3 || a.Mean[0] != 5 || a.Mean[1] != 3 || a.Mean[2] != 1 || !(a.Low[0] < 5) || !math.IsNaN(a.Low[2]) {
		t.Errorf("arm a: %+v", a)
	}
	if len(all[1].Mean) != 1 || len(all[2].Mean) != 0 {
		t.Errorf("arms b and c: %+v", all[1:])
	}
	first, second := transition(history(10, 7, 5, 4, 3.5, 3.25).History)
	if first != 2.5 || math.Abs(second-(1+0.5+0.25)/3) > 1e-12 {
		t.Errorf("the loss moves by %g, then %g an epoch", first, second)
	}
	if first, second = transition(history(1).History); !math.IsNaN(first) || !math.IsNaN(second) {
		t.Errorf("of one epoch: %g, %g", first, second)
	}
	for want, h := range map[[2]float64]*training.Summary{{3, 2}: history(10, 7, 5), {4, 3}: history(10, 9, 5, 4), {2, 2}: history(1, 3, 2, 2)} {
		if most, epoch := jump(h.History); most != want[0] || float64(epoch) != want[1] {
			t.Errorf("the largest move is %g, to epoch %d, expected %v", most, epoch, want)
		}
	}
	if most, epoch := jump(history(1).History); !math.IsNaN(most) || epoch != 0 {
		t.Errorf("of one epoch: %g, %d", most, epoch)
	}
}

// What a page holds is well formed whatever names and numbers are, and no number is
// drawn that is none.
func TestPageIsWellFormed(t *testing.T) {
	s := &model.Sweep{Name: "a<b & c", Description: `"quoted"`, Primary: "<p>", Against: "q", Arms: []model.Arm{{Name: "<p>"}, {Name: "q"}}}
	table := &Table{Name: s.Name, Primary: "<p>", Arms: []ArmResult{{Arm: "<p>"}, {Arm: "q"}}}
	for name, runs := range map[string][]Run{
		"none":     nil,
		"one":      {{Arm: "<p>", Summary: history(3)}},
		"constant": {{Arm: "<p>", Summary: history(3, 3, 3)}, {Arm: "<p>", Summary: history(3, 3)}},
		"several":  {{Arm: "<p>", Summary: history(3, math.NaN(), 1e-9, 2)}, {Arm: "q", Summary: history(1e12, math.Inf(1), 5)}},
	} {
		page := string(Page(s, table, runs))
		if _, body, _ := strings.Cut(page, "<p>Means"); strings.Contains(body, "NaN") || strings.Contains(body, "Inf") {
			t.Errorf("%s: a plot has a number that is none", name)
		}
		parts := strings.Split(page, "<svg ")
		for _, svg := range parts[1:] {
			text, _, _ := strings.Cut(svg, "</svg>")
			d := xml.NewDecoder(strings.NewReader("<svg " + text + "</svg>"))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s: %v in %s", name, err, text)
				}
			}
		}
		if want := len(s.Arms); len(parts)-1 < want || strings.Contains(page, "<b &") {
			t.Errorf("%s: %d drawings", name, len(parts)-1)
		}
	}
}

func TestMarksHoldTheRange(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {0.31, 0.32}, {-3, 97}, {5, 5}, {0, 0}, {1e-7, 3e-7}, {99, 101}, {-1, 0}} {
		m := marks(r[0], r[1])
		if len(m) < 2 || len(m) > 9 || m[0] > r[0]+1e-9*math.Abs(r[0]) || m[len(m)-1] < r[1] {
			t.Errorf("%v: marks %v", r, m)
		}
	}
	for epochs := 1; epochs < 300; epochs++ {
		if m := epochMarks(epochs); len(m) > 9 || m[len(m)-1] != epochs-1 || epochs > 1 && m[0] != 0 {
			t.Errorf("%d epochs: %v", epochs, m)
		}
	}
}
