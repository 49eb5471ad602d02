// Package examples holds the model files that the binary carries with it.
package examples

import "embed"

// Files holds NAME.yaml for each example.
//
//go:embed *.yaml
var Files embed.FS
