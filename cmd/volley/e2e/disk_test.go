package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// disk is a small file system that only the programs on it see.
type disk struct {
	holder *process // keeps the mount namespace
	path   string
}

// newDisk mounts some MiB. Where that cannot be done the test is skipped, and says so.
func newDisk(t *testing.T, mib int) *disk {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("NOT TESTED: mount namespaces need Linux and root")
	}
	d := &disk{path: t.TempDir()}
	script := fmt.Sprintf("mount -t tmpfs -o size=%dm none %s && echo is mounted: yes && cat", mib, d.path)
	if out, err := exec.Command("unshare", "-m", "sh", "-c", strings.Replace(script, "cat", "true", 1)).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: no disk can be mounted here: %v: %s", err, out)
	}
	d.holder = start(t, "disk", exec.Command("unshare", "-m", "sh", "-c", script))
	d.holder.await(t, "is mounted: ")
	return d
}

// command is a command line that sees the disk.
func (d *disk) command(name string, args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"-t", fmt.Sprint(d.holder.Process.Pid), "-m", name}, args...)...)
}

// seen is where the test finds a file of the disk.
func (d *disk) seen(name string) string {
	return filepath.Join(fmt.Sprintf("/proc/%d/root", d.holder.Process.Pid), d.path, name)
}

// fill leaves no byte free, and returns what makes room again.
func (d *disk) fill(t *testing.T) (empty func()) {
	t.Helper()
	name := d.seen("filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, size := range []int{1 << 20, 1 << 12, 1} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() { _ = os.Remove(name) }
}

// mount changes how the disk is mounted.
func (d *disk) mount(t *testing.T, how string) {
	t.Helper()
	if out, err := d.command("mount", "-o", "remount,"+how, d.path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// awaitFiles waits until n files of a pattern are there.
func awaitFiles(t *testing.T, pattern string, n int) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if all, _ := filepath.Glob(pattern); len(all) >= n {
			return
		}
	}
	t.Fatalf("there are fewer than %d of %s", n, pattern)
}

// interrupted is a run on a disk that stands still after its first checkpoint, and its
// command line.
func interrupted(t *testing.T, d *disk, k task) (p *process, args []string) {
	t.Helper()
	args = k.run(filepath.Join(d.path, "run"), "--threads", "1", "--checkpoint-every", "bio:2s")
	p = start(t, "volley run", d.command(program(t), args...))
	awaitFiles(t, d.seen("run/checkpoints/*.manifest"), 1)
	_ = p.Process.Signal(syscall.SIGSTOP)
	return p, args
}

// goesOn resumes a run, which then has the files of one that nothing disturbed.
func goesOn(t *testing.T, d *disk, args []string, want string) {
	t.Helper()
	p := start(t, "volley run --resume", d.command(program(t), append(args, "--resume")...))
	if code := p.ending(t); code != 0 {
		t.Fatalf("going on: exit code %d: %s", code, p.said)
	}
	same(t, d.seen("run"), want)
}

// oneError checks that a program said but one thing, with some words.
func oneError(t *testing.T, said, words string) {
	t.Helper()
	errors := 0
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "volley: ") && !strings.Contains(line, "goes on from checkpoint") {
			errors++
		}
	}
	if errors != 1 || !strings.Contains(said, words) || strings.Contains(said, "goroutine ") {
		t.Errorf("expected one error with %q; it said %s", words, said)
	}
}

// A disk that fills ends a run with one error. What it kept is whole, and it goes on
// from there when there is room.
func TestDiskFills(t *testing.T) {
	k := recorded(t, "60 s")
	want, d := local(t, k), newDisk(t, 128)
	p, args := interrupted(t, d, k)
	empty := d.fill(t)
	_ = p.Process.Signal(syscall.SIGCONT)
	if code := p.ending(t); code != 1 {
		t.Errorf("exit code %d, expected 1", code)
	}
	oneError(t, p.said.String(), "no space left on device")
	empty()
	goesOn(t, d, args, want)
}

// A directory that cannot be written to is refused with one error, for a new run and
// for one that is to go on, which then still can.
func TestReadOnlyDisk(t *testing.T) {
	k := recorded(t, "60 s")
	want, d := local(t, k), newDisk(t, 128)
	p, args := interrupted(t, d, k)
	kill(p)
	d.mount(t, "ro")
	for _, args := range [][]string{append(args, "--resume"), k.run(filepath.Join(d.path, "other"))} {
		p := start(t, "volley run", d.command(program(t), args...))
		if code := p.ending(t); code != 1 && code != 2 {
			t.Errorf("exit code %d, expected 1 or 2", code)
		}
		oneError(t, p.said.String(), "read-only file system")
	}
	d.mount(t, "rw")
	goesOn(t, d, args, want)
}

// The disk of a run's coordinator fills: who submitted the run gets one error, and the
// nodes take the next run.
func TestDiskOfTheCoordinatorFills(t *testing.T) {
	k := recorded(t, "20 s")
	d := newDisk(t, 128)
	first := start(t, "node n0", d.command(program(t), "node", "--name", "n0", "--threads", "1", "--until-eof", "--dir", d.path, "--listen", "127.0.0.1:0"))
	at := first.await(t, " is ready at ")
	node(t, nil, t.TempDir(), "n1", "--join", at).await(t, " is ready at ")
	out := filepath.Join(t.TempDir(), "run")
	p := start(t, "volley run", command(nil, program(t), k.run(out, "--cluster", at)...))
	awaitFiles(t, d.seen("runs/*/weights/learning.0ms.npy"), 1)
	empty := d.fill(t)
	if code := p.ending(t); code != 1 {
		t.Errorf("exit code %d, expected 1", code)
	}
	oneError(t, p.said.String(), "no space left on device")
	empty()
	short := recorded(t, "500 ms")
	out = filepath.Join(t.TempDir(), "run")
	must(t, nil, "", short.run(out, "--cluster", at)...)
	same(t, out, local(t, short))
}
