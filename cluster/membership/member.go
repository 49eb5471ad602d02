package membership

import (
	"encoding/json"
	"fmt"
	"maps"
)

// Version of what members tell each other. Members of another version are refused.
const Version = 1

// Role is what a member is there for.
type Role string

// The roles.
const (
	Worker Role = "worker" // takes partitions of runs
	Client Role = "client" // only looks, and submits runs
)

// Member is one process of the cluster in one life.
type Member struct {
	// ID is Name and Incarnation joined by a dash. It never comes back once the
	// process has ended.
	ID string

	// Name is the user's, unique among members that are alive.
	Name string

	// Incarnation is random for each start of the process.
	Incarnation string

	// Address is the host:port that its gossip is reached at.
	Address string

	// Role says whether it works.
	Role Role

	// Meta is what it tells of itself: addresses of its bus, for instance. Whoever
	// gets a Member must not change it.
	Meta map[string]string

	// Returns counts how often it was held dead and turned out not to be.
	Returns int
}

// Kind says what happened to a member.
type Kind int

// The kinds of events.
const (
	Joined  Kind = iota // it is there, for the first time or again
	Updated             // its Meta changed
	Left                // it said that it goes, and went
	Dead                // nobody reaches it
)

// String names the kind.
func (k Kind) String() string {
	switch k {
	case Joined:
		return "joined"
	case Updated:
		return "updated"
	case Left:
		return "left"
	case Dead:
		return "dead"
	}
	return fmt.Sprintf("kind %d", int(k))
}

// Event tells of a member.
type Event struct {
	Kind   Kind
	Member Member
}

// wire is what a member tells of itself, as JSON in memberlist's meta.
type wire struct {
	Version     int               `json:"v"`
	Name        string            `json:"n"`
	Incarnation string            `json:"i"`
	Role        Role              `json:"r"`
	Leaving     bool              `json:"l,omitempty"`
	Meta        map[string]string `json:"m,omitempty"`
}

// decode reads what a member tells of itself, and checks that it is one of ours.
func decode(id, address string, meta []byte) (Member, wire, error) {
	var w wire
	wrong := func(what string) (Member, wire, error) {
		return Member{}, w, fmt.Errorf("%w: %q at %s %s", ErrForeign, id, address, what)
	}
	if err := json.Unmarshal(meta, &w); err != nil {
		return wrong("is no node of volley: " + err.Error())
	}
	if w.Version != Version {
		return wrong(fmt.Sprintf("speaks version %d of membership, this is %d; give all nodes the same volley", w.Version, Version))
	}
	if id != w.Name+"-"+w.Incarnation || checkName(w.Name) != nil || w.Incarnation == "" || (w.Role != Worker && w.Role != Client) {
		return wrong("tells a malformed name or role")
	}
	return Member{ID: id, Name: w.Name, Incarnation: w.Incarnation, Address: address, Role: w.Role, Meta: w.Meta}, w, nil
}

// same says whether nothing that an event would tell has changed.
func same(a, b Member) bool {
	return a.ID == b.ID && a.Address == b.Address && a.Returns == b.Returns && maps.Equal(a.Meta, b.Meta)
}
