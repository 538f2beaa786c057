// Package visual tells a problem as a form, question by question, and writes what was changed in it. The form is a view of the OLX:
// a part that nobody changes stays byte for byte as it is, and a part that the form cannot tell as a whole is shown as what it is.
package visual

import "github.com/quoin-lms/quoin/blocks/internal/olx"

// Bounds of a form.
const (
	MaxParts = 500
	MaxRows  = 500
)

// Kinds of parts.
const (
	Choice      = "choice"
	Check       = "check"
	Dropdown    = "dropdown"
	Number      = "number"
	Text        = "text"
	Prose       = "prose"
	Hints       = "hints"
	Explanation = "explanation"
	// Other is what the form cannot tell; it stays as it is.
	Other = "other"
)

// Form is a problem in parts.
type Form struct {
	// Head is what stands before the parts, with the tag of the problem, After and Tail what stands behind them.
	Head  string `json:"head"`
	After string `json:"after"`
	Tail  string `json:"tail"`
	Parts []Part `json:"parts"`
}

// Bounded reports whether a form that came from outside keeps the bounds.
func (f *Form) Bounded() bool {
	for i := range f.Parts {
		if len(f.Parts[i].Rows) > MaxRows || len(f.Parts[i].Wrong) > MaxRows || len(f.Parts[i].Sets) > MaxRows {
			return false
		}
		for _, set := range f.Parts[i].Sets {
			if len(set.Of) > MaxRows {
				return false
			}
		}
	}
	return len(f.Parts) <= MaxParts
}

// Part is a question, or what stands beside questions.
type Part struct {
	Kind string `json:"kind"`
	// Before is what stands before it and shows nothing: white space, comments. Source is the part as it stands, "" for a new one.
	Before string `json:"before"`
	Source string `json:"source"`
	// Changed says that the part is written from what follows; else its source stays.
	Changed bool `json:"changed,omitempty"`
	// Why says what the form has no place for.
	Why string `json:"why,omitempty"`

	// Body is the text of prose and of an explanation, Intro that of a question before its label, Outro that behind its choices.
	Body  Words  `json:"body"`
	Intro Words  `json:"intro"`
	Outro Words  `json:"outro"`
	Label string `json:"label"`
	Help  string `json:"help"`
	// Rows are choices, other right answers to a number or a text, or hints.
	Rows []Row `json:"rows,omitempty"`
	// Wrong are wrong texts with feedback of their own.
	Wrong []Row `json:"wrong,omitempty"`
	// Sets are feedback on ticking just some of the boxes.
	Sets []Row `json:"sets,omitempty"`

	// Credit is how choices that are not all right earn a part of the points: the attribute partial_credit, "" for all or nothing.
	Credit  string `json:"credit,omitempty"`
	Shuffle bool   `json:"shuffle,omitempty"`
	// Pool is of how many choices one right one and some wrong ones are drawn: the attribute answer-pool.
	Pool      string `json:"pool,omitempty"`
	Answer    string `json:"answer,omitempty"`
	Tolerance string `json:"tolerance,omitempty"`
	Feedback  string `json:"feedback,omitempty"`
	// Compare says how a text is compared: the attribute type.
	Compare string `json:"compare,omitempty"`

	// Solved says that the question holds its explanation itself.
	Solved      bool  `json:"solved,omitempty"`
	Explanation Words `json:"explanation"`

	// What the form shows nowhere and gives back as it is.
	Keep kept `json:"keep"`
}

// Words are a text: paragraphs, or markup as it stands.
type Words struct {
	Text string `json:"text"`
	Raw  bool   `json:"raw,omitempty"`
}

// Row is one choice, answer or hint.
type Row struct {
	Text    string `json:"text"`
	Correct bool   `json:"correct,omitempty"`
	// Feedback is for who gave the answer, Unselected for who did not tick a box.
	Feedback   string `json:"feedback,omitempty"`
	Unselected string `json:"unselected,omitempty"`
	// Partial says that a choice is partly right, and Points which share of the points it earns, "" for half of them.
	Partial bool   `json:"partial,omitempty"`
	Points  string `json:"points,omitempty"`
	// Fixed says that a choice stays where it is when the others are shuffled.
	Fixed bool `json:"fixed,omitempty"`
	// Pattern says that a wrong text is a pattern.
	Pattern bool `json:"pattern,omitempty"`
	// Of are the boxes of a set, by their places from 0.
	Of   []int `json:"of,omitempty"`
	Keep kept  `json:"keep"`
}

// kept are attributes and pieces without a place in the form.
type kept struct {
	Attrs []olx.Attribute `json:"attrs,omitempty"` // of the response, of a choice, of an answer
	Group []olx.Attribute `json:"group,omitempty"` // of a list of choices, or of a tolerance
	Hint  []olx.Attribute `json:"hint,omitempty"`  // of feedback
	More  []olx.Attribute `json:"more,omitempty"`  // of feedback on a box that was left empty
	// Input is the field of a number or a text, Rest what stands beside it.
	Input string `json:"input,omitempty"`
	Rest  string `json:"rest,omitempty"`
	// List says that a drop-down list has its options in an attribute.
	List bool `json:"list,omitempty"`
	// Empty are a label and a description that stand there and say nothing.
	Empty []string `json:"empty,omitempty"`
	// Wrap is how an explanation is wrapped.
	Wrap string `json:"wrap,omitempty"`
}

// tag is the element of a kind of question.
func tag(kind string) string {
	switch kind {
	case Choice:
		return "multiplechoiceresponse"
	case Check:
		return "choiceresponse"
	case Dropdown:
		return "optionresponse"
	case Number:
		return "numericalresponse"
	case Text:
		return "stringresponse"
	}
	return ""
}

// kindOf is the kind of question of an element, "" for none.
func kindOf(name string) string {
	for _, kind := range []string{Choice, Check, Dropdown, Number, Text} {
		if tag(kind) == name {
			return kind
		}
	}
	return ""
}

// attr finds an attribute.
func attr(list []olx.Attribute, name string) string {
	for _, a := range list {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// with sets an attribute where it stands, or behind the others.
func with(list []olx.Attribute, name, value string) []olx.Attribute {
	out := append([]olx.Attribute{}, list...)
	for i := range out {
		if out[i].Name == name {
			out[i].Value = value
			return out
		}
	}
	return append(out, olx.Attribute{Name: name, Value: value})
}

// without takes attributes out.
func without(list []olx.Attribute, names ...string) []olx.Attribute {
	var out []olx.Attribute
next:
	for _, a := range list {
		for _, name := range names {
			if a.Name == name {
				continue next
			}
		}
		out = append(out, a)
	}
	return out
}
