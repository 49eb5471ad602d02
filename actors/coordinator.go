package actors

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
)

// coordinator looks after one run from its submission to its files. The run itself
// is a goroutine, its conductor; the actor keeps the last that it said.
type coordinator struct {
	c      Config
	parent *actor.PID
	run    *conductor

	root   *actor.RootContext
	cancel context.CancelCauseFunc
	ended  chan struct{}
	last   *control.RunStatus

	fetched bool // somebody has the run's files
}

// forget tells a coordinator that its run is over and that nobody is told of it any more.
type forget struct{}

func newCoordinator(c Config, parent *actor.PID, run string, b *Bundle, m *control.Submit) *coordinator {
	k := &conductor{c: c, run: run, bundle: b, submit: m, dir: filepath.Join(c.Dir, "runs", run),
		caller: Caller{Bus: c.Bus, Sender: c.Name, Version: c.Version, Expected: c.Expected}}
	k.shelf = newShelf(c.Store, run)
	k.state = control.RunStatus{Run: run, Coordinator: c.Name, State: control.State_STATE_RECOVERING}
	if b != nil {
		k.state.Model, k.state.State = exampleName(b.Path), control.State_STATE_PREPARING
	}
	return &coordinator{c: c, parent: parent, run: k, last: k.snapshot(), ended: make(chan struct{})}
}

// status is how the run stands.
func (o *coordinator) status() *control.RunStatus { return o.last }

// Receive implements actor.Actor.
func (o *coordinator) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		o.root = c.ActorSystem().Root
		ctx, cancel := context.WithCancelCause(context.Background())
		self, parent := c.Self(), o.parent
		o.cancel = cancel
		o.run.tell = func(st *control.RunStatus) {
			o.root.Send(self, &runChanged{st})
			o.root.Send(parent, &runChanged{st})
		}
		go func() {
			err := o.run.conduct(ctx)
			close(o.ended)
			if elsewhere(err) {
				o.run.removeFiles() // who has the run now has made them anew
				o.root.Send(parent, &runMoved{o.run.owner()})
			}
		}()
	case *actor.Stopping:
		o.cancel(errStopped)
		<-o.ended
	case *runChanged:
		o.last = m.status
	case *leave:
		o.run.leave()
	case *forget:
		if _, err := os.Stat(filepath.Join(o.run.dir, record.SummaryFile)); o.fetched || errors.Is(err, fs.ErrNotExist) {
			go o.run.removeFiles()
		}
		go o.run.discard()
		c.Stop(c.Self())
	case *control.Request:
		c.Respond(o.answer(m))
	}
}

var (
	errCancelled = errors.New("the run was cancelled")
	errStopped   = errors.New("the node that coordinates the run was stopped")
)

func (o *coordinator) answer(r *control.Request) *control.Reply {
	switch b := r.Body.(type) {
	case *control.Request_Attach:
		e := &control.Event{Run: o.last.Run, Epoch: o.last.Epoch, Node: o.c.Name, Body: &control.Event_Status{Status: o.last}}
		return &control.Reply{Body: &control.Reply_Attached{Attached: e}}
	case *control.Request_Cancel:
		o.cancel(errCancelled)
		return done()
	case *control.Request_Fetch:
		return o.fetch(b.Fetch)
	case *control.Request_Fetched:
		if o.last.State != control.State_STATE_DONE {
			return refusal(refuse(control.Kind_KIND_MALFORMED, "run %s is not done", o.last.Run))
		}
		o.fetched = true
		go o.run.discard()
		return done()
	case *control.Request_Checkpoint:
		if o.run.shelf == nil {
			return refusal(refuse(control.Kind_KIND_STORE, "the nodes were started without --store: nothing of a run is kept"))
		}
		o.run.wanted.Store(true)
		return done()
	}
	return refusal(refuse(control.Kind_KIND_MALFORMED, "a coordinator does not know this request"))
}

// fetchBytes is a part of a file in one message.
const fetchBytes = 256 << 10

// fetch lists the files of the run's directory, or reads from one.
func (o *coordinator) fetch(m *control.Fetch) *control.Reply {
	if m.Path == "" {
		return o.list()
	}
	if !filepath.IsLocal(m.Path) {
		return refusal(refuse(control.Kind_KIND_MALFORMED, "a run has no file %q", m.Path))
	}
	f, err := os.Open(filepath.Join(o.run.dir, filepath.FromSlash(m.Path)))
	if err != nil {
		return refusal(refuse(control.Kind_KIND_MALFORMED, "the run has no file %s", m.Path))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return refusal(err)
	}
	content := make([]byte, fetchBytes)
	n, err := f.ReadAt(content, m.Offset)
	if err != nil && err != io.EOF {
		return refusal(err)
	}
	content = content[:n]
	if m.Path == record.SummaryFile && m.Offset+int64(n) >= info.Size() {
		o.fetched = true // it is the last that is asked for
	}
	return &control.Reply{Body: &control.Reply_Chunk{Chunk: &control.Chunk{Offset: m.Offset, Size: info.Size(), Content: content,
		Crc32C: crc32.Checksum(content, castagnoli), Last: m.Offset+int64(n) >= info.Size()}}}
}

func (o *coordinator) list() *control.Reply {
	chunk := &control.Chunk{Last: true}
	err := filepath.WalkDir(o.run.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(o.run.dir, path)
		chunk.Files = append(chunk.Files, &control.File{Path: filepath.ToSlash(name), Size: info.Size()})
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return refusal(err)
	}
	return &control.Reply{Body: &control.Reply_Chunk{Chunk: chunk}}
}

// removeFiles removes the directory of a run, where it was made here.
func (k *conductor) removeFiles() {
	if !k.created {
		return
	}
	if err := os.RemoveAll(k.dir); err != nil {
		k.c.Log.Warn("the files of a run stay, though nobody needs them", "run", k.run, "error", err)
	}
}

// snapshot is a copy of how the run stands, which nobody changes.
func (k *conductor) snapshot() *control.RunStatus {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return proto.Clone(&k.state).(*control.RunStatus)
}
