package engine

import "github.com/volley-snn/volley/snn/state"

// Keeper is an observer with a state that a checkpoint must hold.
type Keeper interface {
	// Save writes what the moments so far have left.
	Save(w *state.Writer) error
	// Load reads what Save wrote, before any moment.
	Load(r *state.Reader) error
}
