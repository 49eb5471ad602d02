package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// ErrCorrupt is in every error about a file whose contents are not what a run
// writes.
var ErrCorrupt = errors.New("corrupt file")

// corrupt says what is wrong with a file.
func corrupt(path, format string, args ...any) error {
	return fmt.Errorf("%s: %w: %s", path, ErrCorrupt, fmt.Sprintf(format, args...))
}

// ReadRun reads run.json of a directory. A missing file is fs.ErrNotExist.
func ReadRun(dir string) (*Run, error) {
	run := new(Run)
	if err := readJSON(dir, RunFile, run); err != nil {
		return nil, err
	}
	if run.Format < 1 || run.Format > FormatVersion {
		return nil, corrupt(filepath.Join(dir, RunFile), "volley_run is %d, expected 1 to %d: not a run of this program, or of a newer one", run.Format, FormatVersion)
	}
	return run, nil
}

// ReadSummary reads summary.json of a directory. A missing file is
// fs.ErrNotExist: the run has not ended, or was killed.
func ReadSummary(dir string) (*Summary, error) {
	summary := new(Summary)
	if err := readJSON(dir, SummaryFile, summary); err != nil {
		return nil, err
	}
	return summary, nil
}

func readJSON(dir, name string, value any) error {
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no %s: %w", dir, name, fs.ErrNotExist)
	}
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", path, reason(err))
	}
	if err := json.Unmarshal(text, value); err != nil {
		return corrupt(path, "%v", err)
	}
	return nil
}

// EachSpike hands the table of spikes to use, a batch at a time, in the order of
// the file. The batch is reused. A directory without the table is
// fs.ErrNotExist; an error of use ends the reading and is returned as it is.
func EachSpike(dir string, use func([]Spike) error) error {
	return eachRow(dir, SpikesName, []string{"time_ms", "gid", "population"}, parseSpike, use)
}

// EachSynchrony is EachSpike for the table of synchrony.
func EachSynchrony(dir string, use func([]Synchrony) error) error {
	return eachRow(dir, SynchronyName, []string{"time_ms", "window", "scope", "measure", "value"}, parseSynchrony, use)
}

// EachSignal is EachSpike for the table of signals.
func EachSignal(dir string, use func([]Signal) error) error {
	return eachRow(dir, SignalsName, []string{"time_ms", "gid", "variable", "value"}, parseSignal, use)
}

// eachRow finds the table in either format and reads it.
func eachRow[T any](dir, name string, columns []string, parse func([]string) (T, error), use func([]T) error) error {
	for _, format := range []Format{Parquet, CSV} {
		path := filepath.Join(dir, name+"."+string(format))
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", path, reason(err))
		}
		defer file.Close()
		if format == CSV {
			return eachCSV(path, file, columns, parse, use)
		}
		info, err := file.Stat()
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", path, reason(err))
		}
		return eachParquet(path, file, info.Size(), columns, use)
	}
	return fmt.Errorf("%s has no %s.parquet or %s.csv: %w", dir, name, name, fs.ErrNotExist)
}

func parseSpike(f []string) (s Spike, err error) {
	if s.TimeMs, err = parseMs(f[0]); err != nil {
		return s, err
	}
	s.Population = f[2]
	s.GID, err = parseCount("gid", f[1])
	return s, err
}

func parseSynchrony(f []string) (s Synchrony, err error) {
	if s.TimeMs, err = parseMs(f[0]); err != nil {
		return s, err
	}
	if s.Window, err = parseCount("window", f[1]); err != nil {
		return s, err
	}
	s.Scope, s.Measure = f[2], f[3]
	s.Value, err = parseValue(f[4])
	return s, err
}

func parseSignal(f []string) (s Signal, err error) {
	if s.TimeMs, err = parseMs(f[0]); err != nil {
		return s, err
	}
	if s.GID, err = parseCount("gid", f[1]); err != nil {
		return s, err
	}
	s.Variable = f[2]
	s.Value, err = parseValue(f[3])
	return s, err
}

func parseMs(text string) (float64, error) {
	ms, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(ms) || math.IsInf(ms, 0) {
		return 0, fmt.Errorf("time_ms %q is not a time in ms", text)
	}
	return ms, nil
}

func parseCount(column, text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not a whole number from 0", column, text)
	}
	return n, nil
}

func parseValue(text string) (float64, error) {
	if text == "" {
		return math.NaN(), nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("value %q is not a number", text)
	}
	return value, nil
}
