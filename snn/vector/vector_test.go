package vector

import (
	"os"
	"strings"
	"testing"
)

// GODEBUG=cpu.all=off switches the kernels off: with it, whole runs are compared
// with those that use them.
func TestSwitchedOff(t *testing.T) {
	if !strings.Contains(os.Getenv("GODEBUG"), "cpu.all=off") {
		t.Skip("GODEBUG=cpu.all=off is not set, so there is nothing to see")
	}
	if Available() {
		t.Error("the kernels are on")
	}
}
