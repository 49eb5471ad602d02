// Command fused looks for multiplications and additions that the compiler made
// one instruction, with one rounding: what Go may do where the CPU can, and what
// the pure packages forbid, since a network would have other bits there. A line
// that calls math.FMA fuses on purpose; any other is an error.
//
// Run it in the module's root. It compiles the pure packages for arm64 and for
// amd64 at GOAMD64=v3 and reads the compiler's listing, so that functions which
// nothing calls are seen too.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pure are the packages whose bits are promised.
var pure = []string{"./snn/...", "./partition/..."}

// targets are where the compiler fuses.
var targets = [][]string{{"GOOS=linux", "GOARCH=arm64"}, {"GOOS=linux", "GOARCH=amd64", "GOAMD64=v3"}}

// instruction is a line of the listing: place, mnemonic.
var instruction = regexp.MustCompile(`^\t0x[0-9a-f]+ \d+ \((.+):(\d+)\)\t(V?FN?M(?:ADD|SUB)\w*|V?FML[AS]\w*)`)

func main() {
	failed := false
	for _, target := range targets {
		name := strings.Join(target[1:], " ")
		found, err := fusedIn(target)
		if err != nil {
			fmt.Fprintf(os.Stderr, "fused: %s: %v\n", name, err)
			os.Exit(1)
		}
		onPurpose := 0
		for _, f := range found {
			switch wanted, err := f.wanted(); {
			case err != nil:
				fmt.Fprintf(os.Stderr, "fused: %s: %v\n", name, err)
				os.Exit(1)
			case wanted:
				onPurpose++
			default:
				failed = true
				fmt.Printf("%s:%d: %s (%s): a product and a sum became one instruction; round the product, float64(x*y) + z, or call math.FMA\n", f.file, f.line, f.op, name)
			}
		}
		// snn/pinned calls math.FMA more than 30 times: fewer mean that the listing
		// is not what this program takes it for.
		if onPurpose < 30 {
			failed = true
			fmt.Printf("%s: only %d lines with calls of math.FMA are fused, so the listing was not understood\n", name, onPurpose)
		}
		fmt.Printf("%s: %d lines fuse, %d of them on purpose\n", name, len(found), onPurpose)
	}
	if failed {
		os.Exit(1)
	}
}

// place is a line that has a fused instruction.
type place struct {
	file string
	line int
	op   string
}

// fusedIn compiles the pure packages for a target and returns the lines that fuse.
func fusedIn(target []string) ([]place, error) {
	args := append([]string{"build", "-gcflags=github.com/volley-snn/volley/...=-S"}, pure...)
	c := exec.Command("go", args...)
	c.Env = append(append(os.Environ(), "CGO_ENABLED=0"), target...)
	var listing bytes.Buffer
	c.Stderr = &listing
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, listing.Bytes()[max(listing.Len()-2000, 0):])
	}
	var found []place
	lines := bufio.NewScanner(&listing)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		m := instruction.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		line, _ := strconv.Atoi(m[2])
		same := func(p place) bool { return p.file == m[1] && p.line == line }
		if !slices.ContainsFunc(found, same) {
			found = append(found, place{m[1], line, m[3]})
		}
	}
	return found, lines.Err()
}

// wanted reports whether the line calls math.FMA.
func (p place) wanted() (bool, error) {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return false, err
	}
	lines := strings.Split(string(text), "\n")
	if p.line > len(lines) {
		return false, fmt.Errorf("%s has no line %d", p.file, p.line)
	}
	return strings.Contains(lines[p.line-1], "math.FMA("), nil
}
