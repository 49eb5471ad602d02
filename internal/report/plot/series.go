package plot

import (
	"fmt"
	"math"
	"slices"

	"github.com/volley-snn/volley/internal/record"
)

// Series is values over time. Value k is at StartMs + k*StepMs, or at TimesMs[k]
// where the times are not evenly spaced.
type Series struct {
	Scope   string          `json:"scope"`
	Measure string          `json:"measure"`
	StartMs float64         `json:"t0"`
	StepMs  float64         `json:"step"`
	TimesMs []float64       `json:"t,omitempty"`
	Values  []record.Number `json:"v"`
}

// setTimes keeps evenly spaced times as two numbers.
func (s *Series) setTimes(ms []float64) {
	if len(ms) == 0 {
		return
	}
	s.StartMs = ms[0]
	if len(ms) > 1 {
		s.StepMs = (ms[len(ms)-1] - ms[0]) / float64(len(ms)-1)
	}
	for k, t := range ms {
		if math.Abs(t-(s.StartMs+float64(k)*s.StepMs)) > 0.001+s.StepMs/1000 {
			s.TimesMs = ms
			return
		}
	}
}

// key names a series while it is read.
type key struct{ scope, measure string }

// curve averages values over bins of time as they come.
type curve struct {
	bins   map[int]*mean
	values int
}

// mean is a running mean.
type mean struct {
	sumMs, sum    float64
	times, values int64
}

func (c *curve) add(bin int, ms, value float64) {
	m := c.bins[bin]
	if m == nil {
		m = new(mean)
		c.bins[bin] = m
	}
	m.sumMs, m.times = m.sumMs+ms, m.times+1
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		m.sum, m.values = m.sum+value, m.values+1
	}
	c.values++
}

// series is the means in order of time.
func (c *curve) series(name key) Series {
	out := Series{Scope: name.scope, Measure: name.measure}
	var order []int
	for k := range c.bins {
		order = append(order, k)
	}
	slices.Sort(order)
	var times []float64
	for _, k := range order {
		m := c.bins[k]
		value := math.NaN()
		if m.values > 0 {
			value = m.sum / float64(m.values)
		}
		times = append(times, shortMs(m.sumMs/float64(m.times)))
		out.Values = append(out.Values, short(value, 4))
	}
	out.setTimes(times)
	return out
}

// curves collects up to limit series of about the same number of points.
type curves struct {
	names []key
	by    map[key]*curve
	binMs float64
	limit int
	left  map[key]bool
}

func newCurves(endMs float64, limit, points int) *curves {
	return &curves{by: make(map[key]*curve), binMs: max(endMs/float64(points), 1e-9), limit: limit, left: make(map[key]bool)}
}

func (c *curves) add(name key, ms, value float64) error {
	if !(ms >= 0) || ms > c.binMs*1e7 {
		return fmt.Errorf("a value at %g ms, outside the run", ms)
	}
	one := c.by[name]
	if one == nil {
		if len(c.names) >= c.limit {
			if len(c.left) < 1e6 {
				c.left[name] = true
			}
			return nil
		}
		one = &curve{bins: make(map[int]*mean)}
		c.by[name] = one
		c.names = append(c.names, name)
	}
	one.add(int(ms/c.binMs), ms, value)
	return nil
}
