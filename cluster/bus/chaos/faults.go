package chaos

import (
	"errors"
	"fmt"
	"time"

	"github.com/volley-snn/volley/cluster/bus"
)

// Faults say how often what happens to what is published. The zero value does
// nothing.
type Faults struct {
	// Drop is the share of messages that vanish, 0 to 1.
	Drop float64

	// Duplicate is the share of what is left that is sent twice, 0 to 1.
	Duplicate float64

	// Reorder is the share of what is left that is held back until the next message
	// has been sent, or MaxDelay has passed, 0 to 1.
	Reorder float64

	// Delay is the share of what is left that is sent later, 0 to 1, after a time
	// between 0 and MaxDelay. What is sent meanwhile overtakes it.
	Delay float64

	// MaxDelay bounds Reorder and Delay. Default 10 ms.
	MaxDelay time.Duration

	// Subjects are patterns of what is disturbed; none: all.
	Subjects []string
}

// DefaultMaxDelay is the MaxDelay of Faults that have none.
const DefaultMaxDelay = 10 * time.Millisecond

// Validate tells everything that is wrong with the faults.
func (f Faults) Validate() error {
	var faults []error
	for _, p := range []struct {
		name  string
		value float64
	}{{"Drop", f.Drop}, {"Duplicate", f.Duplicate}, {"Reorder", f.Reorder}, {"Delay", f.Delay}} {
		if !(p.value >= 0 && p.value <= 1) { // NaN too
			faults = append(faults, fmt.Errorf("chaos: %s: expected 0 to 1, is %v", p.name, p.value))
		}
	}
	if f.MaxDelay < 0 {
		faults = append(faults, fmt.Errorf("chaos: MaxDelay: expected at least 0, is %v", f.MaxDelay))
	}
	for _, s := range f.Subjects {
		faults = append(faults, bus.CheckPattern(s))
	}
	return errors.Join(faults...)
}

// concerns says whether a subject is disturbed.
func (f Faults) concerns(subject string) bool {
	for _, pattern := range f.Subjects {
		if bus.Matches(pattern, subject) {
			return true
		}
	}
	return len(f.Subjects) == 0
}

// Counts is what happened so far.
type Counts struct {
	Sent       uint64 // asked of the bus by its user
	Dropped    uint64 // of these, by Drop or Cut
	Duplicated uint64
	Reordered  uint64
	Delayed    uint64
}
