// Package hosts makes machines for tests: network namespaces of Linux, each with an
// address of its own, joined by a bridge. Processes in them reach each other, and
// the test, only by that network, and a test can pull a cable.
package hosts

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// Host is one machine of a test.
type Host struct {
	// Address is its IP address, without a port.
	Address string

	namespace, cable string
}

// New makes n hosts, which end with the test. gateway is the address of the test's
// own end of the network. Where namespaces cannot be made the test is skipped, and
// says so.
func New(t *testing.T, n int) (gateway string, all []*Host) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("NOT TESTED: network namespaces need Linux and root")
	}
	if n < 1 || n > 200 {
		t.Fatalf("hosts: expected 1 to 200, got %d", n)
	}
	random := make([]byte, 3)
	rand.Read(random)
	id := hex.EncodeToString(random)
	network := fmt.Sprintf("10.%d.%d.", 128+random[0]%64, random[1])
	bridge := "vb" + id
	if err := ip("link", "add", bridge, "type", "bridge"); err != nil {
		t.Skipf("NOT TESTED: no bridge can be made here: %v", err)
	}
	t.Cleanup(func() { ip("link", "del", bridge) })
	gateway = network + "254"
	must(t, ip("addr", "add", gateway+"/24", "dev", bridge))
	must(t, ip("link", "set", bridge, "up"))
	for k := range n {
		h := &Host{Address: fmt.Sprintf("%s%d", network, k+1), namespace: fmt.Sprintf("vn%s-%d", id, k), cable: fmt.Sprintf("vc%s-%d", id, k)}
		if err := ip("netns", "add", h.namespace); err != nil {
			t.Skipf("NOT TESTED: no network namespace can be made here: %v", err)
		}
		t.Cleanup(func() { ip("netns", "del", h.namespace) })
		must(t, ip("link", "add", h.cable, "type", "veth", "peer", "name", "eth0", "netns", h.namespace))
		must(t, ip("link", "set", h.cable, "master", bridge))
		must(t, ip("link", "set", h.cable, "up"))
		must(t, ip("-n", h.namespace, "addr", "add", h.Address+"/24", "dev", "eth0"))
		must(t, ip("-n", h.namespace, "link", "set", "eth0", "up"))
		must(t, ip("-n", h.namespace, "link", "set", "lo", "up"))
		all = append(all, h)
	}
	return gateway, all
}

// Command is a command that will run on the host.
func (h *Host) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", h.namespace, name}, args...)...)
}

// Cut pulls the host's cable, or puts it back.
func (h *Host) Cut(t *testing.T, cut bool) {
	t.Helper()
	state := "up"
	if cut {
		state = "down"
	}
	must(t, ip("link", "set", h.cable, state))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ip runs iproute2; its words are in the error.
func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}
