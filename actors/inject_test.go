package actors_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/messages/control"
)

// What clients send is reported with the run, sense and nonsense, and stops nothing;
// the synchrony of the windows is published as they end.
func TestInjectionIsReported(t *testing.T) {
	c := start(t, 2)
	b, n := pack(t, small.Injected)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var mutex sync.Mutex
	windows := map[string]int{}
	_, err := c.buses[1].Subscribe("volley.*.syn.*", func(m bus.Message) {
		var w struct {
			Window int
			EndMs  float64 `json:"end_ms"`
			Values map[string]float64
		}
		if err := json.Unmarshal(m.Data, &w); err != nil || w.EndMs != float64(20*(w.Window+1)) {
			t.Errorf("a window %s: %v", m.Data, err)
		}
		mutex.Lock()
		defer mutex.Unlock()
		windows[m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]]++
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.caller.Submit(ctx, "n0", b, &control.Submit{Format: "csv", Pace: 1})
	if err != nil {
		t.Fatal(err)
	}
	last, err := c.caller.Follow(ctx, s.Run, s.Coordinator, func(st *control.RunStatus) {
		if st.State != control.State_STATE_RUNNING {
			return
		}
		for to, text := range map[string]string{"left": `{"neurons": [1, 2, 3]}`, "right": `{"neurons": [99]}`, "out": `{"neurons": [1]}`} {
			if err := c.caller.Bus.Publish("volley."+s.Run+".in."+to, []byte(text)); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	in := last.Injection
	if last.State != control.State_STATE_DONE || in == nil || in.Messages == 0 || in.Spikes < 3 || in.Refused < 2 || in.Why == "" || strings.Join(in.Populations, " ") != "left right" {
		t.Errorf("%v: %+v", last.State, in)
	}
	mutex.Lock()
	defer mutex.Unlock()
	if windows["left"] < 18 {
		t.Errorf("%d of 20 windows were published, by measurement: %v", windows["left"], windows)
	}
	var journal, about bytes.Buffer
	for file, into := range map[string]*bytes.Buffer{record.InjectedFile: &journal, record.RunFile: &about} {
		if err := c.caller.Fetch(ctx, s.Run, s.Coordinator, file, into); err != nil {
			t.Fatal(err)
		}
	}
	var run record.Run
	if err := json.Unmarshal(about.Bytes(), &run); err != nil || run.Injected == nil || run.Injected.Spikes != in.Spikes || run.Injected.Bytes != int64(journal.Len()) {
		t.Errorf("run.json says %+v, the status %+v, and the journal has %d bytes: %v", run.Injected, in, journal.Len(), err)
	}
	replays(t, c, n.Model.Name, b, journal.Bytes(), &run)
}

// replays submits a run of a journal, and others that are refused.
func replays(t *testing.T, c *cluster, name string, b *actors.Bundle, journal []byte, want *record.Run) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	end := func(b *actors.Bundle, m *control.Submit) (*control.RunStatus, string) {
		s, err := c.caller.Submit(ctx, "n0", b, m)
		if err != nil {
			t.Fatal(err)
		}
		last, err := c.caller.Follow(ctx, s.Run, s.Coordinator, func(*control.RunStatus) {})
		if err != nil {
			t.Fatal(err)
		}
		return last, s.Run
	}
	b.Files[record.InjectedFile] = journal
	last, run := end(b, &control.Submit{Format: "csv", Replay: record.InjectedFile})
	var about bytes.Buffer
	if err := c.caller.Fetch(ctx, run, "n0", record.RunFile, &about); err != nil {
		t.Fatal(last, err)
	}
	var got record.Run
	if err := json.Unmarshal(about.Bytes(), &got); err != nil || got.SpikeHash != want.SpikeHash || got.WeightHash != want.WeightHash || got.Injected.SHA256 != want.Injected.SHA256 || !got.Injected.Replayed {
		t.Errorf("a replay of %s gave the hashes %s and %s, %+v; want %s and %s, %+v: %v", name, got.SpikeHash, got.WeightHash, got.Injected, want.SpikeHash, want.WeightHash, want.Injected, err)
	}
	other, _ := pack(t, small.Injected, "seeds.base=5")
	other.Files[record.InjectedFile] = journal
	silent, _ := pack(t, small.Recorded)
	for why, submission := range map[string]struct {
		b *actors.Bundle
		m *control.Submit
	}{
		"its seeds are 1, and the model's are 5": {other, &control.Submit{Format: "csv", Replay: record.InjectedFile}},
		"has not arrived":                        {b, &control.Submit{Format: "csv", Replay: "nothing"}},
		"nothing can be replayed or paced":       {silent, &control.Submit{Format: "csv", Pace: 1}},
	} {
		if last, _ := end(submission.b, submission.m); last.State != control.State_STATE_FAILED || !strings.Contains(last.GetFailure().GetWhy(), why) {
			t.Errorf("%s: %v %v", why, last.State, last.Failure)
		}
	}
}
