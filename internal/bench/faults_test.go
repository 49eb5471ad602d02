package bench

import (
	"reflect"
	"testing"
)

func TestSumFaults(t *testing.T) {
	var trials []FaultTrial
	for k := range 200 { // recoveries of 1 to 200 s
		trials = append(trials, FaultTrial{Kind: "kill", Nodes: 3, Seed: uint64(k), Disturbed: true, Completed: true, SameSpikes: k > 0, SameWeights: true, RecoveryS: float64(200 - k)})
	}
	trials = append(trials,
		FaultTrial{Kind: "kill", Nodes: 3, Disturbed: true, RecoveryS: 1000},
		FaultTrial{Kind: "kill", Nodes: 3, Completed: true, SameSpikes: true},
		FaultTrial{Kind: "kill", Nodes: 2, Disturbed: true},
		FaultTrial{Kind: "none", Nodes: 5, Disturbed: true, Completed: true, SameSpikes: true, SameWeights: true})
	want := []FaultRow{
		{Kind: "none", Nodes: 5, Trials: 1, Completed: 1, SameSpikes: 1, SameWeights: 1},
		{Kind: "kill", Nodes: 2, Trials: 1},
		{Kind: "kill", Nodes: 3, Trials: 201, Completed: 200, SameSpikes: 199, SameWeights: 200, RecoveryS: &Recovery{100.5, 198, 200}},
	}
	if got := SumFaults(trials, []string{"none", "kill"}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, expected %+v", got, want)
	}
}
