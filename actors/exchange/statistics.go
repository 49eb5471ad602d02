package exchange

import (
	"github.com/volley-snn/volley/messages"
	"github.com/volley-snn/volley/partition"
	"github.com/volley-snn/volley/snn/kernel"
)

// Statistics is a node's part of the sums of a plan by itself, for nodes that are
// pretended: what a Share does with windows, without partitions that emit them.
type Statistics struct{ sums *sums }

// NewStatistics is that of a node among the plan's.
func NewStatistics(self int, trees []partition.Tree) *Statistics {
	return &Statistics{newSums(self, trees)}
}

// Step takes what the sources said in the step before, by their places in the plan,
// and the shares that are due in this one. It returns what the node's envelope has of
// them, valid until the next call, and the sums that have come together.
func (s *Statistics) Step(sources []int, said []*messages.Envelope, due []kernel.Share) (up, down []messages.Window, known []kernel.Aggregate, err error) {
	s.sums.begin()
	for k, from := range sources {
		if err := s.sums.heard(from, said[k]); err != nil {
			return nil, nil, nil, err
		}
	}
	known = s.sums.take()
	s.sums.emitted([]kernel.Output{{Shares: due}})
	return s.sums.up, s.sums.down, known, nil
}
