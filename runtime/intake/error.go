package intake

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Code says why something was refused. The set is closed; values are append-only.
type Code string

// The codes.
const (
	CodePath        Code = "path"        // a name that leaves the archive or that cannot be kept everywhere
	CodeLink        Code = "link"        // a symbolic or hard link
	CodeSpecial     Code = "special"     // a device, pipe or socket
	CodeDuplicate   Code = "duplicate"   // two entries of one name, or a file where a folder stands
	CodeTooMany     Code = "too_many"    // more entries than allowed
	CodeTooLarge    Code = "too_large"   // one file larger than allowed
	CodeTotal       Code = "total"       // all files together, or the archive itself, larger than allowed
	CodeRatio       Code = "ratio"       // decodes to absurdly more than it holds: a decompression bomb
	CodeDepth       Code = "depth"       // folders or elements nested too deeply
	CodeDamaged     Code = "damaged"     // truncated, wrong checksum or not what it claims to be
	CodeUnsupported Code = "unsupported" // a format, compression or encoding that is not read
	CodeMissing     Code = "missing"     // no such file
	CodeSyntax      Code = "syntax"      // not well-formed XML
	CodeEntity      Code = "entity"      // an entity that is not defined, or a document type that defines some
	CodeLimit       Code = "limit"       // XML with too many nodes, attributes, or too long names or texts
	CodeIO          Code = "io"          // this machine could not read or write: nobody's content is to blame
)

// Error is a refusal. Line and Column count from 1; 0 is unknown.
type Error struct {
	Op     string // what was under way, such as "opening archive"
	Code   Code
	File   string // the path inside the archive or folder, as it was given
	Line   int
	Column int
	What   string // what is wrong
	Fix    string // how to mend it
	Err    error  // the cause, if there is one
}

// Error implements error: operation, place, what and how to mend it, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.File != "" {
		b.WriteString(": ")
		b.WriteString(Printable(e.File))
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": ")
	b.WriteString(e.What)
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	if e.Fix != "" {
		b.WriteString("; ")
		b.WriteString(e.Fix)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the code of the first [Error] in err's chain, or "".
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Printable gives a name as it may stand in a message, a log or a terminal: quoted if it holds anything but printable text,
// and cut when it is long.
func Printable(name string) string {
	const most = 200
	cut := name
	if len(cut) > most {
		cut = cut[:most]
		for !utf8.ValidString(cut) && len(cut) > most-utf8.UTFMax {
			cut = cut[:len(cut)-1]
		}
		cut += "..."
	}
	for _, r := range cut {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return strconv.Quote(cut)
		}
	}
	return cut
}
