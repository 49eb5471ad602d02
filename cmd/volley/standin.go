package main

import (
	"context"
	"embed"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/internal/bench"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
)

//go:embed standin.yaml
var standIns embed.FS

const (
	standInSteps = 400
	standInRuns  = 3
	standInMs    = 1.5 // a step
	standInTicks = 15
	// standInMost bounds the stand-in's neurons: steps of more than about 20 ms a core
	// hide what nodes do to each other.
	standInMost = 2_000_000
)

// standIn is a network of any size that takes time to compute and sends nothing. It
// shows what nodes on one machine do to each other, whatever they simulate.
type standIn struct{ neuronNs float64 } // of a thread, for a step

// newStandIn measures how long its neurons take here, for a quarter of a second.
func newStandIn(ctx context.Context) (*standIn, error) {
	const size = 20_000
	_, n, err := packStandIn(size, 1000)
	if err != nil {
		return nil, err
	}
	p, err := bench.MeasurePace(ctx, n, 1, 250*time.Millisecond)
	if err != nil {
		return nil, err
	}
	cost := 0.0
	for _, c := range n.Costs() {
		cost += c
	}
	return &standIn{p.UnitNs * cost * standInTicks / size}, nil
}

// together is what was measured of nodes that run a stand-in.
type together struct {
	StepNs float64 // wall time of a step
	StartS float64 // of a run, from its start to the end of a first step
}

// measure runs a stand-in whose threads compute for a time in each step, together.
func (s *standIn) measure(ctx context.Context, l *localCluster, threads int, computeNs float64) (t together, err error) {
	all := max(math.Round(computeNs/s.neuronNs), float64(threads))
	size := min(all, standInMost)
	first, err := s.wall(ctx, l, size, standInMs, 1)
	if err != nil {
		return t, err
	}
	whole, err := s.wall(ctx, l, size, standInMs*standInSteps, standInRuns)
	if err != nil {
		return t, err
	}
	return together{max(whole-first, 0)*1e9/(standInSteps-1) + (all-size)*s.neuronNs/float64(threads), first}, nil
}

// wall is the median time of runs of so many neurons and milliseconds.
func (s *standIn) wall(ctx context.Context, l *localCluster, size, ms float64, runs int) (float64, error) {
	b, _, err := packStandIn(int(size), ms)
	if err != nil {
		return 0, err
	}
	var walls []float64
	for range runs {
		r, err := l.run(ctx, b)
		if err != nil {
			return 0, err
		}
		walls = append(walls, r.Summary.WallS.Simulate)
	}
	slices.Sort(walls)
	return walls[len(walls)/2], nil
}

func packStandIn(size int, ms float64) (*actors.Bundle, *kernel.Network, error) {
	return actors.Pack(standIns, "standin.yaml", model.Options{Set: []string{fmt.Sprint("size=", size), fmt.Sprintf("duration=%v ms", ms)}})
}
