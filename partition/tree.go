package partition

// LeastFanIn is how many nodes one node sums up for where no more are needed. Each
// is heard in every step: with more a node waits longer for its envelopes, and with
// fewer a sum takes more steps, which are free while they fit a window.
const LeastFanIn = 8

// Tree is how a statistic is summed over nodes: each sends its share, with what came
// from below, to the one above it, and the sum comes back the same way.
type Tree struct {
	Name string

	// Members are the nodes that contribute, the one that has the sum first. Member
	// k sends to member (k-1)/FanIn.
	Members []int
	FanIn   int

	// Direct: a window is too short for the detour; each sends to all and sums for itself.
	Direct bool
}

// tree plans a sum. The node with the most neurons of the group has it.
func (p *Plan) tree(n *Network, s Sum, fanIn int) Tree {
	t := Tree{Name: s.Name, FanIn: fanIn}
	top, most := 0, 0
	for k := range p.Shares {
		own := n.Groups[s.Group].Range.Intersect(p.Shares[k].Range).Len()
		if own == 0 {
			continue
		}
		if own > most {
			top, most = len(t.Members), own
		}
		t.Members = append(t.Members, k)
	}
	if len(t.Members) > 0 {
		t.Members[0], t.Members[top] = t.Members[top], t.Members[0]
	}
	if t.FanIn <= 0 {
		t.FanIn = t.fewest(s.Steps)
	}
	// A share takes a step to each node above, and the sum one to each below; it
	// must be there in the step that ends the next window.
	t.Direct = 2*t.Depth() >= s.Steps
	return t
}

// fewest is the least fan-in with which a sum is there and back in half a window, so
// that what is lost on the way can be asked for; one node sums for all where that
// takes less than a window, and nothing else does.
func (t *Tree) fewest(steps int) int {
	for _, share := range []int{2, 1} { // of the window
		for n := LeastFanIn; ; n *= 2 {
			u := Tree{Members: t.Members, FanIn: n}
			if share*2*u.Depth() < steps {
				return n
			}
			if n >= len(t.Members) {
				break
			}
		}
	}
	return LeastFanIn
}

// Depth is how many nodes a share passes on its way to the sum.
func (t *Tree) Depth() int {
	depth := 0
	for k := len(t.Members) - 1; k > 0; k = (k - 1) / t.FanIn {
		depth++
	}
	return depth
}

// Above is the node that a member sends to, or -1 for the first and for nodes that
// are no members.
func (t *Tree) Above(node int) int {
	for k, m := range t.Members {
		if m == node && k > 0 {
			return t.Members[(k-1)/t.FanIn]
		}
	}
	return -1
}

// Below is the nodes that send to a member.
func (t *Tree) Below(node int) []int {
	var all []int
	for k, m := range t.Members {
		if k > 0 && t.Members[(k-1)/t.FanIn] == node {
			all = append(all, m)
		}
	}
	return all
}

// links is the pairs of nodes that must hear each other.
func (t *Tree) links() [][2]int {
	var all [][2]int
	for k, m := range t.Members {
		if t.Direct {
			for _, other := range t.Members[:k] {
				all = append(all, [2]int{other, m})
			}
		} else if k > 0 {
			all = append(all, [2]int{t.Members[(k-1)/t.FanIn], m})
		}
	}
	return all
}
