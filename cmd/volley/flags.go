package main

import (
	"errors"
	"fmt"
	"math"
)

// maxSeed is the largest whole number that a model file can hold.
const maxSeed = 1 << 53

// maxPartitions is far more than there are cores: each partition takes some memory
// and a turn in every step.
const maxPartitions = 4096

// maxLocalNodes is how many node processes of a run make any sense on one machine.
const maxLocalNodes = 64

// check refuses values of flags that mean nothing. 0 is the default of each
// number. The error is a usageError.
func (f runFlags) check() error {
	for _, flag := range []struct {
		name  string
		value int64
	}{
		{"partitions", int64(f.partitions)},
		{"threads", int64(f.threads)},
		{"max-output", f.maxOutput},
		{"local-nodes", int64(f.localNodes)},
	} {
		if flag.value < 0 {
			return usageError{fmt.Errorf("--%s: must be at least 1, or 0 for the default, is %d", flag.name, flag.value)}
		}
	}
	if f.partitions > maxPartitions {
		return usageError{fmt.Errorf("--partitions: at most %d in one process, is %d", maxPartitions, f.partitions)}
	}
	nodes := f.cluster != "" || f.localNodes > 0
	switch {
	case nodes && (f.store != "" || f.from != ""):
		return usageError{errors.New("--store and --from: nodes say by volley node --store where checkpoints are; expected without --cluster and --local-nodes")}
	case f.store != "" && f.every == "" && !f.resume && f.from == "":
		return usageError{errors.New("--store: no checkpoint is kept there unless --checkpoint-every, --resume or --from is given")}
	case nodes && f.resume:
		return usageError{errors.New("--resume: a run on nodes goes on by itself where nodes are lost; expected without --cluster and --local-nodes")}
	case nodes && f.maxMemory != 0:
		return usageError{errors.New("--max-memory: nodes say by volley node --memory what they may take; expected without --cluster and --local-nodes")}
	case !(f.pace >= 0) || math.IsInf(f.pace, 1):
		return usageError{fmt.Errorf("--pace: must be above 0, or 0 for no limit, is %g", f.pace)}
	case f.pace > 0 && !nodes:
		return usageError{errors.New("--pace: spikes are injected into runs on nodes; expected with --cluster or --local-nodes")}
	case f.pace > 0 && f.replay != "":
		return usageError{errors.New("--pace and --replay: what was injected has its ticks already, however fast the run goes")}
	case f.detach && f.out != "":
		return usageError{errors.New("--detach and --out: volley fetch RUN --out DIR gets the files when the run is over")}
	case f.localNodes > maxLocalNodes:
		return usageError{fmt.Errorf("--local-nodes: at most %d processes on one machine, is %d; volley plan --dry-run pretends more", maxLocalNodes, f.localNodes)}
	case f.cluster != "" && f.localNodes > 0:
		return usageError{errors.New("--cluster and --local-nodes: the run is on one or the other")}
	case f.cluster == "" && (f.detach || len(f.nodes) > 0 || f.config != ""):
		return usageError{errors.New("--detach, --node and --config: expected with --cluster HOST:PORT")}
	}
	if f.seed > maxSeed {
		return usageError{fmt.Errorf("--seed: must be at most %d, is %d", uint64(maxSeed), f.seed)}
	}
	return nil
}
