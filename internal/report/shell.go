package report

import (
	"path/filepath"
	"strings"
)

// shell writes a command so that a POSIX shell reads the same words. The program
// is named without its folder.
func shell(words []string) string {
	var out []string
	for k, word := range words {
		if k == 0 {
			word = filepath.Base(word)
		}
		out = append(out, quote(word))
	}
	return strings.Join(out, " ")
}

// quote puts a word in quotes where it has to be.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=,@%+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
