package blob

import (
	"os"

	"golang.org/x/sys/unix"
)

// errDirect is what a write past the cache fails with where that cannot be.
const errDirect = unix.EINVAL

// setDirect has writes to a file go past the system's cache, or not; false where that
// cannot be.
func setDirect(f *os.File, on bool) bool {
	c, err := f.SyscallConn()
	if err != nil {
		return false
	}
	done := false
	err = c.Control(func(fd uintptr) {
		flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		if err != nil {
			return
		}
		flags &^= unix.O_DIRECT
		if on {
			flags |= unix.O_DIRECT
		}
		_, err = unix.FcntlInt(fd, unix.F_SETFL, flags)
		done = err == nil
	})
	return err == nil && done
}
