package actors

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/volley-snn/volley/cluster/blob"
	"github.com/volley-snn/volley/messages/control"
)

// shelves gives a run's part of a store, and counts what the store holds.
func shelves(t *testing.T) (s *shelf, held func() int) {
	t.Helper()
	root := t.TempDir()
	d, err := blob.NewDirectory(root)
	if err != nil {
		t.Fatal(err)
	}
	return newShelf(d, "run-1"), func() int {
		all, err := os.ReadDir(root)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
}

// slowly is a store of which something happens before a blob is created.
type slowly struct {
	blob.Store
	before func()
}

func (s *slowly) Create(ctx context.Context, key string, data []byte) error {
	s.before()
	return s.Store.Create(ctx, key, data)
}

// submittedTo keeps a run in the store and begins some epochs of it.
func submittedTo(t *testing.T, s *shelf, epochs uint64) {
	t.Helper()
	b := &Bundle{Path: "m.yaml", Files: map[string][]byte{"m.yaml": []byte("name: m")}}
	if err := s.submitted(t.Context(), b, &control.Submit{Model: b.Message()}); err != nil {
		t.Fatal(err)
	}
	for after := range epochs {
		if _, err := s.claim(t.Context(), after, "n1", ""); err != nil {
			t.Fatal(err)
		}
	}
}

// A run that is over leaves nothing in the store, and is nobody's from then on: neither
// who owned it when he was stopped can go on with it, nor can another take it over.
func TestARunThatIsOverLeavesNothing(t *testing.T) {
	s, held := shelves(t)
	submittedTo(t, s, 3)
	if err := s.write(t.Context(), "files/weights/a.npy", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if s.hasEnded(t.Context()) || s.owns(t.Context(), 3) != nil || !errors.Is(s.owns(t.Context(), 2), errFenced) {
		t.Fatal("the run under way is not that of its last epoch")
	}
	if err := s.ended(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := held(); n != 0 {
		t.Errorf("%d folders are left of a run that is over", n)
	}
	if !s.hasEnded(t.Context()) {
		t.Error("a run that is over has not ended")
	}
	for epoch := range uint64(3) {
		if err := s.owns(t.Context(), epoch+1); !errors.Is(err, errFenced) {
			t.Errorf("the owner of epoch %d: %v, expected %v", epoch+1, err, errFenced)
		}
		if _, err := s.claim(t.Context(), epoch+1, "n2", ""); !errors.Is(err, errFenced) {
			t.Errorf("epoch %d was begun: %v, expected %v", epoch+2, err, errFenced)
		}
	}
	if n := held(); n != 0 {
		t.Errorf("%d folders are left of claims that came too late", n)
	}
}

// Who begins an epoch while the run's records are removed, and was slow to say so, is
// told that the run is over, and leaves nothing.
func TestAClaimThatComesTooLate(t *testing.T) {
	s, held := shelves(t)
	submittedTo(t, s, 2)
	late := &shelf{&slowly{s.Store, func() {
		if err := s.ended(t.Context()); err != nil {
			t.Fatal(err)
		}
	}}}
	if _, err := late.claim(t.Context(), 2, "n2", ""); !errors.Is(err, errFenced) {
		t.Errorf("an epoch was begun of a run that is over: %v", err)
	}
	if n := held(); n != 0 {
		t.Errorf("%d folders are left", n)
	}
}

// A coordinator that was killed while it removed its run is made up for.
func TestWhatAKilledCoordinatorLeaves(t *testing.T) {
	s, held := shelves(t)
	submittedTo(t, s, 2)
	if err := s.remove(t.Context(), submissionKey); err != nil {
		t.Fatal(err)
	}
	if !s.hasEnded(t.Context()) {
		t.Fatal("nobody could take the run over, and it has not ended")
	}
	if err := s.sweep(t.Context()); err != nil || held() != 0 {
		t.Errorf("%d folders are left: %v", held(), err)
	}
}

// What is left of runs that are over is removed by the next node that starts, and other
// runs are left alone.
func TestWhatIsLeftOfRunsIsSwept(t *testing.T) {
	d, err := blob.NewDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	over, under := newShelf(d, "over-1"), newShelf(d, "under-1")
	submittedTo(t, over, 2)
	submittedTo(t, under, 2)
	if err := over.write(t.Context(), endedKey, []byte("ended")); err != nil {
		t.Fatal(err)
	}
	before, err := under.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := sweepEnded(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if all, err := d.List(t.Context(), ""); err != nil || len(all) != len(before) || len(before) == 0 || under.owns(t.Context(), 2) != nil {
		t.Errorf("left %v, %v; expected the %d of the run that is not over", all, err, len(before))
	}
}
