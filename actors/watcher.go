package actors

import (
	"encoding/json"
	"maps"
	"math"
	"time"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/synchrony"
)

// watcher tells how far a run is. It is an engine.Observer.
type watcher struct {
	k      *conductor
	spikes int64
	steps  int
	last   time.Time

	gauges []synchrony.Gauge  // by measurement; nil where it is no population's
	kappa  map[string]float64 // by measurement, of its last window
	silent bool               // a window could not be published
}

// tellEvery is how often progress is told.
const tellEvery = 200 * time.Millisecond

func newWatcher(k *conductor) *watcher {
	w := &watcher{k: k, last: time.Now(), kappa: map[string]float64{}}
	for number := range k.network.Measurements() {
		var g synchrony.Gauge
		if m := k.network.Measurement(number); m != nil && m.Population != nil {
			g = m.Gauge()
		}
		w.gauges = append(w.gauges, g)
	}
	return w
}

// synchrony takes the windows of a step.
func (w *watcher) synchrony(all []kernel.Aggregate) {
	for i := range all {
		g := w.gauges[all[i].Measure]
		if g == nil {
			continue
		}
		name := w.k.network.Measurement(all[i].Measure).Name
		said := window{Number: all[i].Window, EndMs: float64(all[i].End) * w.k.network.DtMs, Values: map[string]float64{}}
		for _, v := range g.Add(all[i].Counts) {
			if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
				continue
			}
			said.Values[string(v.Measure)] = v.Value
			if v.Measure == "kappa" {
				w.kappa[name] = v.Value
			}
		}
		w.publish(name, &said)
	}
}

// window is what is said of a window of a measurement.
type window struct {
	Number int                `json:"window"` // from 0
	EndMs  float64            `json:"end_ms"`
	Values map[string]float64 `json:"values"` // by measure; none that the window does not have
}

// publish says a window to who listens.
func (w *watcher) publish(name string, said *window) {
	text, err := json.Marshal(said)
	if err == nil {
		err = w.k.c.Bus.Publish(SynchronySubject(w.k.run, name), text)
	}
	if err != nil && !w.silent {
		w.silent = true // once is enough
		w.k.c.Log.Warn("a window's synchrony was not published", "run", w.k.run, "measurement", name, "error", err)
	}
}

// Observe looks at the clock once in a while.
func (w *watcher) Observe(m *engine.Moment) error {
	for _, o := range m.Outputs {
		w.spikes += int64(len(o.Spikes.GIDs))
	}
	w.synchrony(m.Aggregates)
	if w.steps++; w.steps%16 != 0 && m.Done < 1 {
		return nil
	}
	now := time.Now()
	if now.Sub(w.last) < tellEvery && m.Done < 1 {
		return nil
	}
	w.last = now
	wall, bio := now.Sub(w.k.began).Seconds(), float64(m.To)*w.k.network.DtMs
	w.k.change(func(st *control.RunStatus) {
		st.Done, st.TimeMs, st.WallS, st.Spikes = m.Done, bio, wall, w.spikes
		st.RealTimeFactor, st.Synchrony = wall*1000/bio, maps.Clone(w.kappa)
	})
	return nil
}
