package olx

import (
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// ErrorCode says why an archive cannot be read as a course. The set is closed; values are append-only.
type ErrorCode string

// The codes of errors.
const (
	ErrNotACourse ErrorCode = "not_a_course" // there is no course.xml
	ErrLibrary    ErrorCode = "library"      // a content library
	ErrAmbiguous  ErrorCode = "ambiguous"    // several courses
	ErrBroken     ErrorCode = "broken"       // the course's own file cannot be read
	ErrTooDeep    ErrorCode = "too_deep"     // blocks nested absurdly
	ErrTooMany    ErrorCode = "too_many"     // more blocks or text than allowed
	ErrCourse     ErrorCode = "course"       // a course where a library was to be read
	ErrVersion    ErrorCode = "version"      // a library's archive in a version of its format that nobody here knows
)

// Error is why [Read] gave up. Line and Column count from 1; 0 is unknown.
type Error struct {
	Code   ErrorCode
	File   string
	Line   int
	Column int
	What   string
	Fix    string
	Err    error
	// Library says that a library was to be read.
	Library bool
}

// Error implements error.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("reading course")
	if e.Library {
		b.Reset()
		b.WriteString("reading library")
	}
	if e.File != "" {
		b.WriteString(": " + intake.Printable(e.File))
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	b.WriteString(": " + e.What)
	if e.Err != nil {
		fmt.Fprintf(&b, " (%v)", e.Err)
	}
	if e.Fix != "" {
		b.WriteString("; " + e.Fix)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
