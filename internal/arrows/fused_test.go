package arrows

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var fused = regexp.MustCompile(`\((\S+\.go):(\d+)\)\s+FN?M(ADD|SUB)[SD]\b`)

// On arm64 the compiler turns x*y + z into one instruction with one rounding, on
// amd64 it does not: the same source would give other bits. So a product that is
// added is rounded first, float64(x*y) + z, or fused on purpose by math.FMA. The
// product may stand in another statement (x *= y, then x += z) or function.
func TestNothingIsFusedUnasked(t *testing.T) {
	c := exec.Command("go", "build", "-gcflags=-S", "./snn/...", "./partition/...")
	c.Dir, c.Env = "../..", append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out[max(0, len(out)-2000):])
	}
	sources := map[string][]string{}
	reported := map[string]bool{}
	asked := 0
	for _, m := range fused.FindAllStringSubmatch(string(out), -1) {
		file, line := m[1], 0
		if _, err := fmt.Sscan(m[2], &line); err != nil {
			t.Fatal(err)
		}
		if sources[file] == nil {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources[file] = strings.Split(string(text), "\n")
		}
		source := strings.TrimSpace(sources[file][line-1])
		switch where := file + ":" + m[2]; {
		case strings.Contains(source, "FMA("):
			asked++
		case !reported[where]:
			reported[where] = true
			t.Errorf("%s: a product and a sum are fused in %q", where, source)
		}
	}
	if asked == 0 {
		t.Error("not even math.FMA is found among the instructions: nothing is checked")
	}
}
