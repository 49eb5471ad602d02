package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/volley-snn/volley/internal/record"
)

// A client in another language, which knows only docs/WIRE.md, injects volleys into a
// run on two nodes and hears them; the run's journal repeats it, bit for bit, in one
// process and on nodes.
func TestAnyClientInjectsSpikes(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || testing.Short() {
		t.Skip("no python3, or several processes are too many: nothing is injected")
	}
	script, err := filepath.Abs("../../docs/clients/inject.py")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a := startNode(t, dir, "--name", "a", "--listen", "127.0.0.1:0")
	_, url, _ := strings.Cut(a.said.String(), "reads along at nats://")
	startNode(t, dir, "--name", "b", "--join", a.address)
	client := exec.CommandContext(t.Context(), python, "-B", script, strings.TrimSpace(url), "sensors", "--members", "15", "--rate", "40", "--jitter", "1", "--background", "5")
	said, heard := &lines{}, &lines{}
	client.Stderr, client.Stdout = said, heard
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if strings.Contains(said.String(), "connected") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, ran, code := runs(t, dir, "run", "example:live", "--json", "--duration", "1500ms", "--cluster", a.address, "--pace", "1", "--out", "live", "--no-report", "--quiet")
	if code != 0 {
		t.Fatal(ran)
	}
	if err := client.Wait(); err != nil {
		t.Fatal(err, said)
	}
	want := printedSummary(t, text)
	if volleys := strings.Count(heard.String(), "heard "); volleys < 10 || !strings.Contains(said.String(), "latency: median ") || !strings.Contains(heard.String(), "kappa ") {
		t.Errorf("the client heard %d volleys and printed %s\n%s", volleys, heard, said)
	}
	if !strings.Contains(ran, "subject volley.live-") || !strings.Contains(ran, "injected: ") {
		t.Errorf("the run said %q", ran)
	}
	journal := filepath.Join("live", record.InjectedFile)
	content, err := os.ReadFile(filepath.Join(dir, journal))
	if err != nil {
		t.Fatal(err)
	}
	var run record.Run
	about, _ := os.ReadFile(filepath.Join(dir, "live", record.RunFile))
	sum := sha256.Sum256(content)
	if err := json.Unmarshal(about, &run); err != nil || run.Injected == nil || run.Injected.SHA256 != hex.EncodeToString(sum[:]) || run.Injected.Spikes < 300 {
		t.Errorf("run.json says %+v of the journal, whose digest is %x: %v", run.Injected, sum, err)
	}
	for out, args := range map[string][]string{"local": {"--partitions", "3"}, "on-nodes": {"--local-nodes", "3"}} {
		text, ran, code := runs(t, dir, append([]string{"run", "example:live", "--json", "--duration", "1500ms", "--replay", journal, "--out", out, "--no-report", "--quiet"}, args...)...)
		if code != 0 {
			t.Fatal(ran)
		}
		got := printedSummary(t, text)
		if got.SpikeHash != want.SpikeHash || got.WeightHash != want.WeightHash || want.Spikes < 500 {
			t.Errorf("%s: %d spikes with the hashes %.12s and %.12s; live there were %d with %.12s and %.12s", out, got.Spikes, got.SpikeHash, got.WeightHash, want.Spikes, want.SpikeHash, want.WeightHash)
		}
		if copied, err := os.ReadFile(filepath.Join(dir, out, record.InjectedFile)); err != nil || !bytes.Equal(copied, content) {
			t.Errorf("%s: the journal that was kept differs: %v", out, err)
		}
	}
	refusesReplays(t, dir, journal, content)
}

// refusesReplays replays what cannot be, and a journal that a crash has cut short.
func refusesReplays(t *testing.T, dir, journal string, content []byte) {
	t.Helper()
	damaged := bytes.Clone(content)
	damaged[len(damaged)/2] ^= 4
	for name, text := range map[string][]byte{"damaged": damaged, "torn": content[:len(content)-60]} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args  []string
		words string
	}{
		{[]string{"example:live", "--replay", "damaged"}, "the journal is damaged at byte "},
		{[]string{"example:live", "--replay", "nothing"}, "no such file"},
		{[]string{"example:live", "--replay", journal, "--seed", "9"}, "its seeds are 1, and the model's are 9"},
		{[]string{"example:live", "--replay", journal, "--set", "dt=0.1 ms"}, "its ticks are 0.2 ms"},
		{[]string{"example:brunel", "--replay", journal}, "has no population that spikes are injected into"},
		{[]string{"example:brunel", "--replay", journal, "--local-nodes", "1"}, "has no population that spikes are injected into"},
		{[]string{"example:brunel", "--pace", "1", "--local-nodes", "1"}, "--pace: the model has no population"},
		{[]string{"example:live", "--pace", "1"}, "expected with --cluster or --local-nodes"},
		{[]string{"example:live", "--pace", "-1", "--local-nodes", "1"}, "must be above 0"},
		{[]string{"example:live", "--pace", "1", "--replay", journal, "--local-nodes", "1"}, "has its ticks already"},
	} {
		_, said, code := runs(t, dir, append([]string{"run", "--out", "refused", "--no-report", "--quiet"}, c.args...)...)
		if code != exitUsage || !strings.Contains(said, c.words) || strings.Count(said, "\n") != 1 {
			t.Errorf("volley run %v: exit code %d, said %q", c.args, code, said)
		}
	}
	_, said, code := runs(t, dir, "run", "example:live", "--duration", "1500ms", "--replay", "torn", "--out", "torn-again", "--no-report", "--quiet")
	if code != 0 || !strings.Contains(said, "never counted") {
		t.Errorf("a torn journal: exit code %d, said %q", code, said)
	}
	_, said, code = runs(t, dir, "run", "example:live", "--duration", "100ms", "--out", "silent", "--no-report", "--quiet")
	if code != 0 || !strings.Contains(said, "--local-nodes 1 lets clients") {
		t.Errorf("a run that nobody can inject into: exit code %d, said %q", code, said)
	}
}
