// Package training runs trainings: workers, data files, checkpoints, and what is
// written down of each epoch.
package training
