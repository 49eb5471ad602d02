package partition

import (
	"slices"

	"github.com/volley-snn/volley/snn"
)

// uneven is how much dearer than its fair part the dearest node may become, where
// that keeps a population together and saves traffic.
const uneven = 1.03

// cutOnto divides all GIDs among the nodes: in proportion to their threads first,
// then every border is tried at the ends of populations nearby.
func cutOnto(n *Network, nodes []Node) []snn.Range {
	before := make([]float64, len(n.Costs)+1) // cost of all GIDs before one
	for g, c := range n.Costs {
		before[g+1] = before[g] + c
	}
	threads := 0.0
	for _, node := range nodes {
		threads += float64(node.Threads)
	}
	borders := make([]int, len(nodes)+1)
	borders[len(nodes)] = len(n.Costs)
	done := 0.0
	for k := 1; k < len(nodes); k++ {
		done += float64(nodes[k-1].Threads)
		want := before[len(n.Costs)] * done / threads
		at, _ := slices.BinarySearch(before, want)
		if at > 0 && want-before[at-1] < before[min(at, len(n.Costs))]-want {
			at--
		}
		borders[k] = min(max(at, borders[k-1]+1), len(n.Costs)-(len(nodes)-k))
	}
	c := cutting{n, nodes, before, borders, before[len(n.Costs)] / threads}
	for k := 1; k < len(nodes); k++ {
		c.snap(k)
	}
	ranges := make([]snn.Range, len(nodes))
	for k := range ranges {
		ranges[k] = snn.Range{First: snn.GID(borders[k]), End: snn.GID(borders[k+1])}
	}
	return ranges
}

// cutting is borders between nodes under trial.
type cutting struct {
	n       *Network
	nodes   []Node
	before  []float64
	borders []int
	fair    float64 // cost of a thread
}

// snap moves border k to the end of a population where that sends fewer spikes and
// stays even enough.
func (c *cutting) snap(k int) {
	best, least := c.borders[k], c.traffic(k)
	for _, g := range c.n.Groups {
		at := int(g.Range.End)
		if at <= c.borders[k-1] || at >= c.borders[k+1] || !c.even(k, at) {
			continue
		}
		was := c.borders[k]
		c.borders[k] = at
		if t := c.traffic(k); t < least {
			best, least = at, t
		}
		c.borders[k] = was
	}
	c.borders[k] = best
}

// even reports whether the nodes on both sides of border k stay near their fair
// part if it lay at a GID.
func (c *cutting) even(k, at int) bool {
	left := (c.before[at] - c.before[c.borders[k-1]]) / float64(c.nodes[k-1].Threads)
	right := (c.before[c.borders[k+1]] - c.before[at]) / float64(c.nodes[k].Threads)
	return max(left, right) <= float64(uneven*c.fair)
}

// traffic is the spikes a second that the nodes beside border k send each other.
func (c *cutting) traffic(k int) float64 {
	sides := [2]snn.Range{
		{First: snn.GID(c.borders[k-1]), End: snn.GID(c.borders[k])},
		{First: snn.GID(c.borders[k]), End: snn.GID(c.borders[k+1])},
	}
	sum := 0.0
	for to := range sides {
		for g, needed := range c.n.hears(sides[to]) {
			if needed {
				sum += float64(c.n.Groups[g].RateHz * float64(c.n.Groups[g].Range.Intersect(sides[1-to]).Len()))
			}
		}
	}
	return sum
}
