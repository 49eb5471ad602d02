package bench

import (
	"encoding/xml"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestMarksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{{0.09, 1.2, []float64{0.1, 0.2, 0.5, 1}}, {0.31, 0.62, []float64{0.4, 0.5, 0.6}}, {3, 70, []float64{5, 10, 20, 50}}} {
		got := marks(c.low, c.high)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("from %v to %v: %v, expected %v", c.low, c.high, got, c.want)
		}
	}
}

// A plot of runs that cost nothing to add is a falling line, is well-formed, and names
// what it shows, whatever the model is called.
func TestScalePlot(t *testing.T) {
	s := &Scale{Model: "a<b"}
	for _, workers := range []int{1, 2, 4} {
		x := 1 / float64(workers)
		s.Runs = append(s.Runs, ScaleRun{Threads: workers, SimulateWallS: Spread{Median: x, Min: x, Max: x}}, ScaleRun{Nodes: workers, Threads: 1, SimulateWallS: Spread{Median: 2 * x, Min: x, Max: 3 * x}})
	}
	s.Compare()
	text := s.SVG()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"a&lt;b", ">nothing lost<", ">threads, one process<", ">nodes<", ">threads of all nodes<", ">1 s<", ">wall time<"} {
		if !strings.Contains(text, want) {
			t.Errorf("the plot lacks %s", want)
		}
	}
	s.Weak, s.Runs = "scale=1", s.Runs[:1]
	if text := s.SVG(); strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, ">nodes<") {
		t.Errorf("a single run: %s", text)
	}
}
