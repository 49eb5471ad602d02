package engine

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/volley-snn/volley/examples"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/small"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

const sharedData = "../../../shared/data"

// files looks an example up, and its data beside it.
type files struct{ data fs.FS }

func (f files) Open(name string) (fs.File, error) {
	if file, err := examples.Files.Open(name); err == nil {
		return file, nil
	}
	return f.data.Open(name)
}

// hashes runs a network and returns the hashes of its spikes and weights.
func hashes(t *testing.T, n *kernel.Network, c Config) (spikes, weights string, count int64) {
	t.Helper()
	e, err := New(n, c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := NewRecorder(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	e.Settle()
	return r.Hash.Sum(), weightHash(t, e), r.Hash.Spikes()
}

func TestNoPlanChangesAnExample(t *testing.T) {
	names, err := fs.Glob(examples.Files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			set, known := small.Sizes[name]
			if !known {
				t.Fatal("a new example: say at which size it is tested")
			}
			m, err := model.Load(examples.Files, name, model.Options{Set: set})
			if err != nil {
				t.Fatal(err)
			}
			if m.Protocol != nil {
				if _, err := os.Stat(sharedData); err != nil {
					t.Skipf("the data is not here, so nothing is compared: %v", err)
				}
			}
			n, err := kernel.Compile(m, files{os.DirFS(sharedData)})
			if err != nil {
				t.Fatal(err)
			}
			spikes, weights, count := hashes(t, n, Config{Partitions: 1, Threads: 1})
			if count < 500 {
				t.Errorf("only %d spikes, so little is compared", count)
			}
			for _, c := range []Config{{Partitions: 1, Threads: 2}, {Partitions: 2, Threads: 2}, {Partitions: 3, Threads: 1}, {Partitions: 7, Threads: 2}} {
				if s, w, _ := hashes(t, n, c); s != spikes || w != weights {
					t.Errorf("%+v gives spikes %.12s and weights %.12s, one partition %.12s and %.12s", c, s, w, spikes, weights)
				}
			}
		})
	}
}

// writeRecords runs the model above and returns the files of its directory.
func writeRecords(t *testing.T, c Config) map[string][]byte {
	t.Helper()
	m, err := model.Load(fstest.MapFS{"m.yaml": {Data: []byte(small.Recorded)}}, "m.yaml", model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := kernel.Compile(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir()
	dir, err := record.Create(path, record.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(n, c)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	signals, err := NewSignals(n, dir)
	if err != nil {
		t.Fatal(err)
	}
	snapshots, err := NewSnapshots(e, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(context.Background(), signals, snapshots); err != nil {
		t.Fatal(err)
	}
	e.Settle()
	if err := snapshots.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := dir.Finish(&record.Run{}, &record.Summary{}); err != nil {
		t.Fatal(err)
	}
	written := map[string][]byte{}
	for _, pattern := range []string{"*.parquet", "weights/*.npy"} {
		found, _ := filepath.Glob(filepath.Join(path, pattern))
		for _, f := range found {
			written[filepath.Base(f)], _ = os.ReadFile(f)
		}
	}
	return written
}

func TestRecordsDoNotDependOnThePlan(t *testing.T) {
	want := writeRecords(t, Config{Partitions: 1, Threads: 1})
	for _, name := range []string{"signals.parquet", "learning.source.npy", "learning.0ms.npy", "learning.123ms.npy", "learning.200ms.npy", "learning.400ms.npy", "learning.500ms.npy"} {
		if len(want[name]) == 0 {
			t.Errorf("%s was not written", name)
		}
	}
	for _, partitions := range []int{2, 7} {
		got := writeRecords(t, Config{Partitions: partitions, Threads: 2})
		for name, bytesOfOne := range want {
			if !bytes.Equal(got[name], bytesOfOne) {
				t.Errorf("%d partitions: %s differs", partitions, name)
			}
		}
	}
}
