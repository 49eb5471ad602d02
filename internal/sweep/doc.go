// Package sweep runs experiments: the same training in several arms with the same
// seeds, and what comes of it.
package sweep
