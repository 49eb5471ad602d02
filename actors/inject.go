package actors

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/volley-snn/volley/actors/exchange"
	"github.com/volley-snn/volley/internal/injection"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/snn"
)

// refusedEvery is how often a node's log says that messages of clients were refused.
const refusedEvery = 10 * time.Second

// injecting is what a run is given from outside, over its epochs; nil where the
// network has no population for that.
type injecting struct {
	ingest   *exchange.Ingest
	journal  *injection.Journal
	replayed bool
	names    []string // of the populations

	said  time.Time // that messages were refused,
	count int64     // so many
}

// inject makes the ingest of an epoch, which begins after a tick; the first one opens
// the run's journal, or goes on with that of a coordinator that is gone. There is none
// where the network has no populations that spikes are injected into.
func (k *conductor) inject(ctx context.Context, from snn.Tick) (err error) {
	if in := k.injecting; in != nil {
		next, err := in.ingest.Succeed(k.plan, k.message.Epoch, 1, from)
		if err == nil {
			in.ingest = next
		}
		return err
	}
	populations := k.network.Injected()
	if len(populations) == 0 {
		if k.submit.Replay != "" || k.submit.Pace != 0 {
			return refuse(control.Kind_KIND_MODEL, "the model has no population that spikes are injected into: nothing can be replayed or paced")
		}
		return nil
	}
	in := &injecting{}
	for _, p := range populations {
		in.names = append(in.names, p.Name)
	}
	c := exchange.IngestConfig{Network: k.network, Plan: k.plan, Bus: k.c.Bus, Run: k.run, Epoch: k.message.Epoch, Pace: k.submit.Pace}
	if k.submit.Replay != "" {
		content, known := k.bundle.Files[k.submit.Replay]
		if !known {
			return refuse(control.Kind_KIND_DIGEST, "the journal %s has not arrived with the model", k.submit.Replay)
		}
		if c.Replay, err = injection.Open(bytes.NewReader(content), int64(len(content)), k.network); err != nil {
			return refuse(control.Kind_KIND_MODEL, "%s: %v", k.submit.Replay, err)
		}
		in.replayed = true
	}
	if in.journal, err = k.openJournal(ctx); err != nil {
		return err
	}
	c.Journal = in.journal
	if in.ingest, err = exchange.ResumeIngest(c, 1, from); err != nil {
		return errors.Join(err, in.close())
	}
	k.injecting = in
	return nil
}

// openJournal begins the run's journal of injected spikes or, where the run was taken
// over, goes on with it as it lies in the store.
func (k *conductor) openJournal(ctx context.Context) (*injection.Journal, error) {
	path := filepath.Join(k.dir, record.InjectedFile)
	var also func([]byte) error
	if k.shelf != nil {
		also = (&keptJournal{shelf: k.shelf, epoch: k.epoch}).take
		content, err := k.shelf.keptInjected(ctx)
		if err != nil {
			return nil, refuse(control.Kind_KIND_STORE, "what was injected into the run before it was taken over cannot be read: %v", err)
		}
		if content != nil {
			return injection.Reopen(path, content, k.network, also)
		}
	}
	return injection.Create(path, injection.NewHeader(k.network, k.c.Version), also)
}

// begin lets the ingest listen and answer nodes. Steps are closed from start on.
func (in *injecting) begin(alive context.Context, working *sync.WaitGroup, fail func(error)) error {
	if in == nil {
		return nil
	}
	if err := in.ingest.Listen(); err != nil {
		return err
	}
	working.Go(func() {
		if err := in.ingest.Run(alive); err != nil {
			fail(err)
		}
	})
	return nil
}

func (in *injecting) start(ctx context.Context) error {
	if in == nil {
		return nil
	}
	return in.ingest.Start(ctx)
}

// finish ends the injection of a run that is over, and says what its journal holds.
func (in *injecting) finish(ctx context.Context) (*record.Injected, error) {
	if in == nil {
		return nil, nil
	}
	digest, err := in.ingest.Finish(ctx)
	kept := in.journal.Kept()
	return &record.Injected{File: record.InjectedFile, SHA256: digest, Spikes: kept.Spikes, Bytes: kept.Bytes, Replayed: in.replayed}, err
}

// close closes the journal of a run that did not come to its end here, to clients too.
func (in *injecting) close() error {
	if in == nil {
		return nil
	}
	if in.ingest != nil {
		in.ingest.Close()
	}
	return in.journal.Abandon()
}

// status is what has become of what clients sent; nil where they cannot.
func (in *injecting) status() *control.Injection {
	if in == nil {
		return nil
	}
	c := in.ingest.Counts()
	return &control.Injection{Populations: in.names, Messages: c.Messages, Spikes: c.Spikes, Late: c.Late, Waiting: c.Waiting, Refused: c.Refused, Full: c.Full, Why: c.Why,
		SlippedMs: in.ingest.Slipped().Milliseconds(), Replayed: in.replayed}
}

// complain says in the log, now and then, that messages were refused.
func (in *injecting) complain(c *Config, run string) {
	if in == nil || time.Since(in.said) < refusedEvery {
		return
	}
	if counts := in.ingest.Counts(); counts.Refused > in.count {
		c.Log.Warn("messages with spikes to inject were refused", "run", run, "refused", counts.Refused-in.count, "why", counts.Why)
		in.said, in.count = time.Now(), counts.Refused
	}
}
