package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/results"
	"github.com/volley-snn/volley/internal/session"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

// runOnCluster submits a model to the nodes of a cluster, shows how the run goes, and
// fetches its files.
func runOnCluster(ctx context.Context, arg string, f runFlags) error {
	places, name, folder, err := locate(arg, "", f.data)
	if err != nil {
		return err
	}
	var everyMs float64
	var everyWall time.Duration
	if f.every != "" {
		if everyMs, everyWall, err = every(f.every); err != nil {
			return err
		}
	}
	bundle, n, err := actors.Pack(places, name, model.Options{Set: f.set, Folder: folder})
	if err != nil {
		return f.blame(err)
	}
	if _, err := results.New(n); err != nil {
		return n.Model.Faults(err)
	}
	submission := &control.Submit{Partitions: int32(f.partitions), Format: f.format, Detached: f.detach, MaxOutputBytes: f.maxOutput, Nodes: f.nodes, Command: os.Args, Pace: f.pace,
		CheckpointTicks: int64(kernel.Ticks(everyMs, n.DtMs)), CheckpointMs: everyWall.Milliseconds()}
	again, err := f.openReplay(n)
	if err != nil {
		return err
	}
	if again != nil {
		if bundle.Files[record.InjectedFile], err = again.content(); err != nil {
			return err
		}
		submission.Replay = record.InjectedFile
	} else if f.pace > 0 && len(n.Injected()) == 0 {
		return usageError{errors.New("--pace: the model has no population that spikes are injected into, and nothing else has a pace")}
	}
	if f.localNodes > 0 {
		local, err := startNodes(ctx, f.localNodes, f.threads, true)
		if err != nil {
			return err
		}
		defer local.end()
		f.cluster = local.address
	}
	s, err := visit(ctx, f.cluster, f.config)
	if err != nil {
		return err
	}
	defer s.close()
	go troubles(s.bus)
	caller := &actors.Caller{Bus: s.bus, Sender: "volley run", Version: version, Expected: s.nodes}
	dir, err := f.open(n.Model)
	if err != nil {
		return err
	}
	defer dir.Abort()
	coordinator, err := f.coordinator(ctx, caller)
	if err != nil {
		return dir.Fail(err)
	}
	run, err := caller.Submit(ctx, coordinator, bundle, submission)
	if err != nil {
		return dir.Fail(ended(err))
	}
	if again == nil {
		injectable(n, run.Run, s.url)
	}
	if f.detach {
		place := (&clusterFlags{f.cluster, f.config}).words()
		fmt.Printf("%s\n", run.Run)
		fmt.Fprintf(os.Stderr, "the run goes on; volley attach %s%s shows how far it is, volley fetch %s%s gets its files\n", run.Run, place, run.Run, place)
		return nil
	}
	progress := newProgress(n, f.quiet)
	progress.said = func(note string) { fmt.Fprintln(os.Stderr, "volley:", note) }
	last, err := follow(ctx, caller, run.Run, run.Coordinator, progress)
	progress.end()
	if last == nil {
		return dir.Fail(ended(err))
	}
	return f.collect(caller, last, dir, err)
}

// coordinator chooses the node that will look after the run: the one with the fewest
// runs, by name.
func (f *runFlags) coordinator(ctx context.Context, caller *actors.Caller) (string, error) {
	nodes, err := caller.Nodes(ctx)
	if err != nil {
		return "", err
	}
	best, least := "", 0
	for _, r := range nodes {
		st := r.GetNodeStatus()
		if r.Version != version {
			return "", fmt.Errorf("node %s is volley %s, and this is volley %s, whose spikes may differ: run the same volley on all", r.Node, r.Version, version)
		}
		if st.Draining {
			continue
		}
		if best == "" || len(st.Runs) < least {
			best, least = r.Node, len(st.Runs)
		}
	}
	if best == "" {
		return "", fmt.Errorf("no node answers on the bus of %s", f.cluster)
	}
	return best, nil
}

// follow shows how a run goes until it is over. When ctx is done the run is
// cancelled, and followed to its end.
func follow(ctx context.Context, caller *actors.Caller, run, coordinator string, progress *progress) (*control.RunStatus, error) {
	last, err := caller.Follow(ctx, run, coordinator, progress.told)
	if !errors.Is(err, context.Canceled) {
		return last, err
	}
	after, end := context.WithTimeout(context.Background(), cancelTimeout)
	defer end()
	if err := caller.Cancel(after, run, coordinator, "interrupted"); err != nil {
		return nil, err
	}
	if last, err = caller.Follow(after, run, coordinator, progress.told); last == nil {
		return nil, fmt.Errorf("the run was told to end, and has not within %v: %w", cancelTimeout, err)
	}
	return last, context.Canceled
}

// cancelTimeout is how long a run that is told to end may take.
const cancelTimeout = 30 * time.Second

// collect fetches the files of a run that is over and shows what it came to. stopped
// is context.Canceled where we ended it.
func (f *runFlags) collect(caller *actors.Caller, last *control.RunStatus, dir *record.Dir, stopped error) error {
	why := error(nil)
	if last.Failure != nil {
		why = ended(actors.RefusalOf(last.Failure))
	}
	ctx, end := context.WithTimeout(context.Background(), 10*time.Minute)
	defer end()
	last, fetched, err := f.fetch(ctx, caller, last, dir.Path())
	switch {
	case err != nil && why != nil:
		return dir.Fail(why)
	case err != nil:
		return dir.Fail(err)
	case !fetched:
		return dir.Fail(why)
	}
	r := &session.Result{Summary: &record.Summary{}}
	text, err := os.ReadFile(filepath.Join(dir.Path(), record.SummaryFile))
	if err == nil {
		err = json.Unmarshal(text, r.Summary)
	}
	if err != nil {
		if why != nil {
			return why
		}
		return err
	}
	if !f.json {
		for _, found := range last.Findings {
			r.Names = append(r.Names, found.Name)
			r.Summary.Results[found.Name] = found.Text
		}
	}
	if text := injectedText(last.Injection); text != "" {
		fmt.Fprintln(os.Stderr, text)
	}
	err = show(*f, r)
	if why != nil {
		err = why
	}
	if stopped != nil {
		err = stopped
	}
	return written(err)
}

// fetch gets the files of a run that is over. Where they are lost with their node
// another computes the end of the run again, from its state in the store.
func (f *runFlags) fetch(ctx context.Context, caller *actors.Caller, last *control.RunStatus, dir string) (*control.RunStatus, bool, error) {
	for {
		fetched, err := fetchInto(ctx, caller, last.Run, last.Coordinator, dir)
		if err == nil && fetched && last.State == control.State_STATE_DONE {
			_ = caller.Fetched(ctx, last.Run, last.Coordinator) // else the state stays until the node forgets the run
		}
		if !actors.IsLost(err) || last.State != control.State_STATE_DONE {
			return last, fetched, err
		}
		node, failed := caller.Revive(ctx, last.Run, last.Coordinator)
		if failed != nil {
			return last, false, err
		}
		fmt.Fprintf(os.Stderr, "volley: node %s is gone with the files of the run: node %s computes its end again\n", last.Coordinator, node)
		after, failed := caller.Follow(ctx, last.Run, node, func(*control.RunStatus) {})
		if failed != nil {
			return last, false, failed
		}
		last = after
	}
}

// ended is the error of a run that nodes refused or ended.
func ended(err error) error {
	var r *actors.Refusal
	if !errors.As(err, &r) {
		return err
	}
	switch r.Kind {
	case control.Kind_KIND_MODEL, control.Kind_KIND_MEMORY:
		return usageError{err}
	case control.Kind_KIND_CANCELLED:
		return errors.Join(err, context.Canceled)
	}
	return err
}

// fetchInto writes the files of a run into a directory; false where there are none.
// run.json and summary.json come last, as they do where a run is made.
func fetchInto(ctx context.Context, caller *actors.Caller, run, coordinator, dir string) (bool, error) {
	files, err := caller.Files(ctx, run, coordinator)
	if err != nil {
		return false, err
	}
	complete := false
	var last []string
	for _, f := range files {
		switch f.Path {
		case record.RunFile, record.SummaryFile:
			last = append(last, f.Path)
			complete = complete || f.Path == record.SummaryFile
			continue
		}
		if err := fetchFile(ctx, caller, run, coordinator, f.Path, dir); err != nil {
			return false, err
		}
	}
	for _, path := range last {
		if err := fetchFile(ctx, caller, run, coordinator, path, dir); err != nil {
			return false, err
		}
	}
	return complete, nil
}

func fetchFile(ctx context.Context, caller *actors.Caller, run, coordinator, path, dir string) error {
	if !filepath.IsLocal(path) {
		return fmt.Errorf("node %s names a file %q, which lies outside the run's directory", coordinator, path)
	}
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	part := filepath.Join(filepath.Dir(to), "."+filepath.Base(to)+".part")
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	err = caller.Fetch(ctx, run, coordinator, path, f)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("fetching %s of run %s: %w", path, run, err)
	}
	return nil
}
