// Package dataset decodes the files that a network reads: images, event camera
// recordings, tables, spike and edge lists, recorded channels.
//
// Decoders read what they are given, an [io.Reader] or an [io/fs.FS], and open
// nothing themselves. Compression is told by magic bytes, never by a name. A
// size in a header is not believed: memory grows as data arrives. Every fault
// is an [*Error] that says where it is and what was expected.
package dataset

import (
	"fmt"
	"strings"
)

// Error is a fault in a file.
type Error struct {
	File   string
	Line   int    // from 1; 0 where the file has no lines
	Column int    // in bytes from 1; 0 where it means nothing
	What   string // what was found
	Want   string // what was expected; may be empty
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	fmt.Fprintf(&b, ": %s", e.What)
	if e.Want != "" {
		fmt.Fprintf(&b, "; expected %s", e.Want)
	}
	return b.String()
}

// fault is an Error without a position.
func fault(file, want, what string, args ...any) *Error {
	return &Error{File: file, What: fmt.Sprintf(what, args...), Want: want}
}
