package actors

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/messages/control"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
)

// plan divides a network among nodes, which are in the order of their names, with
// costs as scales say.
func plan(n *kernel.Network, nodes []*control.NodeStatus, parts int, scales []*control.Scale) (*partition.Plan, *control.Plan, error) {
	var places []partition.Node
	for _, st := range nodes {
		places = append(places, partition.Node{Name: st.Name, Threads: int(max(st.Threads, 1)), MemoryBytes: max(st.MemoryBytes-st.MemoryUsedBytes, 0)})
	}
	p, err := makePlan(n, places, parts, scales)
	if err != nil {
		return nil, nil, err
	}
	m := &control.Plan{FirstStep: 1, Asked: int32(parts), Scales: scales}
	for k, s := range p.Shares {
		member := &control.Member{Name: s.Node.Name, Id: nodes[k].Id, Threads: int32(s.Node.Threads), MemoryBytes: s.Node.MemoryBytes}
		for _, source := range s.Sources {
			member.Sources = append(member.Sources, int32(source))
		}
		m.Nodes = append(m.Nodes, member)
	}
	for _, part := range p.Parts {
		m.Partitions = append(m.Partitions, &control.Partition{First: uint32(part.Range.First), End: uint32(part.Range.End), Node: int32(part.Node)})
	}
	return p, m, nil
}

// planOf makes the plan of a message again, and the place in it of the node of a
// name. A plan that comes out otherwise is refused: its sender has other code or
// other files.
func planOf(n *kernel.Network, m *control.Plan, name string) (p *partition.Plan, self int, err error) {
	var places []partition.Node
	self = -1
	for k, member := range m.GetNodes() {
		if member.Name == name {
			self = k
		}
		places = append(places, partition.Node{Name: member.Name, Threads: int(member.Threads), MemoryBytes: member.MemoryBytes})
	}
	if self < 0 {
		return nil, 0, refuse(control.Kind_KIND_MALFORMED, "the plan has no share for node %s", name)
	}
	if p, err = makePlan(n, places, int(m.Asked), m.Scales); err != nil {
		return nil, 0, err
	}
	same := len(p.Parts) == len(m.Partitions)
	for k := range p.Parts {
		same = same && uint32(p.Parts[k].Range.First) == m.Partitions[k].First && uint32(p.Parts[k].Range.End) == m.Partitions[k].End && p.Parts[k].Node == int(m.Partitions[k].Node)
	}
	if !same {
		return nil, 0, refuse(control.Kind_KIND_DIGEST, "the plan comes out otherwise here than at its coordinator: the two differ in files or in volley")
	}
	return p, self, nil
}

// makePlan is partition.Make with a share that is too large as a Refusal.
func makePlan(n *kernel.Network, places []partition.Node, parts int, scales []*control.Scale) (*partition.Plan, error) {
	network := engine.ToPlan(n)
	if len(scales) > 0 {
		network.Costs = slices.Clone(network.Costs)
		for _, s := range scales {
			for g := s.First; g < s.End && int(g) < len(network.Costs); g++ {
				network.Costs[g] *= s.Factor
			}
		}
	}
	p, err := partition.Make(network, places, partition.Options{Parts: parts})
	var small *partition.TooSmall
	if errors.As(err, &small) {
		return nil, refuse(control.Kind_KIND_MEMORY, "%v", small)
	}
	return p, err
}

func compare(a, b string) int { return cmp.Compare(a, b) }

// sizeText words a number of bytes.
func sizeText(bytes int64) string {
	x, unit := float64(bytes), 0
	for x >= 1024 && unit < 5 {
		x, unit = x/1024, unit+1
	}
	return fmt.Sprintf("%.4g %s", x, [...]string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"}[unit])
}
