package actors

// Counts is how much a node has in hand.
type Counts struct {
	Shares      int   // of runs, that lie here
	ShareBytes  int64 // that those take
	Coordinated int   // runs under way that are coordinated here
	Remembered  int   // runs that are over and were coordinated here
	Draining    bool
}

// count asks a supervisor for its Counts.
type count struct{}

func (s *supervisor) counts() Counts {
	c := Counts{Shares: len(s.hosts), Coordinated: s.underWay(), Draining: s.draining.Load()}
	c.Remembered = len(s.coordinators) - c.Coordinated
	for _, h := range s.hosts {
		c.ShareBytes += h.bytes
	}
	return c
}

// Counts is what the node has in hand now. The error is that of a node that does not
// answer.
func (n *Node) Counts() (Counts, error) {
	answer, err := n.system.Root.RequestFuture(n.supervisor, &count{}, answerTimeout).Result()
	if err != nil {
		return Counts{}, err
	}
	return answer.(Counts), nil
}
