package engine

import (
	"golang.org/x/sys/unix"

	"github.com/volley-snn/volley/snn/delivery"
)

const (
	largePage = 2 << 20
	worth     = 8 * largePage // below this the ends, which stay small pages, are too much of it
)

// LargePages allocates for synapses, in large pages where the system gives them
// on request (transparent_hugepage: madvise): rows are read in random order, and
// with 4 KiB pages every one costs a walk through the page tables.
func LargePages(bytes int) []byte {
	b := delivery.Heap(bytes)
	if bytes >= worth {
		// Refused or impossible, the memory is as good as any.
		_ = unix.Madvise(alignedTo(b, largePage), unix.MADV_HUGEPAGE)
	}
	return b
}
