// Package examples holds the model files that the binary carries with it.
package examples

import "embed"

// Files holds NAME.yaml for each example that is simulated, and train/NAME.yaml for
// each that is trained, and train/sweeps/NAME.yaml for experiments with those.
//
//go:embed *.yaml train/*.yaml train/sweeps/*.yaml
var Files embed.FS
