// Package formula reads formulas as people type them (2x, π·r², √(a+b)) for the calculator, computes and compares them.
package formula

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
)

// MaxText bounds a formula in bytes.
const MaxText = 2000

// letters are what the calculator has names for.
var letters = strings.NewReplacer(
	"·", "*", "⋅", "*", "×", "*", "∗", "*", "÷", "/", "∕", "/", "−", "-", "–", "-", "**", "^", "[", "(", "]", ")", "{", "(", "}", ")",
	"π", " pi ", "√", " sqrt ", "∞", " infinity ", "½", "(1/2)", "¼", "(1/4)", "¾", "(3/4)",
	"α", "alpha", "β", "beta", "γ", "gamma", "δ", "delta", "ε", "epsilon", "ϵ", "epsilon", "ζ", "zeta", "η", "eta", "θ", "theta", "ϑ", "theta",
	"κ", "kappa", "λ", "lambda", "μ", "mu", "µ", "mu", "ν", "nu", "ξ", "xi", "ρ", "rho", "σ", "sigma", "τ", "tau", "φ", "phi", "ϕ", "phi", "χ", "chi",
	"ψ", "psi", "ω", "omega", "Γ", "Gamma", "Δ", "Delta", "Θ", "Theta", "Λ", "Lambda", "Σ", "Sigma", "Φ", "Phi", "Ψ", "Psi", "Ω", "Omega",
	"\u00a0", " ", "\u200e", "", "\u200f", "",
)

const superscript, ordinary = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+"

// Name gives a variable's name as formulas have it: θ is theta.
func Name(text string) string { return strings.TrimSpace(letters.Replace(strings.TrimSpace(text))) }

// GoodName reports whether a variable may be called so: letters first, then digits and underscores, and no name that means
// something already.
func GoodName(name string) bool {
	if name == "" || len(name) > 30 || !letter(name[0]) || slices.Contains([]string{"e", "pi", "i", "j"}, name) || calc.IsFunction(strings.ToLower(name)) {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf || !letter(byte(r)) && !digit(byte(r)) && r != '_' })
}

// Plain gives a formula for the calculator: products that are not written are put in, and names that stand together are taken
// apart where their parts are known. comma says that a comma divides decimals.
func Plain(text string, names []string, comma bool) string {
	text = letters.Replace(lower(text))
	if comma {
		text = decimals(text)
	}
	var b strings.Builder
	last := kindNone
	for _, t := range tokens(text, names) {
		if last.ends() && t.kind.begins() && (last != kindCall || t.text != "(") {
			b.WriteByte('*')
		}
		b.WriteString(t.text)
		last = t.kind
	}
	return b.String()
}

// lower turns superscripts into powers.
func lower(text string) string {
	var b strings.Builder
	up := false
	for _, r := range text {
		at := strings.IndexRune(superscript, r)
		if at >= 0 {
			if !up {
				b.WriteString("^(")
			}
			b.WriteByte(ordinary[utf8.RuneCountInString(superscript[:at])])
		} else if up {
			b.WriteByte(')')
		}
		if up = at >= 0; !up {
			b.WriteRune(r)
		}
	}
	if up {
		b.WriteByte(')')
	}
	return b.String()
}

// decimals makes a point of each comma between digits.
func decimals(text string) string {
	out := []byte(text)
	for i := 1; i+1 < len(out); i++ {
		if out[i] == ',' && digit(out[i-1]) && digit(out[i+1]) {
			out[i] = '.'
		}
	}
	return string(out)
}

type tokenKind int

const (
	kindNone tokenKind = iota
	kindValue
	kindCall
	kindOpen
	kindClose
	kindOther
)

func (k tokenKind) ends() bool   { return k == kindValue || k == kindClose }
func (k tokenKind) begins() bool { return k == kindValue || k == kindOpen || k == kindCall }

type token struct {
	kind tokenKind
	text string
}

func tokens(text string, names []string) []token {
	var all []token
	for i := 0; i < len(text); {
		start := i
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case digit(c) || c == '.':
			i = numberEnd(text, i)
			all = append(all, token{kindValue, text[start:i]})
		case letter(c):
			for i < len(text) && (letter(text[i]) || digit(text[i]) || text[i] == '_' || text[i] == '\'') {
				i++
			}
			all = append(all, words(text[start:i], strings.HasPrefix(strings.TrimLeft(text[i:], " "), "("), names)...)
		case c == '(':
			i++
			all = append(all, token{kindOpen, "("})
		case c == ')':
			i++
			all = append(all, token{kindClose, ")"})
		default:
			i++
			all = append(all, token{kindOther, text[start:i]})
		}
	}
	return rooted(all)
}

// rooted lets a function without parentheses take the value behind it: √2, sin x.
func rooted(all []token) []token {
	var out []token
	for i := 0; i < len(all); i++ {
		t := all[i]
		if t.kind == kindCall && i+1 < len(all) && all[i+1].kind == kindValue {
			out = append(out, t, token{kindOther, "("}, all[i+1], token{kindClose, ")"})
			i++
			continue
		}
		out = append(out, t)
	}
	return out
}

func numberEnd(text string, i int) int {
	for i < len(text) && (digit(text[i]) || text[i] == '.') {
		i++
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		k := i + 1
		if k < len(text) && (text[k] == '+' || text[k] == '-') {
			k++
		}
		if k < len(text) && digit(text[k]) {
			for k < len(text) && digit(text[k]) {
				k++
			}
			return k
		}
	}
	return i
}

// words takes a name as it is where it is known, or apart into known ones. called says that a parenthesis follows.
func words(name string, called bool, names []string) []token {
	known := func(part string) bool { return part == "pi" || part == "e" || slices.Contains(names, part) }
	function := func(part string) bool { return !slices.Contains(names, part) && calc.IsFunction(strings.ToLower(part)) }
	switch {
	case function(name):
		return []token{{kindCall, strings.ToLower(name)}}
	case known(name):
		return []token{{kindValue, name}}
	}
	var all []token
	for rest := name; rest != ""; {
		end := len(rest)
		for end > 0 && !known(rest[:end]) && (end < len(rest) || !function(rest)) {
			end--
		}
		if end == 0 { // digits behind a known name are a factor: x2 is not x*2, and nobody's name
			if called {
				return []token{{kindCall, name}}
			}
			return []token{{kindValue, name}}
		}
		kind := kindValue
		if function(rest[:end]) {
			kind = kindCall
		}
		all = append(all, token{kind, rest[:end]})
		rest = rest[end:]
	}
	return all
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
