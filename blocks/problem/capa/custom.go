package capa

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// customKey is the key of a customresponse or a schematicresponse: Python that judges.
type customKey struct {
	// Function is the name of a check function in the problem's script, Code is a program of the response's own. Without
	// either nothing is judged.
	Function string `json:"f,omitempty"`
	Code     string `json:"c,omitempty"`
	// Circuit says that answers are JSON and that the program alone decides (schematicresponse).
	Circuit bool `json:"k,omitempty"`
	// Expect is the author's answer, Options his options; nil is Python's None.
	Expect  *string `json:"e,omitempty"`
	Options *string `json:"o,omitempty"`
	// Extra are further arguments of the function, by name.
	Extra []string `json:"a,omitempty"`
	// Empty says that the author meant to write a program and did not.
	Empty bool `json:"b,omitempty"`
	// Complain says that an empty answer gets a message.
	Complain bool `json:"n,omitempty"`
	// Shown are answers that inputs state, one for each input; "" where it states none.
	Shown []string `json:"s,omitempty"`
}

func (v *customKey) read(s *Stored) {
	text := func(text *string, s *Stored) { *text = s.Text() }
	s.Fields(func(key string) bool {
		switch key {
		case "f":
			v.Function = s.Text()
		case "c":
			v.Code = s.Text()
		case "k":
			v.Circuit = s.Truth()
		case "e":
			v.Expect = optional(s, text)
		case "o":
			v.Options = optional(s, text)
		case "a":
			v.Extra = s.Texts()
		case "b":
			v.Empty = s.Truth()
		case "n":
			v.Complain = s.Truth()
		case "s":
			v.Shown = s.Texts()
		default:
			return s.Unknown()
		}
		return true
	})
}

// expression is what may name a check function: a name, or a name in a module.
var expression = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)

var argument = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)

type customResponse struct{}

func (customResponse) compile(c *compiler, e *element, r *Response) {
	key := &customKey{Function: pystr.Strip(c.sub(e.value("cfn"))), Extra: pystr.Fields(c.sub(e.value("cfn_extra_args")))}
	for _, name := range []string{"answer", "expect"} { // the second hides the first
		if text, ok := e.attr(name); ok {
			text = c.sub(text)
			key.Expect = &text
		}
	}
	if text, ok := e.attr("options"); ok {
		text = c.sub(text)
		key.Options = &text
	}
	key.Complain = e.value("empty_answer_err") != ""
	key.Shown = c.statedAnswers(e)
	switch answer := e.child("answer"); {
	case key.Function != "":
		if !expression.MatchString(key.Function) && !c.unknown(key.Function) {
			c.mistake(e, "cfn=%q names no function", "write the name of a function that the script defines", key.Function)
			r.Broken = broken()
		}
	case answer == nil:
		c.warn(e, "<customresponse> has no check function", `write cfn="..." and the function in a <script>, or an <answer> with a program`)
	case strings.TrimSpace(answer.allText()) == "":
		c.mistake(answer, "<answer> holds no program", "write Python that sets correct[0]")
		key.Empty = true
	default:
		key.Code = answer.allText()
	}
	if slices.ContainsFunc(key.Extra, func(name string) bool { return !argument.MatchString(name) }) && !c.unknown(e.value("cfn_extra_args")) {
		c.mistake(e, "cfn_extra_args=%q lists something that is no name", `write names with spaces between, such as "options attempt"`, e.value("cfn_extra_args"))
		r.Broken = broken()
	}
	r.Custom = key
}

// statedAnswers are the answers that inputs show when nothing else is stated; nil when none does.
func (c *compiler) statedAnswers(e *element) []string {
	var list []string
	some := false
	e.walk(func(kid *element) bool {
		if !isInput(kid.name) {
			return true
		}
		text := c.sub(kid.value("correct_answer"))
		list, some = append(list, text), some || text != ""
		return false
	})
	if !some {
		return nil
	}
	return list
}

func (customResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	key := r.Custom
	given := make([]any, len(parts))
	for i := range parts {
		answer, ok := g.answers[parts[i].ID]
		if !ok { // no form leaves a field out
			return invalid(parts[i].ID, "fill_in")
		}
		given[i] = answer.python()
	}
	if len(parts) == 1 && !truthy(given[0]) {
		if key.Complain {
			parts[0].Message = `<span class="inline-error">No answer entered!</span>`
		}
		return nil
	}
	if key.Function == "" && key.Code == "" {
		unjudged(parts)
		if key.Empty {
			return ungradable("cannot_grade")
		}
		return nil
	}
	context := g.customContext(r, given, parts)
	if key.Function == "" {
		left, failure := g.run(Program{
			Code: key.Code, Globals: globals(g.secret.vars(), context), Want: []string{"correct", "messages", "overall_message", "grade_decimals"},
		})
		if failure != nil {
			return failure
		}
		return g.inlineReply(left, parts)
	}
	left, failure := g.run(key.call(g, context, given))
	if failure != nil {
		return failure
	}
	object, _ := left.(object)
	returned, ok := object.get("cfn_return")
	if !ok {
		return ungradable("cannot_grade") // what JSON cannot hold is no judgement
	}
	return g.customReply(returned, parts)
}

// python is an answer as scripts see it.
func (a Answer) python() any {
	switch {
	case a.Kind == AnswerList:
		return append([]string{}, a.List...)
	case a.Kind == AnswerOther && (a.Text == "None" || a.Text == "null" || a.Text == "0" || a.Text == "0.0" || a.Text == "False"):
		return "" // what no form sends, and Python takes for nothing
	}
	return a.Text
}

func truthy(given any) bool {
	switch given := given.(type) {
	case string:
		return given != ""
	case []string:
		return len(given) > 0
	}
	return true
}

func (s *Secret) vars() string {
	if s.Setup == nil {
		return ""
	}
	return s.Setup.Vars
}

// customContext is what a program that judges finds.
func (g *grading) customContext(r *Response, given []any, parts []Part) map[string]any {
	ids, correct, messages := make([]string, len(parts)), make([]string, len(parts)), make([]string, len(parts))
	answers := map[string]any{}
	for i := range parts {
		ids[i], correct[i] = parts[i].ID, string(Unknown)
	}
	for id, answer := range g.answers {
		answers[id] = answer.python()
	}
	key := r.Custom
	return map[string]any{
		"seed": g.at.Seed, "anonymous_student_id": g.at.Learner, "attempt": max(1, g.at.Attempt), "debug": false, "testdat": "hello world",
		"response_id": responseID(parts), "expect": key.Expect, "options": key.Options, "submission": given, "idset": ids, "answers": answers,
		"dynamath": make([]any, len(parts)), "correct": correct, "messages": messages, "overall_message": "",
	}
}

// responseID numbers the response by its first input.
func responseID(parts []Part) string {
	if len(parts) == 0 {
		return ""
	}
	id, _, _ := strings.Cut(parts[0].ID, "_")
	return id
}

// call is the program that asks a check function.
func (v *customKey) call(g *grading, context map[string]any, given []any) Program {
	var answer any = given
	if len(given) == 1 {
		answer = given[0]
	}
	more := map[string]any{}
	var left value
	if len(v.Extra) > 0 {
		left, _ = parseValue([]byte(g.secret.vars())) // without a script nothing is left
	}
	for _, name := range v.Extra {
		value, ok := context[name]
		if !ok {
			value = jsonOf(memberOf(left, name))
		}
		more[name] = value
	}
	code := "cfn_return = " + v.Function + "(*_asked, **_more)\n"
	if g.secret.Setup != nil {
		code = g.secret.Setup.Code + "\n" + code
	}
	return Program{Code: code, Want: []string{"cfn_return"}, Globals: globals("", map[string]any{
		"seed": g.at.Seed, "anonymous_student_id": g.at.Learner, "_asked": []any{v.Expect, answer}, "_more": more,
	})}
}

func (customResponse) reveal(r *Response) []Shown {
	key := r.Custom
	if len(r.Inputs) == 1 && key.Expect != nil && *key.Expect != "" {
		return []Shown{{ID: r.Inputs[0].ID, Texts: []string{*key.Expect}}}
	}
	var list []Shown
	for i, text := range key.Shown {
		if text != "" {
			list = append(list, Shown{ID: r.Inputs[i].ID, Texts: []string{text}})
		}
	}
	return list
}

func (customResponse) solve(r *Response) []Answers {
	stated := Answers{}
	for i, text := range r.Custom.Shown {
		stated[r.Inputs[i].ID] = Given(text)
	}
	var list []Answers
	if len(stated) > 0 {
		list = append(list, stated)
	}
	if len(r.Inputs) == 1 && r.Custom.Expect != nil {
		list = append(list, Answers{r.Inputs[0].ID: Given(*r.Custom.Expect)})
	}
	return list
}
