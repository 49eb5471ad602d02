package pretended

import (
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn"
)

// Ring is a network that grows with the nodes and whose fan-out does not: a
// population for each node, which projects onto itself and onto so many neighbours
// on either side.
func Ring(nodes, neurons, neighbours int, rateHz float64) *partition.Network {
	n := &partition.Network{Costs: ones(nodes * neurons)}
	for k := range nodes {
		first := snn.GID(k * neurons)
		n.Groups = append(n.Groups, partition.Group{Range: snn.Range{First: first, End: first + snn.GID(neurons)}, RateHz: rateHz})
		for d := range min(2*neighbours+1, nodes) {
			n.Arrows = append(n.Arrows, partition.Arrow{Source: k, Target: (k + d - min(neighbours, (nodes-1)/2) + nodes) % nodes})
		}
	}
	return n
}

// Dense is a network that grows with the nodes in which all hear all.
func Dense(nodes, neurons int, rateHz float64) *partition.Network {
	return &partition.Network{
		Costs:  ones(nodes * neurons),
		Groups: []partition.Group{{Range: snn.Range{End: snn.GID(nodes * neurons)}, RateHz: rateHz}},
		Arrows: []partition.Arrow{{}},
	}
}

// Summed is a population over all nodes whose windows of so many steps are summed,
// and whose neurons reach nobody: what statistics take by themselves.
func Summed(nodes, neurons, steps int, rateHz float64) *partition.Network {
	n := Dense(nodes, neurons, rateHz)
	n.Arrows, n.Sums = nil, []partition.Sum{{Name: "windows", Steps: steps}}
	return n
}

func ones(n int) []float64 {
	all := make([]float64, n)
	for k := range all {
		all[k] = 1
	}
	return all
}
