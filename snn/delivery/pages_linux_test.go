package delivery

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pages is Heap with large pages asked for, unless VOLLEY_SMALL_PAGES is set.
func pages(bytes int) []byte {
	b := Heap(bytes)
	if os.Getenv("VOLLEY_SMALL_PAGES") != "" || bytes < 1<<22 {
		return b
	}
	const huge = 1 << 21
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (huge - 1)
	_ = unix.Madvise(b[skip:skip+uintptr(bytes-huge)&^(huge-1)], unix.MADV_HUGEPAGE)
	return b
}

// cpuNs is the processor time of this thread: benchmarks on a busy machine mean
// little in wall time.
func cpuNs() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
	return t.Nano()
}
