package capa

import (
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
	"github.com/quoin-lms/quoin/blocks/problem/pyre"
)

// stringKey is the key of a stringresponse.
type stringKey struct {
	// Answers are the alternatives, the author's first one first.
	Answers []string `json:"a"`
	// Fold disregards case. Pattern makes the alternatives one regular expression. Split says that they come from the
	// old form "a_or_b".
	Fold    bool `json:"f,omitempty"`
	Pattern bool `json:"r,omitempty"`
	Split   bool `json:"o,omitempty"`
	// Hints belong to right answers, Wrong to others; the first that fits is taken.
	Hints []textHint `json:"h,omitempty"`
	Wrong []textHint `json:"w,omitempty"`
	// Group are hints of a hint group.
	Group []groupHint `json:"g,omitempty"`
	Mode  string      `json:"m,omitempty"`
}

type textHint struct {
	Answer  string `json:"a"`
	Pattern bool   `json:"r,omitempty"`
	Hint
}

// groupHint shows HTML for an answer.
type groupHint struct {
	Answer string `json:"a"`
	HTML   string `json:"h"`
}

type stringResponse struct{}

func (stringResponse) compile(c *compiler, e *element, r *Response) {
	key := &stringKey{}
	for _, word := range pystr.Fields(e.value("type")) {
		key.Fold = key.Fold || word == "ci"
		key.Pattern = key.Pattern || word == "regexp"
	}
	answer := pystr.Strip(c.sub(e.value("answer")))
	if h := e.child("correcthint"); h != nil {
		key.add(&key.Hints, answer, key.Pattern, c.hint(h))
	}
	if strings.Contains(answer, "_or_") {
		key.Split, key.Pattern = true, false
		for _, part := range strings.Split(answer, "_or_") {
			key.Answers = append(key.Answers, pystr.Strip(part))
		}
	} else {
		key.Answers = []string{answer}
	}
	for _, kid := range e.children("additional_answer") {
		c.additional(key, kid)
	}
	c.wrongHints(key, e)
	c.hintGroup(key, e)
	r.String = key
	c.checkPatterns(key, e)
}

func (k *stringKey) add(list *[]textHint, answer string, pattern bool, hint *Hint) {
	if hint != nil {
		*list = append(*list, textHint{answer, pattern, *hint})
	}
}

// additional reads another right answer: an attribute, or the text of old problems.
func (c *compiler) additional(key *stringKey, e *element) {
	answer, ok := e.attr("answer")
	if !ok {
		answer = e.leading()
	}
	answer = pystr.Strip(c.sub(answer))
	if h := e.child("correcthint"); h != nil {
		key.add(&key.Hints, answer, key.Pattern, c.hint(h))
	}
	switch {
	case answer == "":
		c.warn(e, "<additional_answer> states no answer", `write answer="..."`)
	case key.Split:
		c.warn(e, "an additional answer does not count beside _or_", "write each answer as <additional_answer>, without _or_")
	default:
		key.Answers = append(key.Answers, answer)
	}
}

func (c *compiler) wrongHints(key *stringKey, e *element) {
	for _, kid := range e.children("stringequalhint") {
		key.add(&key.Wrong, c.sub(kid.value("answer")), false, c.hint(kid))
	}
	for _, kid := range e.children("regexphint") {
		pattern := c.sub(kid.value("answer"))
		if pattern == "" {
			c.warn(kid, "the hint has no pattern", `write answer="..."`)
			continue
		}
		if !c.unknown(pattern) {
			if _, err := pyre.Compile("^"+pattern+"$", key.Fold); err != nil {
				c.mistake(kid, "the pattern %q is no regular expression: %s", "mend it; the hint never shows", pattern, reason(err))
				continue
			}
		}
		key.add(&key.Wrong, pattern, true, c.hint(kid))
	}
}

// hintGroup reads <hintgroup>: named conditions, and texts for their names.
func (c *compiler) hintGroup(key *stringKey, e *element) {
	group := e.child("hintgroup")
	if group == nil {
		return
	}
	key.Mode = group.value("mode")
	if key.Mode == "" {
		key.Mode = "always"
	}
	parts := group.children("hintpart")
	for _, part := range parts {
		for _, condition := range group.children("stringhint") {
			text := part.child("text")
			if condition.value("name") != part.value("on") || text == nil {
				continue
			}
			key.Group = append(key.Group, groupHint{pystr.Strip(c.sub(condition.value("answer"))), c.inner(text)})
		}
	}
}

func (c *compiler) checkPatterns(key *stringKey, e *element) {
	if !key.Pattern || c.unknown(strings.Join(key.Answers, "")) {
		return
	}
	if _, err := key.compilePattern(key.Answers); err != nil {
		c.mistake(e, "the answer is no regular expression: %s", `mend it, or remove "regexp" from type`, reason(err))
	}
}

func reason(err error) string {
	var e *pyre.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return err.Error()
}

// compilePattern joins alternatives as Open edX does: only the first is bound to the start and only the last to the end.
func (k *stringKey) compilePattern(answers []string) (*pyre.Regexp, error) {
	return pyre.Compile("^"+strings.Join(answers, "|")+"$", k.Fold)
}

// matches reports whether a text is one of the alternatives.
func (k *stringKey) matches(answers []string, pattern bool, given string) (bool, *Failure) {
	if given == "" {
		return false, nil
	}
	if pattern {
		re, err := k.compilePattern(answers)
		if err != nil {
			return false, ungradable("cannot_grade")
		}
		ok, err := re.Search(given)
		if err != nil {
			return false, ungradable("pattern_slow")
		}
		return ok, nil
	}
	if k.Fold {
		given = pystr.Lower(given)
	}
	for _, answer := range answers {
		if k.Fold {
			answer = pystr.Lower(answer)
		}
		if answer == given {
			return true, nil
		}
	}
	return false, nil
}

func (stringResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.String, &parts[0]
	answer, ok := g.answers[part.ID]
	if !ok {
		return nil
	}
	given := pystr.Strip(answer.Text)
	if answer.Kind != AnswerText {
		given = ""
	}
	right, failure := key.matches(key.Answers, key.Pattern, given)
	if failure != nil {
		return failure
	}
	if right {
		part.Correctness = Correct
	}
	part.Feedback = key.feedback(answer.Text, right)
	for _, hint := range key.Group {
		if ok, _ := key.matches([]string{hint.Answer}, key.Pattern, given); ok {
			part.Hint, part.HintMode = hint.HTML, key.Mode
		}
	}
	return nil
}

// feedback looks at the text as it was typed, white space included.
func (k *stringKey) feedback(given string, right bool) *Feedback {
	for i := range k.Hints {
		h := &k.Hints[i]
		if ok, _ := k.matches([]string{h.Answer}, h.Pattern, given); ok {
			return h.feedback(true)
		}
	}
	if right {
		return nil
	}
	for i := range k.Wrong {
		h := &k.Wrong[i]
		if ok, _ := k.matches([]string{h.Answer}, h.Pattern, given); ok {
			return h.feedback(false)
		}
	}
	return nil
}

func (stringResponse) reveal(r *Response) []Shown {
	return []Shown{{ID: r.Inputs[0].ID, Texts: r.String.Answers}}
}

func (stringResponse) solve(r *Response) []Answers {
	id, key := r.Inputs[0].ID, r.String
	var list []Answers
	for _, answer := range key.Answers {
		list = append(list, Answers{id: Given(answer)})
	}
	if !key.Pattern {
		return list
	}
	for _, answer := range key.Answers {
		re, err := pyre.Compile("^"+answer+"$", key.Fold)
		if err != nil {
			continue
		}
		for _, text := range re.Examples() {
			list = append(list, Answers{id: Given(text)})
		}
	}
	return list
}
