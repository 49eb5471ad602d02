package record

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Two runs at once into one directory would destroy each other's files: the
// second is refused until the first has ended, however it ends.
func TestTwoRunsAtOnce(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("no lock of a directory on this system")
	}
	path := filepath.Join(t.TempDir(), "run")
	for name, end := range map[string]func(*Dir){
		"Finish": func(d *Dir) { must(t, d.Finish(&Run{}, &Summary{})) },
		"Abort":  (*Dir).Abort,
		"Fail":   func(d *Dir) { _ = d.Fail(errors.New("no memory")) },
	} {
		d, err := Create(path, Options{})
		if err != nil {
			t.Fatalf("before %s: %v", name, err)
		}
		fill(t, d, 10)
		if _, err := Create(path, Options{Force: true}); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), path) {
			t.Errorf("a second run before %s: %v", name, err)
		}
		if run, err := ReadRun(path); err != nil || run.Status != Running {
			t.Errorf("run.json after the second run was refused: %+v, %v", run, err)
		}
		end(d)
	}
}

// A limit below one batch of rows holds too.
func TestLowMaxBytes(t *testing.T) {
	for _, format := range []Format{Parquet, CSV} {
		d, err := Create(t.TempDir(), Options{Format: format, MaxBytes: 1000})
		must(t, err)
		w, err := d.Synchrony()
		must(t, err)
		for row := 0; err == nil && row < 100; row++ {
			err = w.Append(Synchrony{TimeMs: float64(row), Scope: "E", Measure: "S", Value: 1})
		}
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: 100 rows at a limit of 1000 bytes: %v", format, err)
		}
		d.Abort()
	}
}
