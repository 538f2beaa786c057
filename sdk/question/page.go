package question

import (
	"html"
	"strconv"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/sdk"
)

// Form is the form that every control of a view joins.
const Form = "quoin:form"

// Page writes a view: markup into the builder, words in the reader's language.
type Page struct {
	strings.Builder
	Call *sdk.Call
	// Answers fill the controls: what the learner submitted or saved last.
	Answers Answers
	// Kept are the learner's files, where the kind takes some.
	Kept []Kept
	// Result is the newest judgement on Answers that may be shown, nil when there is none.
	Result *Result
	// Closed says that the controls take nothing now.
	Closed bool
}

// Raw appends markup.
func (p *Page) Raw(parts ...string) {
	for _, part := range parts {
		p.WriteString(part)
	}
}

// Put appends text that may hold anything.
func (p *Page) Put(text string) { p.WriteString(html.EscapeString(text)) }

// Say appends a sentence of the catalogue.
func (p *Page) Say(key string, args ...any) { p.Put(p.Call.T(key, args...)) }

// Attr appends an attribute; an empty value is none.
func (p *Page) Attr(name, value string) {
	if value != "" {
		p.Raw(" ", name, `="`, html.EscapeString(value), `"`)
	}
}

// Flag appends an attribute without a value where it is on.
func (p *Page) Flag(name string, on bool) {
	if on {
		p.Raw(" ", name)
	}
}

// ID is an id that is unique on the page.
func ID(name string) string { return "quoin:id/" + name }

// SayAt appends a sentence whose {0} is a moment, in milliseconds since 1970 UTC. The page's script turns it into the reader's
// own time.
func (p *Page) SayAt(key string, milliseconds int64) {
	const place = "{time}"
	before, after, _ := strings.Cut(p.Call.T(key, place), place)
	at := time.UnixMilli(milliseconds).UTC()
	p.Put(before)
	p.Raw(`<time datetime="`, at.Format("2006-01-02T15:04:05Z"), `" data-local="">`, at.Format("2006-01-02 15:04 UTC"), `</time>`)
	p.Put(after)
}

// Paragraph appends a sentence of the catalogue as a paragraph.
func (p *Page) Paragraph(key string, args ...any) {
	p.Raw("<p>")
	p.Say(key, args...)
	p.Raw("</p>")
}

// Status appends a word with the icon of its class: correct, incorrect, partially-correct, submitted or grading.
func (p *Page) Status(class, key string) {
	p.Raw(`<p class="status `, class, `">`)
	p.Say(key)
	p.Raw("</p>")
}

// Number writes points as people do, with at most two decimals.
func Number(points float64) string {
	text := strconv.FormatFloat(points, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
