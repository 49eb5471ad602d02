package partition

import (
	"fmt"
	"slices"

	"github.com/volley-snn/volley/snn"
)

// Plan says which partition lies on which node, and what the nodes send each other.
type Plan struct {
	Parts  []Part  // by GID
	Shares []Share // by node
	Sums   []Tree  // of the network's sums
}

// Part is a partition.
type Part struct {
	Range snn.Range
	Node  int
	Cost  float64
}

// Share is what lies on one node.
type Share struct {
	Node  Node
	Range snn.Range
	First int // its first part
	Parts int
	Cost  float64 // of all its parts
	Bytes float64

	Sources   []int // nodes that it hears, ascending
	Consumers []int // nodes that hear it
	Audiences []Audience
}

// Audience is consumers that get the same message.
type Audience struct {
	Groups  []int // whose spikes are in it, ascending; none where only statistics are
	Members []int // nodes
}

// Options of a plan. The zero value is a partition for each thread.
type Options struct {
	Parts int // in all; 0 for one a thread
	FanIn int // of a tree of sums; 0 for the least whose sums are there in time
}

// TooSmall is the error of a node that cannot hold its share.
type TooSmall struct {
	Node         Node
	BytesNeeded  int64
	BytesInTotal int64 // of the network
}

func (e *TooSmall) Error() string {
	return fmt.Sprintf("node %s: its share takes about %s of memory, and it has %s for partitions; the network takes %s in all: more nodes or larger ones are expected",
		e.Node.Name, sizeText(e.BytesNeeded), sizeText(e.Node.MemoryBytes), sizeText(e.BytesInTotal))
}

// sizeText words a number of bytes.
func sizeText(bytes int64) string {
	x, unit := float64(bytes), 0
	for x >= 1024 && unit < 4 {
		x, unit = x/1024, unit+1
	}
	return fmt.Sprintf("%.4g %s", x, [...]string{"bytes", "KiB", "MiB", "GiB", "TiB"}[unit])
}

// Make plans a network on nodes: contiguous ranges of about equal cost a thread, in
// the order of the nodes, cut between populations where that is nearly as even and
// saves traffic. The same input gives the same plan. The error is a TooSmall.
func Make(n *Network, nodes []Node, o Options) (*Plan, error) {
	nodes = nodes[:min(len(nodes), max(len(n.Costs), 1))] // no node without a neuron
	p := &Plan{}
	for k, r := range cutOnto(n, nodes) {
		p.Shares = append(p.Shares, Share{Node: nodes[k], Range: r})
	}
	threads := 0
	for _, node := range nodes {
		threads += node.Threads
	}
	for k := range p.Shares {
		s := &p.Shares[k]
		s.First, s.Parts = len(p.Parts), s.Node.Threads
		if o.Parts > 0 {
			s.Parts = max(1, (o.Parts*s.Node.Threads+threads/2)/threads)
		}
		s.Parts = max(1, min(s.Parts, s.Range.Len()))
		for _, r := range Cut(n.Costs[s.Range.First:s.Range.End], s.Parts) {
			part := Part{Range: snn.Range{First: s.Range.First + r.First, End: s.Range.First + r.End}, Node: k}
			for _, c := range n.Costs[part.Range.First:part.Range.End] {
				part.Cost += c
			}
			s.Cost += part.Cost
			p.Parts = append(p.Parts, part)
			for _, g := range n.Groups {
				if g.Range.Intersect(part.Range).Len() > 0 {
					s.Bytes += g.BytesPart
				}
			}
		}
		for _, g := range n.Groups {
			s.Bytes += float64(g.BytesEach * float64(g.Range.Intersect(s.Range).Len()))
		}
	}
	for _, s := range n.Sums {
		p.Sums = append(p.Sums, p.tree(n, s, o.FanIn))
	}
	p.connect(n)
	return p, p.fits()
}

func (p *Plan) fits() error {
	total := 0.0
	for _, s := range p.Shares {
		total += s.Bytes
	}
	for _, s := range p.Shares {
		if has := s.Node.MemoryBytes; has > 0 && s.Bytes > float64(has) {
			return &TooSmall{s.Node, int64(s.Bytes), int64(total)}
		}
	}
	return nil
}

// hears reports for each group whether a range of GIDs needs its spikes.
func (n *Network) hears(r snn.Range) []bool {
	needs := make([]bool, len(n.Groups))
	for _, a := range n.Arrows {
		if n.Groups[a.Target].Range.Intersect(r).Len() > 0 {
			needs[a.Source] = true
		}
	}
	return needs
}

// connect fills in who hears whom.
func (p *Plan) connect(n *Network) {
	linked := make([][]bool, len(p.Shares)) // [from][to] for the sake of sums
	for k := range linked {
		linked[k] = make([]bool, len(p.Shares))
	}
	for _, t := range p.Sums {
		for _, link := range t.links() {
			linked[link[0]][link[1]], linked[link[1]][link[0]] = true, true
		}
	}
	for to := range p.Shares {
		needs := n.hears(p.Shares[to].Range)
		for from := range p.Shares {
			if from == to {
				continue
			}
			var groups []int
			for g, need := range needs {
				if need && n.Groups[g].Range.Intersect(p.Shares[from].Range).Len() > 0 {
					groups = append(groups, g)
				}
			}
			if len(groups) > 0 || linked[from][to] || n.Everyone {
				p.Shares[from].join(to, groups)
				p.Shares[to].Sources = append(p.Shares[to].Sources, from)
			}
		}
	}
}

// join puts a consumer into the audience of the groups that it hears.
func (s *Share) join(to int, groups []int) {
	s.Consumers = append(s.Consumers, to)
	for k := range s.Audiences {
		if a := &s.Audiences[k]; slices.Equal(a.Groups, groups) {
			a.Members = append(a.Members, to)
			return
		}
	}
	s.Audiences = append(s.Audiences, Audience{groups, []int{to}})
}

// SpikesPerS is how many spikes a second the nodes are expected to send each other,
// one that goes to three nodes counted three times.
func (p *Plan) SpikesPerS(n *Network) float64 {
	sum := 0.0
	for _, s := range p.Shares {
		for _, a := range s.Audiences {
			for _, g := range a.Groups {
				spikes := float64(n.Groups[g].RateHz * float64(n.Groups[g].Range.Intersect(s.Range).Len()))
				sum += float64(spikes * float64(len(a.Members)))
			}
		}
	}
	return sum
}
