package bench

import (
	"cmp"
	"math"
	"slices"
)

// FaultTrial is one run on nodes to which something happened.
type FaultTrial struct {
	Model   string `json:"model"`
	Digest  string `json:"model_digest"`
	Version string `json:"version"` // of volley

	Kind  string  `json:"kind"`
	Nodes int     `json:"nodes"`
	Late  float64 `json:"late,omitempty"` // share of the nodes' messages that came late
	Seed  uint64  `json:"seed"`           // of the moment and of whom it met

	Disturbed bool    `json:"disturbed"` // before the run was over; else the trial says nothing
	AtDone    float64 `json:"at_done"`   // share of the run that was simulated then
	Node      string  `json:"node,omitempty"`

	Completed   bool `json:"completed"`
	SameSpikes  bool `json:"same_spikes"`
	SameWeights bool `json:"same_weights"`
	SameFiles   bool `json:"same_files"` // of results, byte for byte
	NodesEnd    int  `json:"nodes_end"`  // that computed the run at its end

	Epochs uint64   `json:"epochs"`         // that the run needed
	Whys   []string `json:"whys,omitempty"` // each began

	// RecoveryS is the longest time after the fault in which the run came no further
	// than it had been.
	RecoveryS float64 `json:"recovery_s"`
	WallS     float64 `json:"wall_s"` // of the whole run
	Error     string  `json:"error,omitempty"`
}

// SameAs reports whether two trials are of one thing, so that one needs no repeating.
func (t *FaultTrial) SameAs(o *FaultTrial) bool {
	return t.Digest == o.Digest && t.Kind == o.Kind && t.Nodes == o.Nodes && t.Late == o.Late && t.Seed == o.Seed
}

// Same reports whether the run's results were those of the undisturbed run.
func (t *FaultTrial) Same() bool { return t.SameSpikes && t.SameWeights && t.SameFiles }

// FaultRow is the trials of one kind of fault on one number of nodes.
type FaultRow struct {
	Kind  string `json:"kind"`
	Nodes int    `json:"nodes"`

	Trials      int `json:"trials"` // in which the fault came before the end
	Completed   int `json:"completed"`
	SameSpikes  int `json:"same_spikes"`
	SameWeights int `json:"same_weights"`
	SameFiles   int `json:"same_files"`

	// RecoveryS is of the trials that were completed; nil where none was, or where the
	// fault lasted for all of the run.
	RecoveryS *Recovery `json:"recovery_s"`
}

// Recovery is the times of trials, in seconds.
type Recovery struct {
	Median float64 `json:"median"`
	P99    float64 `json:"p99"` // the smallest that at least 99 % do not exceed
	Max    float64 `json:"max"`
}

// SumFaults sums trials up by kind, in the order of kinds, and by number of nodes.
func SumFaults(trials []FaultTrial, kinds []string) []FaultRow {
	var rows []FaultRow
	times := map[[2]int][]float64{}
	for _, t := range trials {
		if !t.Disturbed {
			continue
		}
		k := slices.IndexFunc(rows, func(r FaultRow) bool { return r.Kind == t.Kind && r.Nodes == t.Nodes })
		if k < 0 {
			k = len(rows)
			rows = append(rows, FaultRow{Kind: t.Kind, Nodes: t.Nodes})
		}
		r := &rows[k]
		r.Trials++
		r.Completed += count(t.Completed)
		r.SameSpikes += count(t.SameSpikes)
		r.SameWeights += count(t.SameWeights)
		r.SameFiles += count(t.SameFiles)
		if t.Completed && t.RecoveryS > 0 {
			key := [2]int{slices.Index(kinds, t.Kind), t.Nodes}
			times[key] = append(times[key], t.RecoveryS)
		}
	}
	for k := range rows {
		if all := times[[2]int{slices.Index(kinds, rows[k].Kind), rows[k].Nodes}]; len(all) > 0 {
			slices.Sort(all)
			rank := int(math.Ceil(0.99*float64(len(all)))) - 1
			rows[k].RecoveryS = &Recovery{SpreadOf(all).Median, all[rank], all[len(all)-1]}
		}
	}
	slices.SortStableFunc(rows, func(a, b FaultRow) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Nodes, b.Nodes))
	})
	return rows
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
