package sweep

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/random"
	"github.com/volley-snn/volley/snn/train"
)

const training1 = `
name: small
duration: 4 ms
epochs: 2
batch: 20
data: {images: i, labels: l, test_images: i, test_labels: l, validation: 20}
encoding: {gain: 2, decay: 0.5}
network: {hidden: 16, outputs: 2}
plasticity:
  in: {weight: input, A_plus: 0.01}
`

const experiment = `
name: e
model: m.yaml
seeds: 3
primary: ssdp
against: shuffle
arms:
  none: {set: [plasticity=null]}
  ssdp: {set: []}
  shuffle: {set: [plasticity.in.control=pairing_shuffle]}
`

// world is an experiment on images that are bright in one half.
func world() fstest.MapFS {
	s := random.Seed(1, random.Noise).Stream()
	images, labels := []byte{0, 0, 8, 3}, []byte{0, 0, 8, 1}
	for _, n := range []uint32{80, 4, 4} {
		images = binary.BigEndian.AppendUint32(images, n)
	}
	labels = binary.BigEndian.AppendUint32(labels, 80)
	for range 80 {
		label := s.Intn(2)
		labels = append(labels, byte(label))
		for k := range uint64(16) {
			images = append(images, byte(s.Intn(100)+(k/8^label)*s.Intn(150)))
		}
	}
	return fstest.MapFS{"m.yaml": {Data: []byte(training1)}, "e.yaml": {Data: []byte(experiment)}, "i": {Data: images}, "l": {Data: labels}}
}

func runner(t *testing.T, files fstest.MapFS, dir string) *Runner {
	t.Helper()
	s, err := model.LoadSweep(files, "e.yaml", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{
		Sweep: s, Dir: dir, Workers: 1,
		Load: func(set []string) (*model.Training, error) {
			return model.LoadTraining(files, "m.yaml", model.Options{Set: set})
		},
		Data: func(m *model.Training) (*training.Data, error) { return training.Load(m, files) },
	}
}

// An experiment that is interrupted goes on, without training again what is done,
// to the table of one that is not.
func TestSweepGoesOn(t *testing.T) {
	files := world()
	whole := runner(t, files, t.TempDir())
	runs, err := whole.All(context.Background())
	if err != nil || len(runs) != 9 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	want, err := NewTable(whole.Sweep, whole.Dir, runs)
	if err != nil {
		t.Fatal(err)
	}

	dir := t.TempDir()
	part := runner(t, files, dir)
	ctx, cancel := context.WithCancel(context.Background())
	done := 0
	part.Done = func(*Run) {
		if done++; done == 4 {
			cancel()
		}
	}
	if runs, err = part.All(ctx); !errors.Is(err, context.Canceled) || len(runs) != 4 {
		t.Fatalf("the interrupted experiment has %d runs and ends with %v", len(runs), err)
	}
	for k, want := range []string{"ssdp 1", "shuffle 1", "ssdp 2", "shuffle 2"} { // the primary contrast comes first
		if got := fmt.Sprint(runs[k].Arm, " ", runs[k].Seed); got != want {
			t.Errorf("run %d is %s, expected %s", k, got, want)
		}
	}
	before, err := os.Stat(filepath.Join(dir, "ssdp", "1", training.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	rest := runner(t, files, dir)
	if runs, err = rest.All(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(filepath.Join(dir, "ssdp", "1", training.CheckpointFile)); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("what was done has been trained again")
	}
	got, err := NewTable(rest.Sweep, dir, runs)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("interrupted:\n%v\nat once:\n%v", got, want)
	}
	if c := got.Comparisons[1]; c.Against != "shuffle" || !c.Primary || c.Pairs != 3 || len(c.McNemar) != 3 || c.P.Defined() && c.P != c.Corrected {
		t.Errorf("the primary contrast: %+v", c)
	}
	if got.Arms[0].Loss.Mean == got.Arms[1].Loss.Mean {
		t.Error("SSDP has changed nothing")
	}
}

// An arm is brought to the rate of another by its rate.target, and is not trained
// again when the experiment goes on.
func TestMatchedRates(t *testing.T) {
	files := world()
	files["e.yaml"].Data = []byte(`
name: e
model: m.yaml
seeds: 2
set: [rate.weight=50, epochs=6]
primary: loud
against: quiet
arms:
  matched: {set: [], match: loud}
  quiet: {set: []}
  loud: {set: [rate.target=0.3]}
`)
	dir := t.TempDir()
	r := runner(t, files, dir)
	runs, err := r.All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	rates := map[string][]float64{}
	for _, run := range runs {
		rates[run.Arm] = append(rates[run.Arm], float64(run.Summary.Rate))
	}
	for k, want := range rates["loud"] {
		if got := rates["matched"][k]; math.Abs(got/want-1) > 0.05 || math.Abs(rates["quiet"][k]/want-1) < 0.2 {
			t.Errorf("seed %d: rates %g, to match %g, and %g without", k+1, got, want, rates["quiet"][k])
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "matched", "1", "target-0.100000")); err == nil {
		t.Error("the first try of matched is the training of quiet, and was made again")
	}
	table, err := NewTable(r.Sweep, dir, runs)
	if err != nil {
		t.Fatal(err)
	}
	if text := table.String(); !strings.Contains(text, "matched: rate.target is tuned to the rate of loud; off by") {
		t.Error(text)
	}
	// Without noise a test of all networks is the last epoch's; without spikes they are
	// left with chance.
	table.Primary = "loud"
	plain, err := table.Test(context.Background(), dir, files, train.Noise{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for k, a := range plain.Arms {
		if want := table.Arms[k]; a.Arm != want.Arm || a.Seeds != 2 || a.Accuracy != want.Accuracy {
			t.Errorf("without noise: %+v, expected %+v", a, want)
		}
	}
	if d := plain.Arms[1].Difference.Mean; math.Abs(float64(d-(plain.Arms[2].Accuracy.Mean-plain.Arms[1].Accuracy.Mean))) > 1e-12 {
		t.Errorf("loud less quiet is %g", d)
	}
	lost, err := table.Test(context.Background(), dir, files, train.Noise{Deletion: 1}, 1)
	if err != nil || lost.Arms[0].Accuracy.Mean > 0.8 || !strings.Contains(lost.Text("loud"), "loud is ") {
		t.Errorf("without spikes: %+v, %v", lost, err)
	}
	again := runner(t, files, dir)
	again.Data = func(*model.Training) (*training.Data, error) {
		t.Error("something is trained again")
		return nil, errors.New("no data")
	}
	if same, err := again.All(context.Background()); err != nil || len(same) != len(runs) || same[len(same)-1].Off != runs[len(runs)-1].Off {
		t.Errorf("going on: %d runs, %v", len(same), err)
	}
}

func TestSweepFaults(t *testing.T) {
	files := world()
	files["e.yaml"].Data = []byte(strings.Replace(experiment, "against: shuffle", "against: shufle", 1))
	if _, err := model.LoadSweep(files, "e.yaml", model.Options{}); err == nil || !strings.Contains(err.Error(), `against: there is no arm "shufle"; did you mean shuffle?`) {
		t.Errorf("an arm that does not exist: %v", err)
	}
	for want, arms := range map[string]string{
		`arms.b.match: there is no arm "c"; expected one of`: "  b: {match: c}\n",
		"arms.b.match: a is itself matched":                  "  a: {match: none}\n  b: {match: a}\n",
	} {
		files["e.yaml"].Data = []byte(experiment + arms)
		if _, err := model.LoadSweep(files, "e.yaml", model.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from %v", want, err)
		}
	}
	r := runner(t, world(), t.TempDir())
	r.Sweep.Arms[1].Set = []string{"plasticity.in.sigma=1 mV"}
	if _, err := r.All(context.Background()); err == nil || !strings.Contains(err.Error(), "arm ssdp") || !strings.Contains(err.Error(), "voltage") {
		t.Errorf("an arm that is no model: %v", err)
	}
}
