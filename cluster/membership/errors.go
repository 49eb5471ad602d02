package membership

import "errors"

var (
	// ErrNameTaken refuses a node whose name a living member has.
	ErrNameTaken = errors.New("membership: name taken")

	// ErrKey is in the error of a join that the other side does not understand: the
	// gossip keys differ, or one side has none, or it is no node.
	ErrKey = errors.New("membership: not understood")

	// ErrForeign is in the error that refuses what is no node of volley, or of
	// another version.
	ErrForeign = errors.New("membership: foreign member")

	// ErrAway is in the error of a join when nobody answers.
	ErrAway = errors.New("membership: no member answers")
)
