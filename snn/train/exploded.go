package train

import (
	"errors"
	"fmt"
)

// ErrExploded says that weights, or what a model gives, have grown until nothing can be made of them.
var ErrExploded = errors.New("the numbers have exploded")

// exploded is that error, with where it was found and by what.
func (t *Trainer) exploded(what string) error {
	switch {
	case !t.Learns():
		return fmt.Errorf("batch %d of the test: %s: %w", t.batch+1, what, ErrExploded)
	case t.epoch == 0 && t.batch == 0: // nothing has changed a weight yet
		return fmt.Errorf("epoch 1, batch 1: %s before anything is learned: %w; look for a number in the model that is far too large", what, ErrExploded)
	}
	return fmt.Errorf("epoch %d, batch %d: %s: %w; lower the learning rate, or clip the gradient", t.epoch+1, t.batch+1, what, ErrExploded)
}
