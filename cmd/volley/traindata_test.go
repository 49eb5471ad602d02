package main

import (
	"compress/bzip2"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedData has the public data sets.
const sharedData = "../../../shared/data"

// trainOn trains a model on files of a directory for some batches, and tests what it
// left, without noise and with: which currents cannot have.
func trainOn(t *testing.T, data, text string) {
	t.Helper()
	file, out := filepath.Join(t.TempDir(), "m.yaml"), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if code, said := volley(t, "train", file, "--data", data, "--out", out, "--threads", "1", "--quiet"); code != exitDone {
		t.Fatal(code, said)
	}
	summary, err := os.ReadFile(filepath.Join(out, "summary.json"))
	if err != nil || strings.Contains(string(summary), "NaN") || !strings.Contains(string(summary), `"epochs": 2`) {
		t.Errorf("%s, %v", summary, err)
	}
	code, said := volley(t, "eval", out, "--data", data, "--jitter", "1", "--threads", "1")
	if direct := strings.Contains(text, "direct"); (code == exitDone) == direct || direct && !strings.Contains(said, "it has no spikes") {
		t.Errorf("a test with jitter ends with %d: %s", code, said)
	}
	if code, said := volley(t, "eval", out, "--data", data, "--threads", "1"); code != exitDone {
		t.Error(code, said)
	}
}

// Some batches of CIFAR-10, as currents and as spikes.
func TestTrainOnCIFAR(t *testing.T) {
	f, err := os.Open(sharedData + "/cifar10/data_batch_1.bin.bz2")
	if err != nil {
		t.Skip("CIFAR-10 IS MISSING: no training on it is tried: ", err)
	}
	defer f.Close()
	dir := t.TempDir()
	const record = 3073
	text, err := io.ReadAll(io.LimitReader(bzip2.NewReader(f), 120*record))
	if err != nil {
		t.Fatal(err)
	}
	for k, name := range []string{"learn_1.bin", "learn_2.bin", "test.bin"} {
		if err := os.WriteFile(filepath.Join(dir, name), text[k*40*record:(k+1)*40*record], 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for encoding, weight := range map[string]string{"direct": "recurrent", "bernoulli": "input"} {
		trainOn(t, dir, `
name: colours
duration: 5 ms
epochs: 2
batch: 40
data: {format: cifar10, images: learn_*.bin, test_images: test.bin, shift: 2, flip: true}
encoding: {model: `+encoding+`, gain: 2}
network: {hidden: 32, outputs: 10}
plasticity: {r: {weight: `+weight+`}}
`)
	}
}

// Some recordings of N-MNIST.
func TestTrainOnRecordings(t *testing.T) {
	files, _ := filepath.Glob(sharedData + "/n-mnist-9/*.bin")
	if len(files) == 0 {
		t.Skip("N-MNIST IS MISSING: no training on it is tried")
	}
	dir := t.TempDir()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range []string{"Train", "Test"} {
			folder := filepath.Join(dir, "n-mnist", set, strings.TrimSuffix(filepath.Base(file), ".bin"))
			if err := os.MkdirAll(folder, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "00001.bin"), text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	trainOn(t, dir, `
name: recordings
dt: 10 ms
duration: 300 ms
epochs: 2
batch: 6
data: {format: recordings, images: n-mnist, under: Train, test_images: n-mnist, test_under: Test}
encoding: {model: events}
network: {hidden: 32, outputs: 10, tau_m: {min: 20 ms, max: 60 ms}}
plasticity: {r: {weight: input, sigma: 10 ms}}
`)
}
