package engine

import (
	"fmt"

	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/state"
)

// Saved is a copy of the state of an engine's partitions. Its memory is used again by
// the next copy into it.
type Saved struct {
	Partitions [][]state.Section // of each partition

	copies []copied
	faults []error
}

// copied is the copy of one partition's state: the sink of its sections, whose
// buffers come in the same order and sizes every time.
type copied struct {
	sections []state.Section
	buffers  [][]byte
}

func (c *copied) Room(size int) []byte {
	k := len(c.sections)
	if k == len(c.buffers) {
		c.buffers = append(c.buffers, nil)
	}
	if cap(c.buffers[k]) < size {
		c.buffers[k] = make([]byte, 0, size)
	}
	return c.buffers[k][:0]
}

func (c *copied) Take(s state.Section) error {
	c.buffers[len(c.sections)] = s.Data
	c.sections = append(c.sections, s)
	return nil
}

// Save copies the partitions' state, in parallel. It is called between two steps.
func (e *Engine) Save(into *Saved) error {
	n := len(e.Partitions)
	if into.copies == nil {
		into.copies, into.faults, into.Partitions = make([]copied, n), make([]error, n), make([][]state.Section, n)
	}
	e.team.run(func(i int) {
		c := &into.copies[i]
		c.sections = c.sections[:0]
		into.faults[i] = e.Partitions[i].Save(c)
		into.Partitions[i] = c.sections
	})
	for _, err := range into.faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// Resumed is what all partitions of the plan emitted in the step before the one that
// follows a Restore: the Spikes of its Input, where a share is stepped.
func (e *Engine) Resumed() []*kernel.Batch { return e.batches }

// Restore puts the state that sections hands on into partitions that have just been
// built, as many as there are now. After an error the engine must not be stepped.
func (e *Engine) Restore(sections func(use func(state.Section) error) error) error {
	all := make([]*kernel.Restoration, len(e.Partitions))
	for i, p := range e.Partitions {
		all[i] = p.Restore()
	}
	faults := make([]error, len(all))
	err := sections(func(s state.Section) error {
		e.team.run(func(i int) { faults[i] = all[i].Take(s) })
		for _, err := range faults {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var at kernel.Resumed
	for i := range all {
		if at, err = all[i].Finish(); err != nil {
			return fmt.Errorf("the state does not fit the model: %w", err)
		}
	}
	e.now, e.batches, e.aggregates = at.Now, at.Spikes, nil
	return nil
}
