package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/cluster/bus"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/train"
)

// checkNodes checks what is said of nodes.
func (f trainFlags) checkNodes() error {
	switch {
	case f.localNodes < 0 || f.localNodes > maxLocalNodes:
		return usageError{fmt.Errorf("--local-nodes: expected 1 to %d, or 0 for none, is %d", maxLocalNodes, f.localNodes)}
	case f.cluster != "" && f.localNodes > 0:
		return usageError{errors.New("--cluster and --local-nodes: the training is on one or the other")}
	case f.cluster == "" && (len(f.nodes) > 0 || f.config != ""):
		return usageError{errors.New("--node and --config: expected with --cluster HOST:PORT")}
	}
	return nil
}

// onNodes lets nodes take a training's batches through the network. What it returns
// lets them go.
func (f trainFlags) onNodes(ctx context.Context, s *training.Session, pixels int, show *trainProgress) (_ func(), err error) {
	if s.Model.Data.Format == "recordings" {
		return nil, usageError{errors.New("--cluster and --local-nodes: recordings do not travel to nodes: expected a training in this process alone")}
	}
	var ends []func()
	end := func() {
		for k := len(ends) - 1; k >= 0; k-- {
			ends[k]()
		}
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	if f.localNodes > 0 {
		local, err := startNodes(ctx, f.localNodes, f.threads, false)
		if err != nil {
			return nil, err
		}
		ends = append(ends, local.end)
		f.cluster = local.address
	}
	site, err := visit(ctx, f.cluster, f.config)
	if err != nil {
		return nil, err
	}
	ends = append(ends, site.close)
	go troubles(site.bus)
	caller := &actors.Caller{Bus: site.bus, Sender: "volley train", Version: version, Expected: site.nodes}
	team, err := actors.NewTeam(ctx, actors.TeamConfig{Caller: caller, Model: s.Model, Pixels: pixels, Nodes: f.nodes, Threads: s.Workers, Note: show.note})
	if err != nil {
		return nil, ended(err)
	}
	ends = append(ends, team.Close)
	s.Team = team
	if !f.quiet {
		show.note(fmt.Sprintf("training %s is shared by %s", team.Run(), strings.Join(team.Names(), ", ")))
	}
	return end, nil
}

// goesOn says what is left of a training that was stopped, and how it can go on.
func goesOn(err error, s *training.Session) error {
	if errors.Is(err, bus.ErrClosed) {
		err = fmt.Errorf("no NATS server of the nodes answers any more: %w", err)
	}
	left := fmt.Sprintf("what was learned in %d of %d epochs is kept in %s", len(s.Epochs), s.Model.Epochs, s.Dir)
	switch {
	case len(s.Epochs) == 0:
		left = "no epoch was done, and nothing is kept"
	case !errors.Is(err, train.ErrExploded): // which would come again
		left += ", and --resume goes on from there"
	}
	return fmt.Errorf("%w; %w", err, kept(left))
}

// note says what happened to the training's nodes.
func (p *trainProgress) note(text string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
	fmt.Fprintln(os.Stderr, "volley:", text)
}
