// Package state is the form in which what a simulation has become is saved: what
// cannot be made again from the model and its seeds.
//
// A state is a set of sections. Each holds what is known of one kind about one
// part of the model, for a range of GIDs, and says nothing of partitions, layouts
// or threads: a partition writes those of its own range, and reads of any others
// what reaches into its own. Numbers are little-endian.
package state

import "github.com/volley-snn/volley/snn"

// Header says what a section holds.
type Header struct {
	Kind  string    // one of the writer's words
	Of    string    // population, projection or measurement; "" where it is none's
	Range snn.Range // the GIDs that it is about
}

// Section is a piece of a state.
type Section struct {
	Header
	Data []byte
}

// Sink takes sections as they are written.
type Sink interface {
	// Room is an empty slice with room for about size bytes, for the next section.
	Room(size int) []byte
	// Take takes a section, whose data is in what Room gave, or longer than that
	// and elsewhere. The data is the sink's.
	Take(Section) error
}
