package injection

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/volley-snn/volley/snn"
)

// Message is what a client publishes to inject spikes, as JSON; see docs/WIRE.md.
type Message struct {
	// Neurons are who spikes, counted in their population from 0.
	Neurons []uint32 `json:"neurons"`

	// Tick is when they are to spike; 0 is as soon as that is possible. A tick that
	// is over is moved to the first one that is not.
	Tick snn.Tick `json:"tick,omitempty"`

	// After is how many ticks later each of them spikes; nil where all do at once.
	After []uint32 `json:"after,omitempty"`
}

// Answer is what a client hears who published a Message with a subject for answers:
// that its spikes are kept and will be emitted, or what is wrong.
type Answer struct {
	Tick  snn.Tick `json:"tick"`            // of the first spike; of the next possible one where there was none
	Last  snn.Tick `json:"last_tick"`       // of the last
	Late  int      `json:"late,omitempty"`  // spikes whose tick was over: they come later than asked
	Error string   `json:"error,omitempty"` // nothing of the message counts

	DtMs float64 `json:"dt_ms"`
	Size int     `json:"size,omitempty"` // of the population,
	GID  snn.GID `json:"gid,omitempty"`  // and that of its neuron 0
}

// readMessage decodes a message. The error says what is wrong with it.
func readMessage(data []byte) (*Message, error) {
	m := &Message{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf(`it is not {"neurons": [...], "tick": T, "after": [...]}: %v`, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the message")
	}
	switch {
	case m.Tick < 0:
		return nil, fmt.Errorf("its tick is %d: expected 1 or more, or none", m.Tick)
	case m.After != nil && len(m.After) != len(m.Neurons):
		return nil, fmt.Errorf("it has %d neurons and %d numbers of ticks after: expected as many of each", len(m.Neurons), len(m.After))
	}
	return m, nil
}

// after is how many ticks spike k comes after the first tick.
func (m *Message) after(k int) snn.Tick {
	if m.After == nil {
		return 0
	}
	return snn.Tick(m.After[k])
}
