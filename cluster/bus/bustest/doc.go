// Package bustest holds implementations of bus.Bus to its contract, and measures
// them.
package bustest
