package record

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/volley-snn/volley/snn"
)

// names lists a directory, hidden files included.
func names(t *testing.T, path string) (out []string) {
	t.Helper()
	must(t, filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(path, file)
			out = append(out, filepath.ToSlash(name))
		}
		return err
	}))
	return out
}

func TestCreateRefusesOtherDirectories(t *testing.T) {
	path := t.TempDir()
	must(t, os.WriteFile(filepath.Join(path, "thesis.tex"), []byte("years of work"), 0o666))
	must(t, os.WriteFile(filepath.Join(path, "run.json"), []byte(`{"made by": "another program"}`), 0o666))
	if _, err := Create(path, Options{}); !errors.Is(err, ErrNotRunDir) || !strings.Contains(err.Error(), "--force") {
		t.Fatalf("error %v", err)
	}
	d, err := Create(path, Options{Force: true})
	must(t, err)
	must(t, d.Finish(&Run{}, &Summary{}))
	if text, err := os.ReadFile(filepath.Join(path, "thesis.tex")); err != nil || string(text) != "years of work" {
		t.Errorf("the other file: %q, %v", text, err)
	}
	if _, err := Create(filepath.Join(path, "thesis.tex"), Options{}); err == nil {
		t.Error("a file was taken for a directory")
	}
	if _, err := Create(t.TempDir(), Options{Format: "hdf5"}); err == nil || !strings.Contains(err.Error(), "expected parquet or csv") {
		t.Errorf("format hdf5: %v", err)
	}
}

// A second run into the same directory must not mix with the first.
func TestCreateClearsAnEarlierRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd [name]*")
	d, err := Create(path, Options{})
	must(t, err)
	fill(t, d, 20)
	w, err := d.Weights("p", 0, Float64)
	must(t, err)
	must(t, w.Append([]float64{1}))
	must(t, d.Finish(&Run{}, &Summary{}))
	must(t, os.MkdirAll(filepath.Join(path, "checkpoints"), 0o777))
	for _, name := range []string{"report.html", ".spikes.csv.part", "weights/.q.0ms.npy.part", "checkpoints/9", "notes.txt"} {
		must(t, os.WriteFile(filepath.Join(path, name), []byte("x"), 0o666))
	}
	if _, err := Create(path, Options{Format: CSV}); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, path), []string{"checkpoints/9", "notes.txt", "run.json"}; !slices.Equal(got, want) {
		t.Errorf("left are %v, expected %v", got, want)
	}
	if run, err := ReadRun(path); err != nil || run.Status != Running {
		t.Errorf("run.json: %+v, %v", run, err)
	}
}

// While a run is under way, and after it was killed or aborted, no table has its
// final name.
func TestNothingIsHalfWritten(t *testing.T) {
	path := t.TempDir()
	d, err := Create(path, Options{})
	must(t, err)
	fill(t, d, 2000)
	w, err := d.Weights("p", 5, Float32)
	must(t, err)
	must(t, w.Append(make([]float64, 100_000)))
	for _, name := range names(t, path) {
		if name != RunFile && !strings.HasSuffix(name, partSuffix) {
			t.Errorf("%s has its name before it is complete", name)
		}
	}
	if err := EachSpike(path, func([]Spike) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading a run under way: %v", err)
	}
	d.Abort()
	if got := names(t, path); !slices.Equal(got, []string{RunFile}) {
		t.Errorf("after Abort: %v", got)
	}
}

// A run that could not get going leaves nothing but why.
func TestFail(t *testing.T) {
	d, err := Create(t.TempDir(), Options{})
	must(t, err)
	fill(t, d, 10)
	why := errors.New("no memory")
	if got := d.Fail(why); got != why {
		t.Errorf("Fail returns %v", got)
	}
	if got := names(t, d.Path()); !slices.Equal(got, []string{RunFile}) {
		t.Errorf("after Fail: %v", got)
	}
	if run, err := ReadRun(d.Path()); err != nil || run.Status != Failed || run.Error != why.Error() {
		t.Errorf("run.json: %+v, %v", run, err)
	}
}

// An interrupted run keeps what was computed, and says so.
func TestInterrupted(t *testing.T) {
	path := t.TempDir()
	d, err := Create(path, Options{})
	must(t, err)
	spikes, _, _ := fill(t, d, 100)
	must(t, d.Finish(&Run{}, &Summary{Interrupted: true}))
	if got := readAll(t, path, EachSpike); !slices.Equal(got, spikes) {
		t.Errorf("%d spikes of %d were kept", len(got), len(spikes))
	}
	text, err := os.ReadFile(filepath.Join(path, SummaryFile))
	must(t, err)
	if !strings.Contains(string(text), `"interrupted": true`) {
		t.Errorf("summary.json does not say so: %s", text)
	}
}

// fullDisk takes some bytes and then no more.
type fullDisk struct {
	to   io.Writer
	left *int
}

func (f fullDisk) Write(b []byte) (int, error) {
	if *f.left -= len(b); *f.left < 0 {
		return 0, &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}
	}
	return f.to.Write(b)
}

// When the disk fills, the run gets one error that says what happened, every
// later one is the same, and no truncated file gets a name.
func TestFullDisk(t *testing.T) {
	for _, format := range []Format{Parquet, CSV} {
		for _, room := range []int{0, 400_000} {
			path := t.TempDir()
			d, err := Create(path, Options{Format: format})
			must(t, err)
			left := room
			d.wrap = func(w io.Writer) io.Writer { return fullDisk{w, &left} }
			spikes, err := d.Spikes(testPopulations, 0.1)
			must(t, err)
			synchrony, err := d.Synchrony()
			must(t, err)
			var first error
			gids := make([]snn.GID, 100)
			for k := range gids {
				gids[k] = snn.GID(k)
			}
			for tick := snn.Tick(0); tick < 60_000 && first == nil; tick++ {
				first = spikes.Append(tick, gids)
			}
			if first != nil && spikes.Append(100_000, gids) == nil && spikes.Append(100_001, gids) == nil {
				t.Error("appending went on after the error")
			}
			_ = synchrony.Append(Synchrony{})
			d.wrap = nil // JSON is small: let it in, as after the tables are removed
			err = d.Finish(&Run{}, &Summary{})
			if !errors.Is(err, syscall.ENOSPC) || strings.Count(err.Error(), "no space left") != 1 || !strings.Contains(err.Error(), path) {
				t.Errorf("%s, room %d: error %v", format, room, err)
			}
			for _, name := range names(t, path) {
				if strings.HasPrefix(name, SpikesName) || strings.HasSuffix(name, partSuffix) {
					t.Errorf("%s, room %d: %s is there", format, room, name)
				}
			}
			if run, err := ReadRun(path); err != nil || run.Status != Failed || run.Error == "" {
				t.Errorf("%s, room %d: run.json %+v, %v", format, room, run, err)
			}
		}
	}
}

// At the limit the run stops with ErrTooLarge, what was accepted is whole, and the
// files are not larger than the limit by more than a batch.
func TestMaxBytes(t *testing.T) {
	for _, format := range []Format{Parquet, CSV} {
		path := t.TempDir()
		const limit = 300_000
		d, err := Create(path, Options{Format: format, MaxBytes: limit})
		must(t, err)
		synchrony, err := d.Synchrony()
		must(t, err)
		must(t, synchrony.Append(Synchrony{TimeMs: 1, Scope: "E", Measure: "S", Value: 1}))
		spikes, err := d.Spikes(testPopulations, 0.1)
		must(t, err)
		gids := []snn.GID{1, 2, 3, 4, 5, 90}
		for tick := snn.Tick(0); err == nil; tick++ {
			if tick == 10_000_000 {
				t.Fatal("no limit")
			}
			err = spikes.Append(tick, gids)
		}
		if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "293.0 KiB") {
			t.Errorf("error %v", err)
		}
		if err := synchrony.Append(Synchrony{}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("another table goes on: %v", err)
		}
		if _, err := d.Weights("p", 0, Float64); !errors.Is(err, ErrTooLarge) {
			t.Errorf("weights go on: %v", err)
		}
		rows := spikes.Rows()
		must(t, d.Finish(&Run{Status: Failed}, &Summary{Interrupted: true}))
		if got := readAll(t, path, EachSpike); int64(len(got)) != rows || rows < 10_000 {
			t.Errorf("%s: %d spikes in the file, %d accepted", format, len(got), rows)
		}
		if got := readAll(t, path, EachSynchrony); len(got) != 1 {
			t.Errorf("%s: %d rows of synchrony", format, len(got))
		}
		if d.Bytes() > limit+batchRows*20 {
			t.Errorf("%s: %d bytes with a limit of %d", format, d.Bytes(), limit)
		}
		if err := d.CheckRoom(limit + 1); !errors.Is(err, ErrTooLarge) {
			t.Errorf("CheckRoom: %v", err)
		}
	}
}

func TestReserve(t *testing.T) {
	path := t.TempDir()
	if _, err := freeBytes(path); err != nil {
		t.Skip("free space is not known on this system")
	}
	d, err := Create(path, Options{ReserveBytes: 1 << 60})
	must(t, err)
	w, err := d.Weights("p", 0, Float64)
	must(t, err)
	if err := w.Append([]float64{1}); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "free") {
		t.Errorf("error %v", err)
	}
	if err := d.CheckRoom(1); !errors.Is(err, ErrTooLarge) {
		t.Errorf("CheckRoom: %v", err)
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	path := t.TempDir()
	must(t, os.Chmod(path, 0o555))
	t.Cleanup(func() { _ = os.Chmod(path, 0o777) })
	if f, err := os.Create(filepath.Join(path, "probe")); err == nil {
		_ = f.Close()
		t.Skip("this user may write to read-only directories (root)")
	}
	for _, at := range []string{path, filepath.Join(path, "below")} {
		_, err := Create(at, Options{})
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: error %v", at, err)
		}
	}
}

// The same refusal for everyone, root too: the directory cannot exist.
func TestCreateBelowAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o666))
	at := filepath.Join(file, "run")
	if _, err := Create(at, Options{}); err == nil || !strings.Contains(err.Error(), "cannot make the directory "+at) {
		t.Errorf("error %v", err)
	}
}

// A directory that vanishes under a run is an error of that run, not a panic.
func TestDirectoryVanishes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	d, err := Create(path, Options{})
	must(t, err)
	fill(t, d, 50)
	must(t, os.RemoveAll(path))
	if err := d.Finish(&Run{}, &Summary{}); err == nil {
		t.Error("no error")
	}
}

func TestWritersAfterClose(t *testing.T) {
	d, err := Create(t.TempDir(), Options{})
	must(t, err)
	w, err := d.Spikes(testPopulations, 0.1)
	must(t, err)
	must(t, w.Append(1, []snn.GID{1}))
	must(t, w.Close())
	must(t, w.Close())
	if w.Append(2, []snn.GID{1}) == nil && w.Append(3, []snn.GID{1}) == nil {
		t.Error("appending to a closed table")
	}
	must(t, d.Finish(&Run{}, &Summary{}))
	d.Abort()
	if run, _ := ReadRun(d.Path()); len(run.Files) != 1 {
		t.Errorf("files %v", run.Files)
	}
}
