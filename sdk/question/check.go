package question

import (
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/markup"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Wrong is a finding of something that learners would meet broken.
func Wrong(field, message, fix string) wire.Finding {
	return wire.Finding{Level: wire.LevelError, Field: field, Message: message, Fix: fix}
}

// Warn is a finding of something that works, but probably not as meant.
func Warn(field, message, fix string) wire.Finding {
	return wire.Finding{Level: wire.LevelWarning, Field: field, Message: message, Fix: fix}
}

// InRow puts a finding at a row of a list and a member of it, both from 0; a column below 0 is the whole row.
func InRow(f wire.Finding, row, column int) wire.Finding {
	f.Line, f.Column = row+1, column+1
	return f
}

// OneOf finds a value that is none of those known; the first four are named.
func OneOf(field, value string, known ...string) []wire.Finding {
	if slices.Contains(known, value) {
		return nil
	}
	return []wire.Finding{Warn(field, "the value \""+value+"\" is unknown, so the default holds", "use one of "+strings.Join(known[:min(4, len(known))], ", "))}
}

// Pictures finds images without a text in an author's HTML.
func Pictures(field, source string) []wire.Finding {
	var findings []wire.Finding
	for tag := range markup.Tags(source) {
		if tag.Name != "img" {
			continue
		}
		if _, said := tag.Attr("alt"); !said {
			f := Warn(field, "a picture has no text, so who cannot see it misses it",
				`write alt="what it shows" into the img, or alt="" where it only decorates`)
			f.Line = tag.Line
			findings = append(findings, f)
		}
	}
	return findings
}

// Duplicates finds rows whose text stands in an earlier row: learners could not tell them apart. Rows without a text are found
// too. column is the text's place in a row, from 0.
func Duplicates(field string, column int, texts []string) []wire.Finding {
	var findings []wire.Finding
	seen := map[string]bool{}
	for i, text := range texts {
		plain := strings.ToLower(markup.Text(text))
		if plain == "" && !strings.Contains(text, "<img") {
			findings = append(findings, InRow(Wrong(field, "this row has no text", "write one, or remove the row"), i, column))
			continue
		}
		if key := plain + "\x00" + pictured(text); seen[key] {
			findings = append(findings, InRow(Wrong(field, "the same text stands in a row before", "change one of the two, or remove it"), i, column))
		} else {
			seen[key] = true
		}
		for _, f := range Pictures(field, text) {
			findings = append(findings, InRow(f, i, column))
		}
	}
	return findings
}

// pictured are a text's pictures and formulas, by which choices without words differ.
func pictured(source string) string {
	var names []string
	for tag := range markup.Tags(source) {
		if src, ok := tag.Attr("src"); ok {
			names = append(names, src)
		}
	}
	return strings.Join(names, "\x00")
}

// check finds what is wrong with the fields that all types share.
func (f *Fields) check() []wire.Finding {
	var findings []wire.Finding
	if strings.TrimSpace(f.Prompt) == "" {
		findings = append(findings, Wrong("prompt", "the question is empty", "write what is asked"))
	}
	findings = append(findings, Pictures("prompt", f.Prompt)...)
	for i, hint := range f.Hints {
		if strings.TrimSpace(hint) == "" {
			findings = append(findings, InRow(Warn("hints", "this hint is empty", "write one, or remove the row"), i, 0))
		}
		for _, found := range Pictures("hints", hint) {
			findings = append(findings, InRow(found, i, 0))
		}
	}
	findings = append(findings, Pictures("solution", f.Solution)...)
	findings = append(findings, f.Check()...)
	return append(findings, OneOf("rerandomize", f.Rerandomize, "per_student", "onreset", "always", "never", "")...)
}
