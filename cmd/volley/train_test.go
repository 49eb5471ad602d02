package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/sweep"
)

// few is a small training of an example that needs no data files.
var few = []string{"--set", "learn=80", "--set", "data.task.test=40", "--set", "network.hidden=16", "--quiet", "--threads", "1"}

// Each mistake ends with its code, and says what and where.
func TestTrainingFaults(t *testing.T) {
	empty, damaged := t.TempDir(), filepath.Join(t.TempDir(), "fashion-mnist")
	if err := os.Mkdir(damaged, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(damaged, "train-images-idx3-ubyte.gz"), []byte("\x1f\x8b\x08no"), 0o666); err != nil {
		t.Fatal(err)
	}
	done := filepath.Join(t.TempDir(), "done")
	if code, said := volley(t, append([]string{"train", "example:coincidence", "--epochs", "1", "--out", done}, few...)...); code != 0 {
		t.Fatal(code, said)
	}
	ran, swept, busy := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "ssdp", "1")
	for file, text := range map[string]string{filepath.Join(ran, record.RunFile): `{"volley_run": 1}`, filepath.Join(swept, sweep.TableFile): "{}"} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	release, err := record.Lock(busy)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{1, "train-images-idx3-ubyte.gz: cannot be read: file does not exist; volley data get fashion-mnist --data DIR fetches it", []string{"train", "example:ssdp-fashion", "--data", empty}},
		{1, "train-images-idx3-ubyte.gz: gzip", []string{"train", "example:ssdp-fashion", "--data", filepath.Dir(damaged)}},
		{2, "would take about 174", []string{"train", "example:coincidence", "--set", "network.hidden=2000000"}},
		{2, "would take about 9", []string{"train", "example:coincidence", "--set", "data.task.learn=100000000000"}},
		{2, "would take about 189", []string{"sweep", "example:coincidence", "--set", "set=[network.hidden=2000000]"}},
		{1, "lower the learning rate, or clip the gradient; no epoch was done, and nothing is kept", append([]string{"train", "example:coincidence", "--set", "optimizer.model=sgd", "--set", "optimizer.rate=1e37", "--set", "optimizer.clip_norm=0"}, few...)},
		{2, "rate.target: must be at most 1", []string{"train", "example:coincidence", "--set", "rate.target=20"}},
		{2, "holds a training already", append([]string{"train", "example:coincidence", "--epochs", "1", "--out", done}, few...)},
		{2, "is of another model, seed or number of epochs", append([]string{"train", "example:coincidence", "--epochs", "2", "--resume", "--out", done}, few...)},
		{2, "levels of noise must be at least 0", []string{"eval", done, "--jitter", "-1"}},
		{2, "would take about", []string{"eval", done, "--max-memory", "10000"}},
		{2, "holds no training: expected what volley train left", []string{"eval", empty}},
		{2, "expected one of", []string{"sweep", "example:nothing"}},
		{2, "expected one of fashion-mnist, mnist", []string{"data", "get", "mist"}},
		{2, "unknown command", []string{"data", "fetch", "mnist"}},
		{2, "holds a run of volley run", append([]string{"train", "example:coincidence", "--out", ran}, few...)},
		{2, "holds an experiment of volley sweep", append([]string{"train", "example:coincidence", "--out", swept}, few...)},
		{2, "holds a run or training", []string{"sweep", "example:coincidence", "--out", done}},
		{2, "another run or training is writing there", append([]string{"train", "example:coincidence", "--out", busy}, few...)},
		{2, "another run or training is writing there", []string{"sweep", "example:coincidence", "--out", busy}},
		{1, "another run or training is writing there", []string{"sweep", "example:coincidence", "--set", "set=[network.hidden=16]", "--out", filepath.Dir(filepath.Dir(busy))}},
		{2, "cannot be a directory's: say --out DIR", []string{"sweep", "example:coincidence", "--set", "name=.."}},
		{1, "no such file", []string{"data", "get", "mnist", "--from", empty, "--data", t.TempDir()}},
	} {
		args := c.args
		if all := strings.Join(args, " "); (args[0] == "train" || args[0] == "sweep") && !strings.Contains(all, "--out") && !strings.Contains(all, "name=") {
			args = append(args, "--out", filepath.Join(t.TempDir(), "out"))
		}
		if code, said := volley(t, args...); code != c.code || !strings.Contains(said, c.want) {
			t.Errorf("%v: code %d, expected %d with %q: %s", c.args, code, c.code, c.want, said)
		}
	}
}

// An interrupted training leaves what was learned, with the code for that, and goes on.
func TestInterruptedTrainingGoesOn(t *testing.T) {
	dir := t.TempDir()
	train := func(out string, more ...string) []string {
		return append(append([]string{"train", "example:coincidence", "--epochs", "400", "--out", filepath.Join(dir, out)}, few...), more...)
	}
	ctx, cancel := context.WithCancel(context.Background())
	checkpoint := filepath.Join(dir, "part", "checkpoint.volley")
	go func() {
		for range 2000 {
			if _, err := os.Stat(checkpoint); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	var said bytes.Buffer
	if code := execute(ctx, train("part"), &said); code != exitInterrupted {
		t.Fatalf("an interrupted training ends with %d: %s", code, said.String())
	}
	if !strings.Contains(said.String(), "of 400 epochs is kept in "+filepath.Join(dir, "part")+", and --resume goes on from there") {
		t.Errorf("it does not say what is left: %s", said.String())
	}
	for _, name := range []string{"summary.json", "epochs.csv", "weights.npz", "predictions.csv"} {
		if _, err := os.Stat(filepath.Join(dir, "part", name)); err != nil {
			t.Error(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "part", "epochs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	done := strings.Count(string(text), "\n") - 1
	if code, said := volley(t, train("part", "--resume", "--until", fmt.Sprint(done+1))...); code != exitDone {
		t.Fatal(code, said)
	}
	after, err := os.ReadFile(filepath.Join(dir, "part", "epochs.csv"))
	if err != nil || !strings.HasPrefix(string(after), string(text)) || strings.Count(string(after), "\n") != done+2 {
		t.Errorf("after %d epochs and one more:\n%s%v", done, after, err)
	}
}
