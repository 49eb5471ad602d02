package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// told is a training whose epochs take a moment.
var told = []string{"train", "example:coincidence", "--set", "learn=800", "--set", "data.task.test=40", "--set", "arm=ssdp", "--set", "on=both"}

// sameTraining compares what two trainings left, but for times.
func sameTraining(t *testing.T, got, want string) {
	t.Helper()
	for _, name := range []string{"weights.npz", "predictions.csv", "model.yaml"} {
		a, errA := os.ReadFile(filepath.Join(got, name))
		b, errB := os.ReadFile(filepath.Join(want, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%v %v)", name, errA, errB)
		}
	}
}

// Of three node processes one is killed in the middle of a training, the one whose
// server the coordinator is connected to; the coordinator is killed too, and goes on
// from its checkpoint. The files are those of a training in one process.
func TestKilledNodesChangeNoWeight(t *testing.T) {
	if testing.Short() {
		t.Skip("several processes")
	}
	dir := t.TempDir()
	train := append(append([]string{}, told...), "--epochs", "12", "--threads", "1")
	if _, said, code := runs(t, dir, append(train, "--out", "local")...); code != 0 {
		t.Fatal(said)
	}
	if _, said, code := runs(t, dir, append(train, "--out", "started", "--local-nodes", "2")...); code != 0 {
		t.Fatal(said)
	}
	sameTraining(t, filepath.Join(dir, "started"), filepath.Join(dir, "local"))

	a := startNode(t, dir, "--name", "a", "--listen", "127.0.0.1:0")
	startNode(t, dir, "--name", "b", "--join", a.address)
	c := startNode(t, dir, "--name", "c", "--join", a.address)
	for k, at := range []string{a.address, c.address} {
		p := process(t, dir, append(train, "--out", "killed", "--resume", "--cluster", at)...)
		said := &lines{}
		p.Stderr = said
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		epochs := fmt.Sprintf("epoch %d/", 3+4*k)
		for range 400 {
			if strings.Contains(said.String(), epochs) {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if k == 0 {
			_ = p.Process.Kill() // the coordinator
			_ = p.Wait()
			continue
		}
		_ = a.Process.Kill()
		if err := p.Wait(); err != nil || !strings.Contains(said.String(), "node a: it is gone") {
			t.Errorf("%v: %s", err, said)
		}
	}
	sameTraining(t, filepath.Join(dir, "killed"), filepath.Join(dir, "local"))
}

// What keeps nodes from training is one clear error.
func TestRefusalsOfTrainingsOnNodes(t *testing.T) {
	dir := t.TempDir()
	n := startNode(t, dir, "--name", "small", "--listen", "127.0.0.1:0", "--memory", "1000", "--dir", filepath.Join(dir, "small"))
	train := strings.Join(told, " ") + " --out o "
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{train + "--cluster 127.0.0.1:1", "no node answers at 127.0.0.1:1 within 5s: is volley node running there?", exitFailed},
		{train + "--cluster nats://127.0.0.1:1", "no NATS server at nats://127.0.0.1:1", exitFailed},
		{train + "--cluster " + n.address, "node small: its part in training coincidence-", exitUsage},
		{train + "--node other --cluster " + n.address, "node other: the training asks for it, and it is not there", exitFailed},
		{train + "--cluster x --local-nodes 2", "the training is on one or the other", exitUsage},
		{train + "--node a", "expected with --cluster", exitUsage},
	} {
		_, said, code := runs(t, dir, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(said, c.want) || strings.Count(strings.TrimSpace(said), "\n") > 0 {
			t.Errorf("volley %s: exit code %d and\n%s\nexpected %d and %q", c.args, code, said, c.code, c.want)
		}
	}
}
