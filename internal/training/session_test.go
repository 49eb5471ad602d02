package training

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sbinet/npyio/npz"

	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/train"
	"github.com/volley-snn/volley/snn/train/optimize"
)

// idx is an IDX file of unsigned bytes, gzipped.
func idx(t *testing.T, data []byte, sizes ...int) []byte {
	t.Helper()
	raw := []byte{0, 0, 8, byte(len(sizes))}
	for _, n := range sizes {
		raw = binary.BigEndian.AppendUint32(raw, uint32(n))
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(append(raw, data...))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const smallModel = `
name: small
duration: 5 ms
epochs: 4
batch: 16
data: {images: i.gz, labels: l.gz, test_images: i.gz, test_labels: l.gz, validation: 20}
encoding: {gain: 2, decay: 0.5}
network: {hidden: 24, outputs: 2}
plasticity:
  in: {weight: input, gate: dopamine, gate_warmup: 2}
  rec: {weight: recurrent, gate: synchrony, gate_measure: kappa}
`

// world is the files of a small training.
func world(t *testing.T) fstest.MapFS {
	t.Helper()
	set := blobs(120, 5, 5)
	return fstest.MapFS{
		"m.yaml": {Data: []byte(smallModel)},
		"i.gz":   {Data: idx(t, set.Images.Pixels, 120, 5, 5)},
		"l.gz":   {Data: idx(t, set.Labels, 120)},
	}
}

func load(t *testing.T, files fstest.MapFS, set ...string) (*model.Training, *Data) {
	t.Helper()
	m, err := model.LoadTraining(files, "m.yaml", model.Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Load(m, files)
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A training that is interrupted in the middle of an epoch, and one that stops
// between epochs, go on to the weights of one that is left alone; with other
// workers, too.
func TestResumedTrainingIsTheSame(t *testing.T) {
	for _, set := range [][]string{nil, {"data.shift=1", "data.flip=true"}} {
		resumes(t, set...)
	}
}

func resumes(t *testing.T, set ...string) {
	t.Helper()
	m, d := load(t, world(t), set...)
	whole, err := New(m, d, t.TempDir(), 1)
	must(t, err)
	must(t, whole.Run(context.Background(), 4))

	dir := t.TempDir()
	part, err := New(m, d, dir, 2)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	part.Observe = func(epoch, batch, _ int, _ *Epoch) {
		if epoch == 2 && batch == 3 {
			cancel()
		}
	}
	if err := part.Run(ctx, 4); err != context.Canceled {
		t.Fatalf("the interrupted training ends with %v", err)
	}
	resumed, err := Resume(m, d, dir, 3)
	must(t, err)
	if len(resumed.Epochs) != 2 {
		t.Fatalf("%d epochs are done, expected 2", len(resumed.Epochs))
	}
	must(t, resumed.Run(context.Background(), 3))
	resumed, err = Resume(m, d, dir, 1)
	must(t, err)
	must(t, resumed.Run(context.Background(), 4))
	if a, b := whole.Summary(), resumed.Summary(); a.WeightHash != b.WeightHash || a.Accuracy != b.Accuracy || a.Kappa != b.Kappa {
		t.Errorf("resumed: %+v, left alone: %+v", b, a)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestFilesOfATraining(t *testing.T) {
	files := world(t)
	m, d := load(t, files)
	dir := t.TempDir()
	s, err := New(m, d, dir, 1)
	must(t, err)
	must(t, s.Run(context.Background(), 4))
	must(t, s.Finish())
	if _, err := New(m, d, dir, 1); err == nil || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("a second training in the directory: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, EpochsFile))
	must(t, err)
	if lines := strings.Split(strings.TrimSpace(string(text)), "\n"); len(lines) != 5 || !strings.HasSuffix(lines[0], ",S_in,S_rec") || strings.Count(lines[4], ",") != strings.Count(lines[0], ",") {
		t.Errorf("epochs.csv:\n%s", text)
	}

	r, err := npz.Open(filepath.Join(dir, WeightsFile))
	must(t, err)
	defer r.Close()
	var w []float32
	must(t, r.Read("input.weight.npy", &w))
	l, values := &s.trainer.Net.Layout, s.trainer.Net.Values
	ours := l.Of(values, l.Named("input.weight"))
	if shape := r.Header("input.weight.npy").Descr.Shape; shape[0] != 24 || shape[1] != 25 || w[1] != ours[24] || w[25] != ours[1] {
		t.Errorf("the archive's weights have shape %v and are not turned", shape)
	}

	// Without noise a test is that of the last epoch; with all spikes lost it knows nothing.
	e, err := Evaluate(context.Background(), dir, files, train.Noise{}, 2)
	must(t, err)
	if last := s.Epochs[3]; e.Accuracy != float64(last.TestAccuracy) || e.Samples != 20 {
		t.Errorf("evaluated: %+v, the last epoch had %+v", e, last)
	}
	// Noise too small to change anything goes the long way to the same.
	if long, err := Evaluate(context.Background(), dir, files, train.Noise{Deletion: 1e-300}, 1); err != nil || long.Loss != e.Loss {
		t.Errorf("with next to no noise the loss is %v, expected %v; %v", long.Loss, e.Loss, err)
	}
	if lost, err := Evaluate(context.Background(), dir, files, train.Noise{Deletion: 1}, 1); err != nil || lost.Accuracy > 0.85 {
		t.Errorf("with no spike left the accuracy is %g; %v", lost.Accuracy, err)
	}
}

func TestDamageAndOtherModelsAreRefused(t *testing.T) {
	files := world(t)
	m, d := load(t, files)
	dir := t.TempDir()
	s, err := New(m, d, dir, 1)
	must(t, err)
	must(t, s.Run(context.Background(), 1))
	other, d2 := load(t, files, "seed=2")
	if _, err := Resume(other, d2, dir, 1); err == nil || !strings.Contains(err.Error(), "another model") {
		t.Errorf("another seed: %v", err)
	}
	file := filepath.Join(dir, CheckpointFile)
	data, err := os.ReadFile(file)
	must(t, err)
	for name, bad := range map[string][]byte{"cut": data[:len(data)-7], "flipped": append(append([]byte(nil), data[:900]...), append([]byte{data[900] ^ 1}, data[901:]...)...), "empty": nil} {
		must(t, os.WriteFile(file, bad, 0o666))
		if _, err := Resume(m, d, dir, 1); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What Run leaves in the middle of an epoch is not what the files say: all of them are
// of the last epoch that is done, and a session that goes on goes on from there.
func TestFilesAreOfWholeEpochs(t *testing.T) {
	files := world(t)
	m, d := load(t, files)
	whole, err := New(m, d, t.TempDir(), 1)
	must(t, err)
	must(t, whole.Run(context.Background(), 2))
	must(t, whole.Finish())
	same := func(name, dir string) {
		t.Helper()
		for _, file := range []string{WeightsFile, PredictionsFile} {
			a, errA := os.ReadFile(filepath.Join(dir, file))
			b, errB := os.ReadFile(filepath.Join(whole.Dir, file))
			if errA != nil || errB != nil || !bytes.Equal(a, b) {
				t.Errorf("%s: %s is not that of two epochs (%v %v)", name, file, errA, errB)
			}
		}
	}

	for _, at := range []int{0, 2} {
		part, err := New(m, d, t.TempDir(), 1)
		must(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		part.Observe = func(epoch, batch, _ int, _ *Epoch) {
			if epoch == at && batch == 3 {
				cancel()
			}
		}
		if err := part.Run(ctx, 4); err != context.Canceled {
			t.Fatal(err)
		}
		part.Observe = nil
		if at == 0 {
			must(t, part.Run(context.Background(), 2))
		}
		must(t, part.Finish())
		same("interrupted", part.Dir)
		if a, b := part.Summary(), whole.Summary(); a.WeightHash != b.WeightHash || a.Epochs != 2 {
			t.Errorf("interrupted: %d epochs with weights %s, expected those of 2, %s", a.Epochs, a.WeightHash, b.WeightHash)
		}
	}

	// A checkpoint that cannot be written is of no epoch that is done.
	full, err := New(m, d, t.TempDir(), 1)
	must(t, err)
	must(t, full.Run(context.Background(), 2))
	block := filepath.Join(full.Dir, "."+CheckpointFile+".part")
	must(t, os.Mkdir(block, 0o777))
	must(t, os.WriteFile(filepath.Join(block, "x"), nil, 0o666))
	if err := full.Run(context.Background(), 4); err == nil || !strings.Contains(err.Error(), "cannot write "+CheckpointFile) {
		t.Errorf("a checkpoint that cannot be written: %v", err)
	}
	must(t, full.Finish())
	same("full", full.Dir)
	if n := full.Summary().Epochs; n != 2 {
		t.Errorf("the summary tells of %d epochs, and 2 are in the checkpoint", n)
	}

	// One that was killed after its last checkpoint still has its predictions.
	killed, err := New(m, d, t.TempDir(), 1)
	must(t, err)
	must(t, killed.Run(context.Background(), 2))
	killed, err = Resume(m, d, killed.Dir, 1)
	must(t, err)
	must(t, killed.Run(context.Background(), 2))
	must(t, killed.Finish())
	same("killed", killed.Dir)
}

// A training goes on with the data that it began with, or not at all.
func TestOtherDataAreRefused(t *testing.T) {
	files := world(t)
	m, d := load(t, files)
	dir := t.TempDir()
	s, err := New(m, d, dir, 1)
	must(t, err)
	must(t, s.Run(context.Background(), 1))
	set := blobs(120, 5, 5)
	set.Images.Pixels[1234] ^= 1
	files["i.gz"].Data = idx(t, set.Images.Pixels, 120, 5, 5)
	_, pixel := load(t, files)
	set.Images.Pixels[1234] ^= 1
	set.Labels[7] ^= 1
	files["i.gz"].Data, files["l.gz"].Data = idx(t, set.Images.Pixels, 120, 5, 5), idx(t, set.Labels, 120)
	_, label := load(t, files)
	for name, other := range map[string]*Data{"a pixel": pixel, "a label": label, "the test": {Learn: d.Learn, Test: label.Test, Pixels: d.Pixels}} {
		if _, err := Resume(m, other, dir, 1); err == nil || !strings.Contains(err.Error(), "on other data") {
			t.Errorf("%s has changed: %v", name, err)
		}
	}
	set = blobs(120, 5, 6)
	files["i.gz"].Data, files["l.gz"].Data = idx(t, set.Images.Pixels, 120, 5, 6), idx(t, set.Labels, 120)
	if _, err := Evaluate(context.Background(), dir, files, train.Noise{}, 1); err == nil || !strings.Contains(err.Error(), "the network has 25 inputs, and a sample of the data has 30") {
		t.Errorf("a test on larger images: %v", err)
	}
}

// A loss that is no number, or a number that nobody can use, stops the training, says
// where and what to do, and leaves the last epoch that was good.
func TestExplodingLossStops(t *testing.T) {
	for want, set := range map[string][]string{
		"epoch 1, batch 2: the loss is ":                                                {"optimizer.rate=1e37", "optimizer.model=sgd", "optimizer.clip_norm=0"},
		", and guessing has 0.6931: the numbers have exploded; lower":                   {"optimizer.rate=1e6"},
		"epoch 1, batch 1: the norm of the gradient is +Inf before anything is learned": {"network.v_0.max=1e300"},
	} {
		m, d := load(t, world(t), set...)
		s, err := New(m, d, t.TempDir(), 1)
		must(t, err)
		if err := s.Run(context.Background(), 4); !errors.Is(err, train.ErrExploded) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: it ends with %v, expected %q", set, err, want)
		}
	}

	m, d := load(t, world(t))
	dir := t.TempDir()
	s, err := New(m, d, dir, 1)
	must(t, err)
	must(t, s.Run(context.Background(), 2))
	good := s.Summary().WeightHash
	s.trainer.Rate = optimize.Constant(1e6)
	if err := s.Run(context.Background(), 4); err == nil || !strings.Contains(err.Error(), "epoch 3, batch ") {
		t.Errorf("it ends with %v", err)
	}
	must(t, s.Finish())
	again, err := Resume(m, d, dir, 1)
	must(t, err)
	if got := s.Summary(); got.WeightHash != good || got.Epochs != 2 || again.Summary().WeightHash != good {
		t.Errorf("%d epochs with weights %s are left, expected 2 with %s", got.Epochs, got.WeightHash, good)
	}
}

// A network that comes out, but that nothing can have been learned by, is doubted.
func TestDoubt(t *testing.T) {
	for want, set := range map[string][]string{
		"":                           nil,
		"the loss of epoch 4 is ":    {"optimizer.rate=100"},
		"no neuron fired in epoch 4": {"network.threshold=1e30"},
	} {
		m, d := load(t, world(t), set...)
		s, err := New(m, d, t.TempDir(), 1)
		must(t, err)
		must(t, s.Run(context.Background(), 4))
		if got := s.Doubt(); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%v: %q, expected %q", set, got, want)
		}
	}
}

func TestDataFaults(t *testing.T) {
	for name, change := range map[string]func(fstest.MapFS){
		"l.gz: cannot be read": func(f fstest.MapFS) { delete(f, "l.gz") },
		"i.gz: is truncated":   func(f fstest.MapFS) { f["i.gz"].Data = idx(t, make([]byte, 10), 120, 5, 5) },
		"holds 3 labels":       func(f fstest.MapFS) { f["l.gz"].Data = idx(t, []byte{0, 1, 0}, 3) },
		"network.outputs: is 2, and l.gz has label 9, of sample 1: expected labels from 0 to 1": func(f fstest.MapFS) { f["l.gz"].Data = idx(t, append([]byte{0, 9}, make([]byte, 118)...), 120) },
		"i.gz: holds 0 images of 5 x 5 pixels; expected at least one":                           func(f fstest.MapFS) { f["i.gz"].Data, f["l.gz"].Data = idx(t, nil, 0, 5, 5), idx(t, nil, 0) },
		"i.gz: holds 120 images of 0 x 5 pixels":                                                func(f fstest.MapFS) { f["i.gz"].Data = idx(t, nil, 120, 0, 5) },
		"i.gz has images of 5 x 5 pixels, and j.gz of 1 x 25": func(f fstest.MapFS) {
			f["m.yaml"].Data = []byte(strings.Replace(smallModel, "test_images: i", "test_images: j", 1))
			f["j.gz"] = &fstest.MapFile{Data: idx(t, blobs(120, 5, 5).Images.Pixels, 120, 1, 25)}
		},
		"none would be left": func(f fstest.MapFS) { f["m.yaml"].Data = []byte(strings.Replace(smallModel, "20}", "120}", 1)) },
	} {
		files := world(t)
		change(files)
		m, err := model.LoadTraining(files, "m.yaml", model.Options{})
		must(t, err)
		if _, err := Load(m, files); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%q is missing from %v", name, err)
		}
	}
}
