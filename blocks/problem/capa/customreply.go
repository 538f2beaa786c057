package capa

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// half is what a partly right answer earns where the author names no share.
const half = 0.5

// maxCredit bounds what a program may give for one input, either way. More is a mistake of its author, and no verdict that a host takes.
const maxCredit = 1e6

// creditOf is a program's number of points, or its share of them.
func creditOf(v value) (float64, bool) {
	credit, is := pythonFloat(v)
	return credit, is && math.Abs(credit) <= maxCredit
}

// unjudged marks inputs that no program said anything about.
func unjudged(parts []Part) {
	for i := range parts {
		parts[i].give(Unknown, 0)
	}
}

// correctnessOf reads what a check function says of an answer: whatever is true and neither "false" nor partial is right.
func correctnessOf(ok value) Correctness {
	text := "false"
	if truth(ok) {
		text = pystr.Strip(pystr.Lower(pythonText(ok)))
	}
	switch {
	case text == "false":
		return Incorrect
	case strings.Contains(text, "partial"):
		return Partial
	}
	return Correct
}

func share(c Correctness) float64 {
	switch c {
	case Correct:
		return 1
	case Partial:
		return half
	case Incorrect, Unknown:
	}
	return 0
}

// customReply reads what a check function returned: a truth value, a dictionary for the whole, or one with a list of
// dictionaries, an input each.
func (g *grading) customReply(returned value, parts []Part) *Failure {
	dictionary, ok := returned.(object)
	if !ok {
		c := correctnessOf(returned)
		for i := range parts {
			parts[i].give(c, parts[i].Possible*share(c))
		}
		return nil
	}
	if ok, is := dictionary.get("ok"); is {
		return g.wholeReply(dictionary, correctnessOf(ok), parts)
	}
	if list, is := dictionary.get("input_list"); is {
		items, _ := list.([]value)
		g.overall = messageHTML(memberOf(dictionary, "overall_message"))
		return listReply(items, parts)
	}
	return ungradable("cannot_grade")
}

func (g *grading) wholeReply(dictionary object, c Correctness, parts []Part) *Failure {
	earned := share(c)
	if decimal, is := dictionary.get("grade_decimal"); is {
		if earned, is = creditOf(decimal); !is {
			return ungradable("cannot_grade")
		}
	}
	for i := range parts {
		parts[i].give(c, parts[i].Possible*earned)
	}
	html := messageHTML(memberOf(dictionary, "msg"))
	if len(parts) == 1 {
		parts[0].Message = html
	} else {
		g.overall = html
	}
	return nil
}

func listReply(items []value, parts []Part) *Failure {
	if len(items) < len(parts) {
		return ungradable("cannot_grade")
	}
	for i := range parts {
		item, _ := items[i].(object)
		ok, is := item.get("ok")
		if !is {
			return ungradable("cannot_grade")
		}
		c := correctnessOf(ok)
		earned := share(c)
		if text := pystr.Strip(pystr.Lower(pythonText(ok))); c == Correct && text != "true" {
			earned = 0 // as the reference has it: only True and "true" earn the point by themselves
		}
		if decimal, is := item.get("grade_decimal"); is {
			if earned, is = creditOf(decimal); !is {
				return ungradable("cannot_grade")
			}
		}
		parts[i].give(c, parts[i].Possible*earned)
		parts[i].Message = messageHTML(memberOf(item, "msg"))
	}
	return nil
}

// inlineReply reads the variables that a program of a response's own left behind.
func (g *grading) inlineReply(left value, parts []Part) *Failure {
	correct, _ := memberOf(left, "correct").([]value)
	messages, _ := memberOf(left, "messages").([]value)
	decimals, _ := memberOf(left, "grade_decimals").([]value)
	if len(correct) < len(parts) || len(messages) < len(parts) || decimals != nil && len(decimals) < len(parts) {
		return ungradable("cannot_grade")
	}
	for i := range parts {
		c := named(correct[i])
		earned := share(c)
		if decimals != nil {
			var is bool
			if earned, is = creditOf(decimals[i]); !is {
				return ungradable("cannot_grade")
			}
		}
		parts[i].give(c, parts[i].Possible*earned)
		parts[i].Message = messageHTML(messages[i])
	}
	g.overall = messageHTML(memberOf(left, "overall_message"))
	return nil
}

// named is a correctness by Open edX's words; others say nothing.
func named(v value) Correctness {
	text, _ := v.(string)
	if c := Correctness(text); c == Correct || c == Incorrect || c == Partial {
		return c
	}
	return Unknown
}

// messageHTML is what an author's program says, as HTML that is well-formed; what is no markup is text. The host sanitises it.
func messageHTML(v value) string {
	if !truth(v) {
		return ""
	}
	return wellFormed(pythonText(v))
}

// jsonOf is a value as encoding/json writes it.
func jsonOf(v value) any {
	switch v := v.(type) {
	case object:
		members := make(map[string]any, len(v))
		for _, m := range v {
			members[m.name] = jsonOf(m.value)
		}
		return members
	case []value:
		list := make([]any, len(v))
		for i := range v {
			list[i] = jsonOf(v[i])
		}
		return list
	case float64:
		return map[string]string{"$float": strings.TrimPrefix(strings.ToLower(pythonText(v)), "+")}
	case json.Number, string, bool, nil:
		return v
	}
	return nil
}
