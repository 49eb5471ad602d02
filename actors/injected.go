package actors

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/volley-snn/volley/messages/control"
)

// injectedFolder is where a run's journal of injected spikes is kept in its part of
// the store: by the epoch in which its coordinator began with it, then in parts.
const injectedFolder = "injected/"

const (
	// injectedPart is how long a part of a kept journal becomes. The last one is
	// stored again as it grows.
	injectedPart = 64 << 10
	// injectedTimeout is how long the store may take for it.
	injectedTimeout = 30 * time.Second
)

// keptJournal stores what is appended to a journal, so that another node can go on with
// it: what a coordinator stores, it stores whole, and nothing of one before it is
// needed.
type keptJournal struct {
	shelf *shelf
	epoch uint64
	part  int
	data  []byte // of the part
}

// take stores more of the journal. It is durable when it returns.
func (j *keptJournal) take(data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), injectedTimeout)
	defer cancel()
	j.data = append(j.data, data...)
	if err := j.shelf.write(ctx, fmt.Sprintf("%s%08d/%08d", injectedFolder, j.epoch, j.part), j.data); err != nil {
		return refuse(control.Kind_KIND_STORE, "what is injected cannot be kept in the store: %v", err)
	}
	if len(j.data) >= injectedPart {
		j.part, j.data = j.part+1, nil
	}
	return nil
}

// keptInjected is the journal that the last coordinator has stored; nil where there is
// none.
func (s *shelf) keptInjected(ctx context.Context) (content []byte, err error) {
	all, err := s.List(ctx, injectedFolder)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	last := all[len(all)-1].Key // keys are sorted: of the last epoch
	of := last[:strings.LastIndexByte(last, '/')+1]
	for _, e := range all {
		if !strings.HasPrefix(e.Key, of) {
			continue
		}
		part, err := s.read(ctx, e.Key)
		if err != nil {
			return nil, err
		}
		content = append(content, part...)
	}
	return content, nil
}
