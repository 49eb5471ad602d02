package engine

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// AvailableMemory is how many bytes this process may still take before the machine
// swaps or the process is killed: what Linux says is available, or less where the
// process's group (cgroup v1 or v2) is limited. 0 where it is not known.
func AvailableMemory() int64 { return available("/") }

// available reads the files of a Linux system below root.
func available(root string) int64 {
	least := field(filepath.Join(root, "proc/meminfo"), "MemAvailable:") * 1024
	for _, g := range groups(root) {
		limit, used := number(g.limit), number(g.used)
		if limit > 0 && limit < 1<<60 && (least == 0 || limit-used < least) { // v1 writes a huge number for none
			least = max(limit-used, 1)
		}
	}
	return least
}

// group names the files of a limit on memory.
type group struct{ limit, used string }

// groups are this process's group and those around it.
func groups(root string) []group {
	text, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return nil
	}
	var all []group
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		base, limit, used := filepath.Join(root, "sys/fs/cgroup"), "memory.max", "memory.current"
		if parts[1] != "" {
			if !strings.Contains(","+parts[1]+",", ",memory,") {
				continue
			}
			base, limit, used = filepath.Join(base, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"
		}
		for dir := parts[2]; ; dir = filepath.Dir(dir) {
			all = append(all, group{filepath.Join(base, dir, limit), filepath.Join(base, dir, used)})
			if dir == "/" || dir == "." || dir == "" {
				break
			}
		}
	}
	return all
}

// number is the number that a file holds, or 0.
func number(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n
}

// field is the number after a word at the start of a line, or 0.
func field(file, word string) int64 {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) > 1 && fields[0] == word {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n
		}
	}
	return 0
}
