// Package key holds the names that Quoin shares with Open edX: course runs, usages, assets and libraries. Keys are
// comparable values; String gives the form that stands in addresses, archives and documents, and Parse takes it back.
package key

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrInvalid is wrapped by every parse error.
var ErrInvalid = errors.New("invalid key")

// MaxPart bounds one part of a key in bytes (Open edX stores whole keys in 255 characters).
const MaxPart = 128

// Course names a course run, or a library when Run is "".
type Course struct{ Org, Number, Run string }

// Usage names a block's place. A block of the whole site has the zero Course.
type Usage struct {
	Course Course
	Type   string
	ID     string
}

// Asset names an uploaded file of a course. Name is as in "/static/NAME"; it may hold slashes and spaces.
type Asset struct {
	Course Course
	Name   string
}

const (
	coursePrefix   = "course-v1:"
	libraryPrefix  = "library-v1:"
	blockPrefix    = "block-v1:"
	libBlockPrefix = "lib-block-v1:"
	assetPrefix    = "asset-v1:"
	typeMark       = "type@"
	blockMark      = "block@"
	assetType      = "type@asset+block@"
)

// IsZero reports whether c names nothing.
func (c Course) IsZero() bool { return c == Course{} }

// Library reports whether c names a library rather than a course run.
func (c Course) Library() bool { return c.Org != "" && c.Run == "" }

// String gives "course-v1:Org+Number+Run", "library-v1:Org+Number", or "" for the zero key.
func (c Course) String() string {
	switch {
	case c.IsZero():
		return ""
	case c.Library():
		return libraryPrefix + c.Org + "+" + c.Number
	}
	return coursePrefix + c.Org + "+" + c.Number + "+" + c.Run
}

// Usage names a block of this course.
func (c Course) Usage(blockType, id string) Usage { return Usage{c, blockType, id} }

// Asset names a file of this course.
func (c Course) Asset(name string) Asset { return Asset{c, name} }

// String gives "block-v1:Org+Number+Run+type@TYPE+block@ID"; for a block of the site "type@TYPE+block@ID".
func (u Usage) String() string {
	tail := typeMark + u.Type + "+" + blockMark + u.ID
	switch {
	case u.Course.IsZero():
		return tail
	case u.Course.Library():
		return libBlockPrefix + u.Course.Org + "+" + u.Course.Number + "+" + tail
	}
	return blockPrefix + u.Course.Org + "+" + u.Course.Number + "+" + u.Course.Run + "+" + tail
}

// IsZero reports whether u names nothing.
func (u Usage) IsZero() bool { return u == Usage{} }

// String gives "asset-v1:Org+Number+Run+type@asset+block@NAME", with slashes of the name as "_" as Open edX writes them in
// addresses. Two names that differ in that alone give the same string, so documents are keyed by the name itself.
func (a Asset) String() string {
	return assetPrefix + a.Course.Org + "+" + a.Course.Number + "+" + a.Course.Run + "+" + assetType +
		strings.ReplaceAll(a.Name, "/", "_")
}

// ParseCourse reads a course or library key.
func ParseCourse(s string) (Course, error) {
	var c Course
	switch {
	case strings.HasPrefix(s, coursePrefix):
		parts := strings.Split(s[len(coursePrefix):], "+")
		if len(parts) != 3 {
			return c, bad(s, "a course key is course-v1:ORG+NUMBER+RUN")
		}
		c = Course{parts[0], parts[1], parts[2]}
		return c, check(s, c.Org, c.Number, c.Run)
	case strings.HasPrefix(s, libraryPrefix):
		parts := strings.Split(s[len(libraryPrefix):], "+")
		if len(parts) != 2 {
			return c, bad(s, "a library key is library-v1:ORG+SLUG")
		}
		c = Course{Org: parts[0], Number: parts[1]}
		return c, check(s, c.Org, c.Number)
	}
	return c, bad(s, "a course key starts with course-v1: or library-v1:")
}

// NewCourse builds a course key from parts that a person or an archive gave.
func NewCourse(org, number, run string) (Course, error) {
	c := Course{org, number, run}
	return c, check(c.String(), org, number, run)
}

// ParseUsage reads a usage key of a course, a library or the site.
func ParseUsage(s string) (Usage, error) {
	rest, run := s, 0
	switch {
	case strings.HasPrefix(s, blockPrefix):
		rest, run = s[len(blockPrefix):], 3
	case strings.HasPrefix(s, libBlockPrefix):
		rest, run = s[len(libBlockPrefix):], 2
	}
	parts := strings.Split(rest, "+")
	if len(parts) != run+2 || !strings.HasPrefix(parts[run], typeMark) || !strings.HasPrefix(parts[run+1], blockMark) {
		return Usage{}, bad(s, "a usage key is block-v1:ORG+NUMBER+RUN+type@TYPE+block@ID")
	}
	u := Usage{Type: parts[run][len(typeMark):], ID: parts[run+1][len(blockMark):]}
	if run >= 2 {
		u.Course.Org, u.Course.Number = parts[0], parts[1]
	}
	if run == 3 {
		u.Course.Run = parts[2]
	}
	if err := check(s, parts[:run]...); err != nil {
		return Usage{}, err
	}
	if err := check(s, u.Type, u.ID); err != nil {
		return Usage{}, err
	}
	return u, nil
}

const libraryUsagePrefix = "lb:"

// Upstream names a block of a library as the attribute upstream of its copies does, and Open edX's newer keys: "lb:Org:Slug:TYPE:ID".
// Where a part holds a colon it is the usage key.
func (u Usage) Upstream() string {
	parts := []string{u.Course.Org, u.Course.Number, u.Type, u.ID}
	for _, part := range parts {
		if strings.Contains(part, ":") {
			return u.String()
		}
	}
	return libraryUsagePrefix + strings.Join(parts, ":")
}

// ParseLibraryUsage reads what names a block of a library, in either form.
func ParseLibraryUsage(s string) (Usage, error) {
	if rest, ok := strings.CutPrefix(s, libraryUsagePrefix); ok {
		parts := strings.Split(rest, ":")
		if len(parts) != 4 {
			return Usage{}, bad(s, "a library's block is lb:ORG:SLUG:TYPE:ID")
		}
		return Usage{Course{Org: parts[0], Number: parts[1]}, parts[2], parts[3]}, check(s, parts...)
	}
	u, err := ParseUsage(s)
	if err == nil && !u.Course.Library() {
		return Usage{}, bad(s, "it is no block of a library")
	}
	return u, err
}

// ValidID reports whether s may stand as a block id or a block type in a key.
func ValidID(s string) bool { return check(s, s) == nil }

// check applies Open edX's alphabet: letters and digits of any script, and _ - ~ . :
func check(whole string, parts ...string) error {
	for _, part := range parts {
		if part == "" || len(part) > MaxPart || !utf8.ValidString(part) {
			return bad(whole, fmt.Sprintf("each part needs 1 to %d bytes of text", MaxPart))
		}
		for _, r := range part {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune("_-~.:", r) {
				return bad(whole, fmt.Sprintf("%q may not stand in a key: use letters, digits and _ - ~ . :", r))
			}
		}
	}
	return nil
}

func bad(s, why string) error {
	if len(s) > 300 {
		s = s[:300] + "..."
	}
	return fmt.Errorf("%w %q: %s", ErrInvalid, s, why)
}

// MarshalText implements encoding.TextMarshaler.
func (c Course) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Course) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCourse(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (u Usage) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *Usage) UnmarshalText(text []byte) (err error) {
	*u, err = ParseUsage(string(text))
	return err
}
