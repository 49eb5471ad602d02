package actors_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/model"
)

// told is a small training with labels.
const told = `
name: told
duration: 16 ms
epochs: 6
batch: 20
data: {task: {model: coincidence, neurons: 30, group: 10, learn: 100, test: 40}}
encoding: {model: latency, least: 0}
network: {hidden: 24, outputs: 3, tau_m: {min: 2 ms, max: 6 ms}, tau_n: {min: -2, max: 0}}
plasticity:
  in: {weight: input, gate: dopamine, gate_warmup: 1}
  rec: {weight: recurrent, gate: synchrony, gate_measure: kappa}
`

func toldModel(t *testing.T) (*model.Training, *training.Data) {
	t.Helper()
	files := fstest.MapFS{"m.yaml": {Data: []byte(told)}}
	m, err := model.LoadTraining(files, "m.yaml", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := training.Load(m, files)
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

// learn trains in a directory, with a team or without, from its checkpoint on; after is
// told of each batch.
func learn(t *testing.T, ctx context.Context, dir string, team training.Team, after func(epoch, batch int)) (*training.Summary, error) {
	t.Helper()
	m, d := toldModel(t)
	s, err := training.Resume(m, d, dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if team != nil {
		s.Team = team
	}
	s.Observe = func(epoch, batch, _ int, done *training.Epoch) {
		if after != nil && done == nil {
			after(epoch, batch)
		}
	}
	err = s.Run(ctx, m.Epochs)
	return s.Summary(), err
}

// same is what two summaries must have alike.
func same(s *training.Summary) string {
	text := s.WeightHash
	for _, e := range s.History {
		text += fmt.Sprintf("\n%v %v %v %v %v %v %v %v", e.Loss, e.Accuracy, e.TestLoss, e.TestAccuracy, e.Rate, e.Kappa, e.S, e.NeverActive)
	}
	return text
}

func team(t *testing.T, c *cluster, change ...func(*actors.TeamConfig)) (*actors.Team, error) {
	t.Helper()
	m, d := toldModel(t)
	config := actors.TeamConfig{Caller: c.caller, Model: m, Pixels: d.Pixels, Threads: 1}
	for _, f := range change {
		f(&config)
	}
	team, err := actors.NewTeam(t.Context(), config)
	if err == nil {
		t.Cleanup(team.Close)
	}
	return team, err
}

func mustTeam(t *testing.T, c *cluster, change ...func(*actors.TeamConfig)) *actors.Team {
	t.Helper()
	made, err := team(t, c, change...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTrainingsOnNodesAreThoseOfOneProcess(t *testing.T) {
	want, err := learn(t, t.Context(), t.TempDir(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, nodes := range []int{1, 2, 4, 6} {
		c := start(t, nodes)
		crew := mustTeam(t, c)
		if n := len(crew.Names()); n != min(nodes, 4) {
			t.Errorf("%d of %d nodes take part, expected %d", n, nodes, min(nodes, 4))
		}
		got, err := learn(t, t.Context(), t.TempDir(), crew, nil)
		if err != nil || same(got) != same(want) {
			t.Errorf("%d nodes: %v\n%s\nexpected\n%s", nodes, err, same(got), same(want))
		}
	}
}

// A node that is lost in the middle, one that is drained, and one that comes change
// nothing; when the last one is gone the training goes on from its checkpoint.
func TestTrainingOutlivesItsNodes(t *testing.T) {
	want, err := learn(t, t.Context(), t.TempDir(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := start(t, 3)
	notes := make(chan string, 16)
	crew := mustTeam(t, c, func(c *actors.TeamConfig) { c.Note = func(text string) { notes <- text } })
	said := func(part string) {
		for {
			select {
			case text := <-notes:
				if strings.Contains(text, part) {
					return
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("nobody says %q", part)
			}
		}
	}
	got, err := learn(t, t.Context(), t.TempDir(), crew, func(epoch, batch int) {
		switch {
		case epoch == 1 && batch == 2:
			c.buses[2].Close() // the batch that follows waits for it
		case epoch == 2 && batch == 1:
			said("node n2: it is gone")
			if err := c.caller.Drain(t.Context(), "n0"); err != nil {
				t.Error(err)
			}
			said("node n0: it is to leave")
		case epoch == 3 && batch == 3:
			n, err := actors.Start(t.Context(), actors.Config{Name: "new", Bus: c.buses[0], Dir: t.TempDir(), Version: version, Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(n.Stop)
			said("node new takes part")
		case epoch == 4 && batch == 4:
			c.buses[1].Close()
		}
	})
	if err != nil || same(got) != same(want) {
		t.Errorf("%v\n%s\nexpected\n%s", err, same(got), same(want))
	}
	if names := fmt.Sprint(crew.Names()); names != "[new]" {
		t.Errorf("%s are left", names)
	}
}

// Interrupted in the middle of an epoch, a training on nodes goes on in one process, and
// the other way round; the nodes are let go.
func TestTrainingOnNodesGoesOnElsewhere(t *testing.T) {
	want, err := learn(t, t.Context(), t.TempDir(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, dir := start(t, 2), t.TempDir()
	for k, on := range []bool{true, false, true} {
		var with training.Team
		var crew *actors.Team
		if on {
			crew = mustTeam(t, c)
			with = crew
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err := learn(t, ctx, dir, with, func(epoch, batch int) {
			if epoch == 2*k+1 && batch == 3 {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("part %d, which is interrupted, ends with %v", k, err)
		}
		if crew != nil {
			crew.Close()
		}
	}
	got, err := learn(t, t.Context(), dir, nil, nil)
	if err != nil || same(got) != same(want) {
		t.Errorf("%v\n%s\nexpected\n%s", err, same(got), same(want))
	}
	nodes, err := c.caller.Nodes(t.Context())
	if err != nil || len(nodes) != 2 {
		t.Fatal(err, len(nodes))
	}
	for range 100 {
		if nodes, _ = c.caller.Nodes(t.Context()); len(nodes[0].GetNodeStatus().Runs)+len(nodes[1].GetNodeStatus().Runs) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("nodes still have parts: %v", nodes)
}

func TestTeamsThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name, want string
		kind       control.Kind
		node       func(*actors.Config)
		team       func(*actors.TeamConfig)
	}{
		{"memory", "node n0: its part in training told-", control.Kind_KIND_MEMORY, func(c *actors.Config) { c.MemoryBytes = 1000 }, nil},
		{"version", "node n0: it is volley other", control.Kind_KIND_VERSION, func(c *actors.Config) { c.Version = "other" }, nil},
		{"named", "node nobody: the training asks for it", control.Kind_KIND_NODE_LOST, nil, func(c *actors.TeamConfig) { c.Nodes = []string{"nobody"} }},
		{"pixels", "node n0: the model of training", control.Kind_KIND_DIGEST, nil, func(c *actors.TeamConfig) { c.Pixels = 0 }},
	} {
		var nodes []func(*actors.Config)
		if c.node != nil {
			nodes = append(nodes, c.node)
		}
		var change []func(*actors.TeamConfig)
		if c.team != nil {
			change = append(change, c.team)
		}
		_, err := team(t, start(t, 1, nodes...), change...)
		var r *actors.Refusal
		if !errors.As(err, &r) || r.Kind != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", c.name, err, c.want)
		}
	}
	if _, err := team(t, start(t, 0)); err == nil || !strings.Contains(err.Error(), "no node") {
		t.Errorf("without nodes: %v", err)
	}
}
