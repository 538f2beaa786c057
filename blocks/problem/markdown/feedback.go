package markdown

import "strings"

// feedback is what stands between {{ and }} behind an answer.
type feedback struct {
	text     string
	label    string
	labelled bool // by ::, even by an empty one
}

// attrs are those of the element that holds it.
func (f *feedback) attrs(c *converter) []attr {
	if !f.labelled {
		return nil
	}
	return []attr{{"label", c.value(f.label)}}
}

// splitFeedback takes {{label:: feedback}} out of an answer; f is nil when there is none.
func splitFeedback(s string) (answer string, f *feedback) {
	open := strings.Index(s, "{{")
	end := find(s, "}}", open+2)
	if open < 0 || end < 0 {
		return s, nil
	}
	f = &feedback{text: strings.TrimSpace(s[open+2 : end])}
	if before, after, ok := strings.Cut(f.text, "::"); ok {
		f.label, f.text, f.labelled = strings.TrimSpace(before), strings.TrimSpace(after), true
	}
	return strings.TrimRight(s[:open], " \t") + s[end+2:], f
}

// splitShown is splitFeedback for answers that learners see: feedback without words stays a part of the text.
func splitShown(s string) (answer string, f *feedback) {
	answer, f = splitFeedback(s)
	if f == nil || f.text == "" {
		return s, nil
	}
	return answer, f
}
