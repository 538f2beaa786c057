package formula

import "strings"

// span is a formula in a text: text[start:end] with its delimiters, tex what stands between them.
type span struct {
	start, end int
	tex        string
	display    bool
}

// delimiters are what Open edX's pages know. A single $ is none: prices have it.
var delimiters = []struct {
	open, close string
	display     bool
}{
	{`\(`, `\)`, false},
	{`\[`, `\]`, true},
	{`$$`, `$$`, true},
	{`[mathjaxinline]`, `[/mathjaxinline]`, false},
	{`[mathjax]`, `[/mathjax]`, true},
}

// environments may stand in a text without delimiters, and make a formula of their own.
var environments = []string{
	"equation", "equation*", "align", "align*", "gather", "gather*", "multline", "multline*", "eqnarray", "eqnarray*",
	"alignat", "alignat*",
}

// hints are what every text with a formula holds.
var hints = []string{`\(`, `\[`, `$$`, `[mathjax`, `\begin{`}

// mayHold saves a closer look at what surely holds no formula.
func mayHold(text string) bool {
	for _, hint := range hints {
		if strings.Contains(text, hint) {
			return true
		}
	}
	return false
}

const (
	// reach is how far behind its opening delimiter a closing one is looked for, in bytes of markup.
	reach = 2 * MaxTeX
	// maxOpen is how many delimiters of one text may stay open until the rest is taken for text: looking costs reach for each.
	maxOpen = 500
)

// find lists the formulas of a text, in order. Delimiters that do not close, or hold nothing, are text.
func find(text string) []span {
	var found []span
	for i, open := 0, 0; i < len(text) && open < maxOpen; {
		next := strings.IndexAny(text[i:], `\$[`)
		if next < 0 {
			break
		}
		i += next
		s, ok := at(text, i)
		if !ok {
			if s.start != s.end {
				open++
			}
			i += skip(text[i:])
			continue
		}
		found = append(found, s)
		i = s.end
	}
	return found
}

// skip is how much of a text that starts no formula is passed over: a run of dollars counts as one, so that "$$$" opens
// nothing in its middle.
func skip(text string) int {
	if n := len(text) - len(strings.TrimLeft(text, "$")); n > 0 {
		return n
	}
	return 1
}

// at reads the formula that starts exactly there. A span that is not ok and not empty was looked for in vain.
func at(text string, start int) (span, bool) {
	rest := text[start:min(len(text), start+reach)]
	for _, d := range delimiters {
		if !strings.HasPrefix(rest, d.open) {
			continue
		}
		if d.open == "$$" && strings.HasPrefix(rest, "$$$") {
			return span{}, false
		}
		length, ok := closes(rest[len(d.open):], d.close)
		if !ok {
			return span{start: start, end: start + 1}, false
		}
		tex := rest[len(d.open) : len(d.open)+length]
		return span{start, start + len(d.open) + length + len(d.close), tex, d.display}, strings.TrimSpace(tex) != ""
	}
	if after, ok := strings.CutPrefix(rest, `\begin{`); ok {
		return environment(rest, after, start)
	}
	return span{}, false
}

func environment(rest, after string, start int) (span, bool) {
	for _, name := range environments {
		if !strings.HasPrefix(after, name+"}") {
			continue
		}
		end := `\end{` + name + `}`
		length := strings.Index(rest, end)
		if length < 0 {
			return span{start: start, end: start + 1}, false
		}
		length += len(end)
		return span{start, start + length, rest[:length], true}, true
	}
	return span{}, false
}

// closes finds the closing delimiter, outside of braces as TeX reads them, and never twice the same dollar.
func closes(text, closing string) (int, bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		if depth == 0 && strings.HasPrefix(text[i:], closing) {
			if closing == "$$" && strings.HasPrefix(text[i:], "$$$") {
				return 0, false
			}
			return i, true
		}
		switch text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth = max(0, depth-1)
		}
	}
	return 0, false
}
