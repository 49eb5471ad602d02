package e2e

import (
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// keeping is a run that keeps checkpoints in a store, and stands still after the first.
type keeping struct {
	*process
	args      []string
	out, want string
}

// balanced is a task that opens no file between its start and its end.
func balanced() task {
	return task{"brunel", []string{"example:brunel", "--set", "scale=0.05", "--set", "discard=0 ms", "--duration", "2s"}}
}

// startKeeping starts a run whose store is at where, which the test sees as seen.
func startKeeping(t *testing.T, d *disk, where, seen string) *keeping {
	t.Helper()
	k := balanced()
	r := &keeping{want: local(t, k), out: filepath.Join(t.TempDir(), "run")}
	r.args = k.run(r.out, "--threads", "1", "--checkpoint-every", "bio:100ms", "--store", where)
	c := command(nil, program(t), r.args...)
	if d != nil {
		c = d.command(program(t), r.args...)
	}
	r.process = start(t, "volley run", c)
	awaitFiles(t, filepath.Join(seen, "*.manifest"), 1)
	r.stop()
	return r
}

func (r *keeping) stop() { _ = r.Process.Signal(syscall.SIGSTOP) }
func (r *keeping) goOn() { _ = r.Process.Signal(syscall.SIGCONT) }

// undisturbed checks that the run came to its end, said why it kept no checkpoint, and
// has the files of one that kept none.
func (r *keeping) undisturbed(t *testing.T, words string) {
	t.Helper()
	if code := r.ending(t); code != 0 {
		t.Fatalf("exit code %d: %s", code, r.said)
	}
	if said := r.said.String(); !strings.Contains(said, "no checkpoint was taken, the run goes on: ") || !strings.Contains(said, words) {
		t.Errorf("expected a note with %q; it said %s", words, said)
	}
	same(t, r.out, r.want)
}

// resumable goes on from the last checkpoint that the run could keep.
func (r *keeping) resumable(t *testing.T, d *disk) {
	t.Helper()
	c := command(nil, program(t), append(r.args, "--resume", "--partitions", "3")...)
	if d != nil {
		c = d.command(program(t), append(r.args, "--resume", "--partitions", "3")...)
	}
	p := start(t, "volley run --resume", c)
	code, said := p.ending(t), p.said.String()
	// Parts may be there without a manifest: their checkpoint was never made.
	damaged := strings.Contains(said, "is not used") && !strings.Contains(said, ".manifest: no such file")
	if code != 0 || !strings.Contains(said, "the run goes on from checkpoint ") || damaged {
		t.Errorf("exit code %d, it said %s", code, said)
	}
	same(t, r.out, r.want)
}

// A store that fills keeps no further checkpoint: the run comes to its end, and the last
// good checkpoint is one to go on from.
func TestStoreFills(t *testing.T) {
	d := newDisk(t, 32)
	r := startKeeping(t, d, filepath.Join(d.path, "store"), d.seen("store"))
	empty := d.fill(t)
	r.goOn()
	r.undisturbed(t, "no space left on device")
	empty()
	r.resumable(t, d)
}

// A store that can no longer be written to: likewise.
func TestStoreTurnsReadOnly(t *testing.T) {
	d := newDisk(t, 32)
	r := startKeeping(t, d, filepath.Join(d.path, "store"), d.seen("store"))
	for !d.mounted("ro") { // a file of it is being written
		r.goOn()
		r.stop()
	}
	r.goOn()
	r.undisturbed(t, "read-only file system")
	d.mount(t, "rw")
	r.resumable(t, d)
}

// mounted changes how the disk is mounted, unless it is busy.
func (d *disk) mounted(how string) bool {
	return d.command("mount", "-o", "remount,"+how, d.path).Run() == nil
}

// A run that can open no further file keeps no further checkpoint, and nothing else
// comes of it.
func TestRunIsOutOfFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED: limits of another process need Linux")
	}
	store := filepath.Join(t.TempDir(), "store")
	r := startKeeping(t, nil, store, store)
	limit(t, r.process, 4) // it has those
	r.goOn()
	r.await(t, "no checkpoint was taken, the run goes on: ")
	limit(t, r.process, 1024)
	r.undisturbed(t, "too many open files")
	r.resumable(t, nil)
}
