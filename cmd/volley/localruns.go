package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/messages/control"
)

// localCluster is local nodes that run models one after the other, to be measured.
type localCluster struct {
	nodes  *localNodes
	site   *site
	caller *actors.Caller
}

// localRun is what a run on local nodes came to.
type localRun struct {
	Summary *record.Summary
	Run     *record.Run
	Nodes   []*control.NodeProgress // at its end
}

// startCluster starts n nodes of a number of threads each.
func startCluster(ctx context.Context, n, threads int) (*localCluster, error) {
	nodes, err := startNodes(ctx, n, threads, false) // as one process keeps nothing, where it is not asked
	if err != nil {
		return nil, err
	}
	s, err := visit(ctx, nodes.address, "")
	if err != nil {
		nodes.end()
		return nil, err
	}
	return &localCluster{nodes, s, &actors.Caller{Bus: s.bus, Sender: "volley bench", Version: version, Expected: s.nodes}}, nil
}

func (l *localCluster) end() {
	l.site.close()
	l.nodes.end()
}

// run runs a model on all nodes, and waits for its end.
func (l *localCluster) run(ctx context.Context, b *actors.Bundle) (*localRun, error) {
	f := runFlags{cluster: l.nodes.address}
	coordinator, err := f.coordinator(ctx, l.caller)
	if err != nil {
		return nil, err
	}
	run, err := l.caller.Submit(ctx, coordinator, b, &control.Submit{Format: string(record.Parquet), Command: os.Args})
	if err != nil {
		return nil, err
	}
	last, err := follow(ctx, l.caller, run.Run, run.Coordinator, progressOf(true))
	if err != nil {
		return nil, err
	}
	if last.Failure != nil {
		return nil, actors.RefusalOf(last.Failure)
	}
	r := &localRun{Summary: &record.Summary{}, Run: &record.Run{}, Nodes: last.Nodes}
	for name, into := range map[string]any{record.SummaryFile: r.Summary, record.RunFile: r.Run} {
		var text bytes.Buffer
		if err := l.caller.Fetch(ctx, run.Run, run.Coordinator, name, &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text.Bytes(), into); err != nil {
			return nil, fmt.Errorf("%s of run %s: %w", name, run.Run, err)
		}
	}
	return r, nil
}
