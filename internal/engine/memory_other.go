//go:build !linux

package engine

import "github.com/volley-snn/volley/snn/delivery"

func LargePages(bytes int) []byte { return delivery.Heap(bytes) }
