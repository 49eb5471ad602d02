//go:build !linux

package delivery

import "time"

func pages(bytes int) []byte { return Heap(bytes) }

func cpuNs() int64 { return time.Now().UnixNano() }
