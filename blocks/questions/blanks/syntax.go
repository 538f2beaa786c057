package blanks

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/sdk/markup"
)

// How a blank is filled.
const (
	words  = "text"
	figure = "number"
	choice = "choose"
)

// maxBlanks bounds the blanks of a text.
const maxBlanks = 100

// piece is a part of the author's text: markup, and the blank behind it.
type piece struct {
	html  string
	blank *blank
}

// blank is one as the author wrote it.
type blank struct {
	kind string
	// right are the texts that are right, or what was written of a number; others are wrong choices.
	right, others []string
	// value, least and most say which numbers are right.
	value, least, most float64
	feedback           string
}

// mistake is something in the text that makes no blank, and where: both count from 1.
type mistake struct {
	line, column int
	message, fix string
}

// parse reads a text with blanks:
//
//	The capital of France is [[Paris | Lutetia]].
//	It has [[number: 2.1 ± 0.2]] million people and lies on the [[choose: *Seine | Rhine | Thames]].
//	[[Paris || It begins with a P.]]
//
// Alternatives stand between bars, what is said to a wrong answer behind two of them. A blank in a tag is none, and neither is one
// behind a backslash, as in a formula.
func parse(source string) ([]piece, []mistake) {
	var pieces []piece
	var mistakes []mistake
	wrong := func(at int, message, fix string) {
		before := source[:at]
		line := strings.Count(before, "\n") + 1
		mistakes = append(mistakes, mistake{line, len([]rune(before[strings.LastIndex(before, "\n")+1:])) + 1, message, fix})
	}
	from, at := 0, 0
	for at < len(source) {
		rest := source[at:]
		switch {
		case tagged(rest):
			end := strings.IndexByte(rest, '>')
			if end < 0 {
				end = len(rest) - 1
			}
			at += end + 1
		case strings.HasPrefix(rest, "]]") && !escaped(source, at):
			wrong(at, "]] closes a blank that was never opened", "write [[ where it begins, or remove it")
			at += 2
		case !strings.HasPrefix(rest, "[[") || escaped(source, at):
			at++
		default:
			end := strings.Index(rest, "]]")
			if end < 0 || strings.Contains(rest[2:end], "[[") {
				wrong(at, "[[ opens a blank that never closes", "write ]] where it ends")
				at += 2
				continue
			}
			b, message, fix := read(rest[2:end])
			switch {
			case message != "":
				wrong(at, message, fix)
			case len(pieces) >= maxBlanks:
				wrong(at, "a text takes at most 100 blanks", "divide it")
			default:
				pieces = append(pieces, piece{source[from:at], b})
				from = at + end + 2
			}
			at += end + 2
		}
	}
	return append(pieces, piece{html: source[from:]}), mistakes
}

// tagged reports whether a tag or a comment begins.
func tagged(text string) bool {
	if len(text) < 2 || text[0] != '<' {
		return false
	}
	c := text[1]
	return c == '/' || c == '!' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// escaped reports whether a backslash stands before a place.
func escaped(text string, at int) bool { return at > 0 && text[at-1] == '\\' }

// kinds are the words by which a blank says what it is.
var kinds = map[string]string{
	"text": words, "number": figure, "num": figure, "choose": choice, "choice": choice, "select": choice, "dropdown": choice, "list": choice,
}

// read reads what stands between the brackets. message is what is wrong with it, "" for nothing.
func read(source string) (b *blank, message, fix string) {
	text, feedback, _ := strings.Cut(source, "||")
	text = strings.TrimSpace(plain(text))
	b = &blank{kind: words, feedback: strings.TrimSpace(feedback)}
	if name, after, found := strings.Cut(text, ":"); found && kinds[strings.ToLower(strings.TrimSpace(name))] != "" {
		b.kind, text = kinds[strings.ToLower(strings.TrimSpace(name))], strings.TrimSpace(after)
	}
	if text == "" {
		return b, "a blank holds nothing", "write the answer between [[ and ]]"
	}
	switch b.kind {
	case figure:
		return b.number(text)
	case choice:
		return b.choices(text)
	}
	for one := range strings.SplitSeq(text, "|") {
		if one = strings.TrimSpace(one); one != "" {
			b.right = append(b.right, one)
		}
	}
	if len(b.right) == 0 {
		return b, "a blank holds nothing", "write the answer between [[ and ]]"
	}
	return b, "", ""
}

// plain is the text of a piece of markup, its spaces as they are.
func plain(source string) string {
	if strings.Contains(source, "<") {
		return markup.Text(source)
	}
	return html.UnescapeString(source)
}

// number reads 3.14, 3.14 ± 0.01, 3.14 +- 1 % and 3 .. 4.
func (b *blank) number(text string) (*blank, string, string) {
	const fix = "write it as in [[number: 3.14 ± 0.01]], [[number: 3.14 ± 1 %]] or [[number: 3 .. 4]]"
	text = strings.NewReplacer("+-", "±", "+/-", "±", "…", "..").Replace(text)
	b.right = []string{text}
	if low, high, found := strings.Cut(text, ".."); found {
		least, most := exact(low), exact(high)
		if math.IsNaN(least) || math.IsNaN(most) || least > most {
			return b, fmt.Sprintf("%q is no range of numbers", text), fix
		}
		b.value, b.least, b.most = least, least, most
		b.right = []string{strings.TrimSpace(low)}
		return b, "", ""
	}
	center, tolerance, found := strings.Cut(text, "±")
	b.value = exact(center)
	b.right = []string{strings.TrimSpace(center)}
	by := 0.0
	if found {
		share, percent := strings.CutSuffix(strings.TrimSpace(tolerance), "%")
		if by = exact(share); percent {
			by = math.Abs(b.value) * by / 100
		}
	}
	if math.IsNaN(b.value) || math.IsNaN(by) || by < 0 {
		return b, fmt.Sprintf("%q is no number", text), fix
	}
	b.least, b.most = b.value-by, b.value+by
	return b, "", ""
}

// exact is a number that is all of a text, NaN for none. Authors write it with a point.
func exact(text string) float64 {
	n, err := number.Parse(text, "en")
	if err != nil || n.Rest != "" {
		return math.NaN()
	}
	return n.Value
}

// choices reads *right | wrong | wrong.
func (b *blank) choices(text string) (*blank, string, string) {
	seen := map[string]bool{}
	for one := range strings.SplitSeq(text, "|") {
		one, right := strings.CutPrefix(strings.TrimSpace(one), "*")
		one = strings.TrimSpace(one)
		switch {
		case one == "":
			continue
		case seen[one]:
			return b, fmt.Sprintf("the choice %q stands twice in a blank", one), "remove one"
		case right:
			b.right = append(b.right, one)
		default:
			b.others = append(b.others, one)
		}
		seen[one] = true
	}
	switch {
	case len(b.right) == 0:
		return b, "no choice of a blank is marked as right", "write a * before it, as in [[choose: *Seine | Rhine]]"
	case len(seen) < 2:
		return b, "a blank has a single choice", "write others, divided by |"
	}
	return b, "", ""
}
