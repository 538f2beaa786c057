package olx

import (
	"html"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
)

// Links finds the links of a text to files and blocks of a course, by line and column. What is no link of a course is left out.
func Links(own key.Course, text []byte) []Reference {
	r := &reader{course: &Course{Suggested: own, Org: own.Org, Number: own.Number, Run: own.Run}}
	links := linksIn(text)
	if len(links) == 0 {
		return nil
	}
	lines := intake.NewLines(text)
	found := make([]Reference, 0, len(links))
	for _, link := range links[:min(len(links), mostLinks)] {
		var reference Reference
		reference.Line, reference.Column = lines.Position(link.offset)
		if r.aim(&reference, html.UnescapeString(link.target)) {
			found = append(found, reference)
		}
	}
	return found
}
