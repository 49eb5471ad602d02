package task

import (
	"bytes"
	"math"
	"testing"

	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train/encode"
)

const ticks = 16

// ticksOf are the ticks in which Latency lets the pixels of an image spike.
func ticksOf(t *testing.T, image []byte) []int {
	t.Helper()
	l, at := encode.NewLatency(0, ticks), make([]int, len(image))
	spikes := 0
	for tick := range ticks {
		for _, i := range l.Append(nil, image, tick, random.Lanes{}) {
			at[i] = tick
			spikes++
		}
	}
	if spikes != len(image) {
		t.Fatalf("%d neurons spike %d times", len(image), spikes)
	}
	return at
}

// Each neuron's time is uniform in every class, its member or not; members are
// together in their class and nowhere else.
func TestOnlyCoincidenceTellsTheClass(t *testing.T) {
	const neurons, classes, group, n = 30, 3, 6, 4800
	key := random.Seed(5, random.Task)
	c := NewCoincidence(key, neurons, classes, group, ticks, 0)
	m, labels := Draw(c, key, neurons, classes, ticks, 0, n)
	count := make([][ticks]int, classes*neurons)
	together := [classes][classes]int{} // trials of a class in which all of a group spike at once
	for k := range n {
		at := ticksOf(t, m.Image(k))
		for i, tick := range at {
			count[int(labels[k])*neurons+i][tick]++
		}
		for g, members := range c.groups {
			same := true
			for _, i := range members {
				same = same && at[i] == at[members[0]]
			}
			if same {
				together[labels[k]][g]++
			}
		}
	}
	worst := 0.0
	for _, of := range count {
		chi := 0.0
		for _, x := range of {
			const expected = n / classes / ticks
			chi += float64((x-expected)*(x-expected)) / expected
		}
		worst = max(worst, chi)
	}
	if worst > 45 { // 15 degrees of freedom, 90 neurons and classes: p 7e-5 each
		t.Errorf("a neuron's times are not uniform: chi squared %g", worst)
	}
	for class := range classes {
		for g := range classes {
			if got := together[class][g]; class == g && got != n/classes || class != g && got > 2 {
				t.Errorf("in %d trials of class %d group %d is together %d times", n/classes, class, g, got)
			}
		}
	}
}

// Jitter has the deviation that is asked for, around the trial's end, too.
func TestJitter(t *testing.T) {
	const group = 20
	key := random.Seed(1, random.Task)
	c := NewCoincidence(key, group, 1, group, 64, 3)
	at, sum, n := make([]int, group), 0.0, 0
	for k := range uint64(2000) {
		c.Times(at, 0, key.Sub(trials).Sub(k))
		for i := 1; i < group; i += 2 {
			d := float64((at[i]-at[i-1]+32+64)%64 - 32)
			sum += d * d
			n++
		}
	}
	// Of two members' difference: 2 jitter^2, and 1/6 that whole ticks add.
	if got, want := math.Sqrt(sum/float64(n)), math.Sqrt(2*9+1./6); math.Abs(got/want-1) > 0.02 {
		t.Errorf("two members' times differ by %g, expected %g", got, want)
	}
}

func TestRandmanIsSmoothAndFillsTheTrial(t *testing.T) {
	const neurons, classes = 12, 4
	key := random.Seed(3, random.Task)
	for _, dimensions := range []int{1, 2} {
		r := NewRandman(key, neurons, classes, dimensions, ticks, 2)
		m, _ := Draw(r, key, neurons, classes, ticks, 0, 800)
		seen := make([][ticks]bool, neurons)
		for k := range 800 {
			for i, tick := range ticksOf(t, m.Image(k)) {
				seen[i][tick] = true
			}
		}
		for i, of := range seen {
			if !of[0] || !of[ticks-1] {
				t.Errorf("%d dimensions: neuron %d never spikes at an end of the trial", dimensions, i)
			}
		}
	}
	// A trial's neighbour on the curve is its neighbour in times. Points are words of
	// keys; of many, some two lie within a thousandth.
	r := NewRandman(key, neurons, classes, 1, ticks, 2)
	type point struct {
		u  float64
		at []float64
	}
	var points []point
	for k := range uint64(300) {
		p := point{u: key.Sub(9).Sub(k).Uniform(0)}
		for i := range neurons {
			p.at = append(p.at, r.classes[0][i].at(key.Sub(9).Sub(k)))
		}
		points = append(points, p)
	}
	near := 0
	for a := range points {
		for b := range a {
			if math.Abs(points[a].u-points[b].u) > 1e-3 {
				continue
			}
			near++
			for i := range neurons {
				if d := math.Abs(points[a].at[i] - points[b].at[i]); d > 0.05 {
					t.Errorf("points %g and %g: neuron %d differs by %g of the trial", points[a].u, points[b].u, i, d)
				}
			}
		}
	}
	if near < 20 {
		t.Errorf("%d pairs of points are near", near)
	}
}

// A trial does not depend on which others are drawn; other keys make other tasks.
func TestTrialsStandAlone(t *testing.T) {
	key := random.Seed(3, random.Task)
	for name, of := range map[string]func(random.Key) Task{
		"randman":     func(k random.Key) Task { return NewRandman(k, 8, 3, 1, ticks, 1) },
		"coincidence": func(k random.Key) Task { return NewCoincidence(k, 8, 3, 4, ticks, 1) },
	} {
		all, labels := Draw(of(key), key, 8, 3, ticks, 0, 20)
		some, own := Draw(of(key), key, 8, 3, ticks, 7, 5)
		if !bytes.Equal(all.Pixels[7*8:12*8], some.Pixels) || !bytes.Equal(labels[7:12], own) {
			t.Errorf("%s: trials 7 to 11 depend on the others", name)
		}
		other := random.Seed(4, random.Task)
		if m, _ := Draw(of(other), other, 8, 3, ticks, 0, 20); bytes.Equal(m.Pixels, all.Pixels) {
			t.Errorf("%s: another key draws the same", name)
		}
	}
}
