package record

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The file names of a run's directory. Tables have .parquet or .csv after them.
const (
	RunFile       = "run.json"
	InjectedFile  = "injected.journal"
	SummaryFile   = "summary.json"
	ReportFile    = "report.html"
	WeightsDir    = "weights"
	SpikesName    = "spikes"
	SynchronyName = "synchrony"
	SignalsName   = "signals"
)

// Format is how tables are written.
type Format string

// The formats of tables.
const (
	Parquet Format = "parquet"
	CSV     Format = "csv"
)

// Options say how a run's directory is written.
type Options struct {
	// Format of the tables. Default Parquet: about 3 bytes a spike, against
	// about 15 of CSV, which anything reads.
	Format Format

	// Force writes into a directory that is not empty and not a run's. Files
	// of other names stay.
	Force bool

	// Called names the directory where MaxBytes refuses output; its path where empty.
	Called string

	// MaxBytes is the most that the run may write to tables and weights; 0 is no
	// limit. At the limit appending fails with ErrTooLarge, and what was
	// written before can still be finished.
	MaxBytes int64

	// Resume goes on with a run that was cut short: what it finished stays until
	// Dir.Restore says what of it belongs to the run.
	Resume bool

	// KeepInjected leaves the directory's journal of injected spikes where it is: it
	// is this run's own.
	KeepInjected bool

	// Journal, where not nil, is given the rows of tables as they come, encoded for
	// Dir.Replay, some at a time; Dir.Sync gives the rest.
	Journal func(table string, rows []byte) error

	// ReserveBytes is the free space of the disk at which appending fails with
	// ErrTooLarge, so that what is there can still be finished. Default 64 MiB.
	ReserveBytes int64
}

// DefaultReserveBytes is the free space that a run leaves on the disk.
const DefaultReserveBytes = 64 << 20

var (
	// ErrNotRunDir refuses a directory that holds something else.
	ErrNotRunDir = errors.New("not empty and not a run's directory")

	// ErrBusy refuses a directory that another run or training is writing now.
	ErrBusy = errors.New("another run or training is writing there")

	// ErrTooLarge stops a run's output at MaxBytes or before the disk is full.
	ErrTooLarge = errors.New("output limit reached")
)

// Dir is a run's directory that is being written.
type Dir struct {
	path    string
	options Options
	open    []output // in order of creation
	files   []File   // finished
	used    int64    // bytes written to tables and weights
	checked int64    // used when the disk's free space was last asked for
	failed  error    // the first error of writing; later ones only repeat it
	lock    func()   // lets other runs in, at Finish, Abort or Fail

	wrap func(io.Writer) io.Writer // tests put a full disk here
}

// output is a file that is being written.
type output interface {
	Close() error // completes the file and gives it its name
	discard()     // removes what was written
}

// Create makes or reuses the directory path for a run.
//
// A directory of an earlier run is reused: its results are removed at once, so
// that two runs never mix; its checkpoints stay. Any other directory that is not
// empty is refused with ErrNotRunDir unless options.Force is set, and one that
// another run is writing with ErrBusy, where the system has locks. From here on
// run.json says that a run is under way.
func Create(path string, options Options) (*Dir, error) {
	switch options.Format {
	case "":
		options.Format = Parquet
	case Parquet, CSV:
	default:
		return nil, fmt.Errorf("format %q of the run's tables: expected %s or %s", options.Format, Parquet, CSV)
	}
	if options.ReserveBytes == 0 {
		options.ReserveBytes = DefaultReserveBytes
	}
	lock, err := Lock(path)
	if err != nil {
		return nil, err
	}
	d := &Dir{path: path, options: options, lock: lock}
	if err := d.clear(); err != nil {
		d.unlock()
		return nil, err
	}
	if err := d.writeJSON(RunFile, &Run{Format: FormatVersion, Status: Running}); err != nil {
		d.unlock()
		return nil, err
	}
	return d, nil
}

// Path is the directory.
func (d *Dir) Path() string { return d.path }

// Bytes is what tables and weights take so far.
func (d *Dir) Bytes() int64 { return d.used }

// Err is the first error of writing, or nil.
func (d *Dir) Err() error { return d.failed }

// clear removes what an earlier run left, or refuses the directory.
func (d *Dir) clear() error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return fmt.Errorf("cannot read the run's directory %s: %w", d.path, reason(err))
	}
	isRun := IsRun(d.path)
	if len(entries) > 0 && !isRun && !d.options.Force {
		return fmt.Errorf("%s: %w: choose another directory, or --force to write into it", d.path, ErrNotRunDir)
	}
	stale := []string{SummaryFile, ReportFile}
	for _, name := range []string{SpikesName, SynchronyName, SignalsName} {
		stale = append(stale, name+"."+string(Parquet), name+"."+string(CSV))
	}
	if isRun && !d.options.KeepInjected && !d.options.Resume {
		stale = append(stale, InjectedFile)
	}
	if isRun {
		var weights []string
		if !d.options.Resume {
			weights, _ = filepath.Glob(filepath.Join(globQuote(d.path), WeightsDir, "*.npy"))
		}
		parts, _ := filepath.Glob(filepath.Join(globQuote(d.path), ".*"+partSuffix))
		more, _ := filepath.Glob(filepath.Join(globQuote(d.path), WeightsDir, ".*"+partSuffix))
		for _, file := range append(append(weights, parts...), more...) {
			if name, err := filepath.Rel(d.path, file); err == nil {
				stale = append(stale, name)
			}
		}
	}
	for _, name := range stale {
		if err := os.Remove(filepath.Join(d.path, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot remove %s of the earlier run in %s: %w", name, d.path, reason(err))
		}
	}
	return nil
}

// globQuote escapes what has a meaning in a pattern.
func globQuote(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// IsRun reports whether path is a run's directory: it has a run.json of ours.
func IsRun(path string) bool {
	text, err := os.ReadFile(filepath.Join(path, RunFile))
	if err != nil {
		return false
	}
	var mark struct {
		Format int `json:"volley_run"`
	}
	return json.Unmarshal(text, &mark) == nil && mark.Format > 0
}

// Finish completes every table, then run.json, and last summary.json. It sets
// run.Format, run.Files and, where it is empty, run.Status: Interrupted if the
// summary says so, else Complete.
//
// Where a table cannot be completed, its error is returned, the others are
// completed all the same, and run.json says Failed and why.
func (d *Dir) Finish(run *Run, summary *Summary) error {
	defer d.unlock()
	err := d.closeAll()
	run.Format, run.Files = FormatVersion, d.files
	if j := run.Injected; j != nil {
		run.Files = append(run.Files, File{Name: j.File, Rows: j.Spikes, Bytes: j.Bytes})
	}
	switch {
	case err != nil:
		run.Status, run.Error = Failed, err.Error()
	case run.Status == "" && summary.Interrupted:
		run.Status = Interrupted
	case run.Status == "":
		run.Status = Complete
	}
	if runErr := d.writeJSON(RunFile, run); err == nil {
		err = runErr
	}
	if summaryErr := d.writeJSON(SummaryFile, summary); err == nil {
		err = summaryErr
	}
	return err
}

// called is the directory's name for who set its limit.
func (d *Dir) called() string { return cmp.Or(d.options.Called, d.path) }

// closeAll completes what is open and returns the first error. Having reached
// the limit is none: appending said so, and what was written is whole.
func (d *Dir) closeAll() error {
	var first error
	if !errors.Is(d.failed, ErrTooLarge) {
		first = d.failed
	}
	for len(d.open) > 0 {
		if err := d.open[0].Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Abort removes the files that are not finished, for a run that never got going.
// After Finish it does nothing.
func (d *Dir) Abort() {
	d.discard()
	d.unlock()
}

func (d *Dir) discard() {
	for len(d.open) > 0 {
		d.open[0].discard()
	}
}

// Fail is Abort for a run that could not get going; run.json says why. It returns why.
func (d *Dir) Fail(why error) error {
	d.discard()
	_ = d.writeJSON(RunFile, &Run{Format: FormatVersion, Status: Failed, Error: why.Error()}) // why comes first
	d.unlock()
	return why
}

// unlock lets other runs in.
func (d *Dir) unlock() {
	if d.lock != nil {
		d.lock()
		d.lock = nil
	}
}

// forget takes out of the list what has been closed.
func (d *Dir) forget(o output) {
	for k := range d.open {
		if d.open[k] == o {
			d.open = append(d.open[:k], d.open[k+1:]...)
			return
		}
	}
}

// fail keeps the first error and returns it.
func (d *Dir) fail(err error) error {
	if d.failed == nil {
		d.failed = err
	}
	return d.failed
}

// writeJSON writes a small file in one go.
func (d *Dir) writeJSON(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("record: %s: %w", name, err)
	}
	f, err := createPart(d, name)
	if err != nil {
		return err
	}
	_, _ = f.Write(append(text, '\n')) // the error is sticky
	return f.commit()
}

// CheckRoom tells whether MaxBytes and the disk's free space would hold
// estimateBytes of output, so that a run can be refused before it starts.
func (d *Dir) CheckRoom(estimateBytes int64) error {
	if limit := d.options.MaxBytes; limit > 0 && estimateBytes > limit {
		return fmt.Errorf("%w: the run would write about %s, the limit is %s", ErrTooLarge, bytesText(estimateBytes), bytesText(limit))
	}
	free, err := freeBytes(d.path)
	if err == nil && estimateBytes > free-d.options.ReserveBytes {
		return fmt.Errorf("%w: the run would write about %s, and %s has %s free", ErrTooLarge, bytesText(estimateBytes), d.path, bytesText(free))
	}
	return nil
}

// bytesText is a size for people.
func bytesText(n int64) string {
	size, unit := float64(n), 0
	for size >= 1024 && unit < 4 {
		size, unit = size/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", size, [...]string{"", "KiB", "MiB", "GiB", "TiB"}[unit])
}
