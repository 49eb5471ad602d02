// Package statistics compares runs of an experiment: means with their confidence
// intervals, paired differences, and corrections for many comparisons.
package statistics
