package intake

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckPath says whether name may stand for a file inside an archive or a folder, with the default limits: a relative path of
// UTF-8 parts divided by "/", without "." and "..", control characters, backslashes, a drive letter or a name that some system
// keeps for a device. It guards names on the way out too. The error is an [Error] with [CodePath] or [CodeDepth].
func CheckPath(name string) error {
	return checkPath("checking name", name, Limits{}.withDefaults())
}

func checkPath(op, name string, limits Limits) error {
	var what string
	code := CodePath
	switch parts := strings.Split(name, "/"); {
	case name == "":
		what = "the name is empty"
	case len(name) > limits.PathBytes:
		what = fmt.Sprintf("the path has %d bytes, at most %d are allowed", len(name), limits.PathBytes)
	case !utf8.ValidString(name):
		what = "the name is not UTF-8"
	case name[0] == '/':
		what = "the path is absolute"
	case strings.Contains(name, `\`):
		what = "the name holds a backslash"
	case len(parts[0]) >= 2 && parts[0][1] == ':' && asciiLetter(parts[0][0]):
		what = "the path starts with a drive letter"
	case strings.ContainsFunc(name, unicode.IsControl):
		what = "the name holds a control character"
	case len(parts) > limits.Depth:
		code, what = CodeDepth, fmt.Sprintf("the path has %d parts, at most %d are allowed", len(parts), limits.Depth)
	default:
		what = checkParts(parts, limits)
	}
	if what == "" {
		return nil
	}
	return &Error{Op: op, Code: code, File: name, What: what, Fix: "rename or remove it and pack again"}
}

func checkParts(parts []string, limits Limits) string {
	for _, part := range parts {
		switch {
		case part == "" || part == ".":
			return "the path has an empty part"
		case part == "..":
			return `the path leaves the archive by ".."`
		case len(part) > limits.NameBytes:
			return fmt.Sprintf("a name has %d bytes, at most %d are allowed", len(part), limits.NameBytes)
		case deviceName(part):
			return fmt.Sprintf("%q is a device's name on some systems", part)
		}
	}
	return ""
}

func asciiLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// deviceName follows Windows: the name up to the first dot, blanks at its end left out, in any case.
func deviceName(part string) bool {
	base, _, _ := strings.Cut(part, ".")
	switch base = strings.ToUpper(strings.TrimRight(base, " ")); base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	rest, found := strings.CutPrefix(base, "COM")
	if !found {
		rest, found = strings.CutPrefix(base, "LPT")
	}
	return found && (len(rest) == 1 && '1' <= rest[0] && rest[0] <= '9' || rest == "¹" || rest == "²" || rest == "³")
}

// foldCase gives the same string for names that differ in case alone.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}
