package formula

import (
	"regexp"
	"strings"
)

// source is one formula, with what the formulas before it in the same fragment define: as MathJax has it, a macro holds from
// where it was defined on. Definitions are joined by separator.
type source struct {
	tex         string
	display     bool
	definitions string
}

const separator = "\x00"

// maxDefinitions bounds the definitions of a fragment, in bytes; later ones hold in their own formula alone.
const maxDefinitions = 4 << 10

var defines = regexp.MustCompile(`\\(?:(?:re)?newcommand|providecommand|[gex]?def|let|DeclareMathOperator)[^A-Za-z]`)

// part is a piece of a fragment: a formula with its delimiters, or anything else.
type part struct {
	raw     string
	kind    piece
	formula *source
}

// scan cuts a fragment into its formulas and the rest; one after the other the parts are the fragment, byte for byte.
func scan(markup string) []part {
	var parts []part
	definitions := ""
	pieces(markup, func(raw string, kind piece) {
		from := 0
		if kind != other && mayHold(raw) {
			for _, s := range find(raw) {
				if s.start > from {
					parts = append(parts, part{raw: raw[from:s.start]})
				}
				tex := unescape(s.tex)
				parts = append(parts, part{raw[s.start:s.end], kind, &source{tex, s.display, definitions}})
				if defines.MatchString(tex) && !strings.Contains(tex, separator) && len(definitions)+len(tex) < maxDefinitions {
					definitions = strings.TrimPrefix(definitions+separator+tex, separator)
				}
				from = s.end
			}
		}
		if from < len(raw) {
			parts = append(parts, part{raw: raw[from:]})
		}
	})
	return parts
}

// formulasOf lists the different formulas among the parts.
func formulasOf(parts []part) []source {
	var found []source
	seen := map[source]bool{}
	for _, p := range parts {
		if p.formula != nil && !seen[*p.formula] {
			seen[*p.formula] = true
			found = append(found, *p.formula)
		}
	}
	return found
}
