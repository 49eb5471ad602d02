package e2e

import (
	"fmt"
	"os/exec"
	"testing"
)

// A node that joins just after another was killed, while the rest still takes that one
// for alive, does not wait for it in vain.
func TestANodeJoinsRightAfterAnotherWasKilled(t *testing.T) {
	t.Parallel()
	node := func(name string, more ...string) *process {
		return start(t, "node "+name, exec.Command(program(t), append([]string{"node", "--name", name, "--threads", "1", "--until-eof", "--dir", t.TempDir()}, more...)...))
	}
	first := node("n1", "--listen", "127.0.0.1:0")
	at := first.await(t, " is ready at ")
	for k := range 2 {
		killed := node(fmt.Sprint("k", k), "--join", at)
		killed.await(t, " is ready at ")
		if err := killed.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-killed.exited
		node(fmt.Sprint("n", k+2), "--join", at).await(t, " is ready at ")
	}
}
