package actors

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/internal/checkpoint"
	"github.com/volley-snn/volley/messages/control"
)

// shelf is the part of a store that a run has: its submission, the files of its
// model, the records of its epochs, and its checkpoints.
type shelf struct{ blob.Store }

func newShelf(s blob.Store, run string) *shelf {
	if s == nil {
		return nil
	}
	return &shelf{blob.Under(s, "runs/"+run)}
}

// List is the run's blobs whose keys begin with prefix: with the other methods of its
// store it is a checkpoint.Store.
func (s *shelf) List(ctx context.Context, prefix string) ([]checkpoint.Entry, error) {
	all, err := s.Store.List(ctx, prefix)
	entries := make([]checkpoint.Entry, len(all))
	for k, e := range all {
		entries[k] = checkpoint.Entry(e)
	}
	return entries, err
}

// read is a whole blob.
func (s *shelf) read(ctx context.Context, key string) ([]byte, error) {
	r, err := s.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func (s *shelf) write(ctx context.Context, key string, data []byte) error {
	return s.Put(ctx, key, bytes.NewReader(data), int64(len(data)))
}

const (
	epochsFolder  = "epochs/"
	modelFolder   = "model/"
	submissionKey = "submission"
	endedKey      = "ended" // the run is over, and what is still here is to go
)

// epochRecord begins an epoch of a run: who creates it owns the run from then on, and
// every owner of an older one has lost it.
type epochRecord struct {
	Epoch       uint64 `json:"epoch"`
	Coordinator string `json:"coordinator"` // node
	Claim       string `json:"claim"`       // nobody else's
	Why         string `json:"why,omitempty"`
	Began       string `json:"began"`
}

// errFenced is that a run belongs to another coordinator now.
var errFenced = errors.New("another node coordinates the run now")

// latest is the last epoch of which there is a record; 0 for none.
func (s *shelf) latest(ctx context.Context) (uint64, error) {
	all, err := s.List(ctx, epochsFolder)
	if err != nil {
		return 0, err
	}
	last := uint64(0)
	for _, e := range all {
		if n, err := strconv.ParseUint(strings.TrimPrefix(e.Key, epochsFolder), 10, 64); err == nil {
			last = max(last, n)
		}
	}
	return last, nil
}

func epochKey(epoch uint64) string { return fmt.Sprintf("%s%08d", epochsFolder, epoch) }

// claim begins the epoch after one. The error is errFenced where somebody else has,
// or where that one is not the latest.
func (s *shelf) claim(ctx context.Context, after uint64, coordinator, why string) (record []byte, err error) {
	latest, err := s.latest(ctx)
	switch {
	case err != nil:
		return nil, err
	case latest != after: // another has the run, or it is over and its records are gone
		return nil, errFenced
	}
	record, err = json.Marshal(epochRecord{after + 1, coordinator, newID(), why, time.Now().UTC().Format(time.RFC3339Nano)})
	if err != nil {
		return nil, err
	}
	key := epochKey(after + 1)
	err = s.Create(ctx, key, record)
	if err == nil && after > 0 && s.lacks(ctx, epochKey(after)) {
		_ = s.Delete(ctx, key) // the run has ended meanwhile: records go in the order of epochs
		return nil, errFenced
	}
	if err == nil {
		return record, nil
	}
	// The request may have failed and gone through all the same.
	if found, readErr := s.read(ctx, key); readErr == nil {
		if bytes.Equal(found, record) {
			return record, nil
		}
		return nil, errFenced
	}
	return nil, err
}

// owns reports, by its error, whether an epoch is still the latest. One whose record is
// gone is none: the run is over.
func (s *shelf) owns(ctx context.Context, epoch uint64) error {
	latest, err := s.latest(ctx)
	if err == nil && (latest > epoch || latest < epoch && s.lacks(ctx, epochKey(epoch))) {
		return errFenced
	}
	return err
}

// lacks reports that a blob is certainly not there.
func (s *shelf) lacks(ctx context.Context, key string) bool {
	_, err := s.read(ctx, key)
	return errors.Is(err, fs.ErrNotExist)
}

// sees checks that a node's store is the one that holds a record.
func (s *shelf) sees(ctx context.Context, epoch uint64, record []byte) error {
	found, err := s.read(ctx, epochKey(epoch))
	if err == nil && bytes.Equal(found, record) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("its store does not answer: %w", err)
	}
	return errors.New("it does not find the run in its store, where the coordinator has recorded it: all nodes must be given one --store that all of them reach")
}

// submitted keeps what a run was submitted with, for who takes it over.
func (s *shelf) submitted(ctx context.Context, b *Bundle, m *control.Submit) error {
	for _, f := range b.Message().Files {
		if err := s.write(ctx, fmt.Sprintf("%s%x", modelFolder, f.Sha256), b.Files[f.Path]); err != nil {
			return err
		}
	}
	data, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	return s.write(ctx, submissionKey, data)
}

// submission reads what submitted has kept.
func (s *shelf) submission(ctx context.Context) (*Bundle, *control.Submit, error) {
	data, err := s.read(ctx, submissionKey)
	if err != nil {
		return nil, nil, err
	}
	m := &control.Submit{}
	if err := proto.Unmarshal(data, m); err != nil {
		return nil, nil, err
	}
	b := &Bundle{Path: m.GetModel().GetPath(), Sets: m.GetModel().GetSets(), Files: map[string][]byte{}}
	for _, f := range m.GetModel().GetFiles() {
		if b.Files[f.Path], err = s.read(ctx, fmt.Sprintf("%s%x", modelFolder, f.Sha256)); err != nil {
			return nil, nil, err
		}
	}
	return b, m, nil
}

// discard removes the state of a run that is over.
func (k *conductor) discard() {
	if k.shelf == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), discardTimeout)
	defer cancel()
	if err := k.shelf.ended(ctx); err != nil {
		k.c.Log.Warn("the state of a run that is over stays in the store", "run", k.run, "error", err)
	}
}

// sweepEnded removes what is left of runs that are over, whose coordinators were ended
// while they removed it.
func sweepEnded(ctx context.Context, s blob.Store) error {
	all, err := s.List(ctx, "runs/")
	if err != nil {
		return err
	}
	for _, e := range all {
		run, isEnd := strings.CutSuffix(strings.TrimPrefix(e.Key, "runs/"), "/"+endedKey)
		if !isEnd || strings.Contains(run, "/") {
			continue
		}
		if err := newShelf(s, run).sweep(ctx); err != nil {
			return err
		}
	}
	return nil
}

// discardTimeout is how long that may take.
const discardTimeout = 5 * time.Minute

// ended says that the run is over, and removes all of it. What would take the run over
// begins with its submission, and who still thinks that it owns the run misses the
// record of its epoch.
func (s *shelf) ended(ctx context.Context) error {
	if err := s.write(ctx, endedKey, []byte("ended\n")); err != nil {
		return err
	}
	for _, prefix := range []string{modelFolder, injectedFolder} {
		if err := s.remove(ctx, prefix); err != nil {
			return err
		}
	}
	if err := checkpoint.Clear(ctx, s); err != nil {
		return err
	}
	return s.sweep(ctx)
}

// sweep removes what is left of a run that is over, the records of epochs in their
// order and the word that it is over last.
func (s *shelf) sweep(ctx context.Context) error {
	for _, prefix := range []string{submissionKey, epochsFolder, ""} {
		if err := s.remove(ctx, prefix); err != nil {
			return err
		}
	}
	return nil
}

// remove removes the blobs whose keys begin with prefix.
func (s *shelf) remove(ctx context.Context, prefix string) error {
	all, err := s.List(ctx, prefix)
	if err != nil {
		return err
	}
	for _, e := range all {
		if err := s.Delete(ctx, e.Key); err != nil {
			return err
		}
	}
	return nil
}

// hasEnded reports that the run is over: it says so, or nothing says how to take it
// over.
func (s *shelf) hasEnded(ctx context.Context) bool {
	_, err := s.read(ctx, endedKey)
	return err == nil || s.lacks(ctx, submissionKey)
}
