package delivery

import (
	"os"
	"syscall"
	"unsafe"
)

// pages is Heap with large pages asked for, unless VOLLEY_SMALL_PAGES is set.
func pages(bytes int) []byte {
	b := Heap(bytes)
	if os.Getenv("VOLLEY_SMALL_PAGES") != "" || bytes < 1<<22 {
		return b
	}
	const huge = 1 << 21
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (huge - 1)
	_ = syscall.Madvise(b[skip:skip+uintptr(bytes-huge)&^(huge-1)], 14)
	return b
}

// cpuNs is the processor time of this thread: benchmarks on a busy machine mean
// little in wall time.
func cpuNs() int64 {
	var u syscall.Rusage
	const thread = 1
	_ = syscall.Getrusage(thread, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
