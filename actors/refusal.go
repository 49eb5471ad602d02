package actors

import (
	"errors"
	"fmt"

	"github.com/volley-snn/volley/messages/control"
)

// Refusal is why a node does not do what it was asked.
type Refusal struct {
	Kind control.Kind
	Why  string
	Node string // that refused, or that it is about; may be empty
}

func (r *Refusal) Error() string {
	if r.Node != "" {
		return fmt.Sprintf("node %s: %s", r.Node, r.Why)
	}
	return r.Why
}

// WeightsHold is false: a run that a node refuses to go on with, or is lost to, has
// weights that nobody can read as of one moment.
func (r *Refusal) WeightsHold() bool { return false }

func refuse(kind control.Kind, format string, args ...any) *Refusal {
	return &Refusal{Kind: kind, Why: fmt.Sprintf(format, args...)}
}

// refused is an error as a message; an error that is no Refusal is a broken invariant.
func refused(err error) *control.Refused {
	var r *Refusal
	if !errors.As(err, &r) {
		return &control.Refused{Kind: control.Kind_KIND_INTERNAL, Why: err.Error()}
	}
	return &control.Refused{Kind: r.Kind, Why: r.Why, Node: r.Node}
}

// RefusalOf is a message as an error.
func RefusalOf(r *control.Refused) *Refusal {
	return &Refusal{Kind: r.Kind, Why: r.Why, Node: r.Node}
}

func refusal(err error) *control.Reply {
	return &control.Reply{Body: &control.Reply_Refused{Refused: refused(err)}}
}

func done() *control.Reply {
	return &control.Reply{Body: &control.Reply_Done{Done: &control.Done{}}}
}
