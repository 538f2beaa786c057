package capa

import (
	"errors"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// numberKey is the key of a numericalresponse.
type numberKey struct {
	Answer string `json:"a"`
	// Range is set where the answer is an interval; then Tolerance does not count.
	Range *interval `json:"r,omitempty"`
	// Tolerance is the author's, "" for the default.
	Tolerance string `json:"t,omitempty"`
	// Close > 0 gives half the credit within so many times the tolerance (or beyond an interval, in its widths).
	Close float64 `json:"c,omitempty"`
	// List are values that earn half the credit.
	List []string `json:"l,omitempty"`
	// Bad says that partial_credit is not known.
	Bad  bool         `json:"b,omitempty"`
	Hint *Hint        `json:"h,omitempty"`
	More []numberMore `json:"m,omitempty"`
}

// numberMore is another right answer, which must be met exactly.
type numberMore struct {
	Answer string `json:"a"`
	Hint   *Hint  `json:"h,omitempty"`
}

type numberResponse struct{}

func (numberResponse) compile(c *compiler, e *element, r *Response) {
	key := &numberKey{}
	r.Number = key
	raw := e.value("answer")
	key.Answer = c.sub(raw)
	if bounds, ok := cutInterval(raw); ok {
		for i := range bounds.ends {
			bounds.ends[i] = c.sub(bounds.ends[i])
		}
		if len(bounds.ends) < 2 {
			c.mistake(e, "the interval %q has no two ends", `write answer="[1,5]"`, raw)
			r.Broken = &Message{Key: "staff_answer"}
			return
		}
		key.Range = bounds.interval()
	}
	key.Tolerance = c.tolerance(e)
	c.numberCredit(key, e)
	if h := e.child("correcthint"); h != nil {
		key.Hint = c.hint(h)
	}
	for _, kid := range e.children("additional_answer") {
		c.numberMore(key, kid)
	}
	c.checkNumber(key, e)
}

// tolerance is the first <responseparam type="tolerance" default="...">.
func (c *compiler) tolerance(e *element) string {
	for _, p := range e.descendants("responseparam") {
		text, ok := p.attr("default")
		if p.value("type") != "tolerance" || !ok {
			continue
		}
		text = c.sub(text)
		if _, err := calc.ParseTolerance(text); err != nil && !c.unknown(text) {
			c.mistake(p, "the tolerance %q is no number", `write default="0.01" or default="5%"`, text)
		}
		return text
	}
	return ""
}

func (c *compiler) numberCredit(key *numberKey, e *element) {
	listed := false
	for _, scheme := range creditSchemes(e) {
		switch scheme {
		case "close":
			key.Close = 2
		case "list":
			listed = true
		case "false":
		default:
			c.mistake(e, "partial_credit=%q is not known here", `write "close", "list" or both`, e.value("partial_credit"))
			key.Bad = true
		}
	}
	for _, p := range e.descendants("responseparam") {
		if text, ok := p.attr("partial_range"); ok && key.Close > 0 {
			v, err := strconv.ParseFloat(pystr.Strip(c.sub(text)), 64)
			if err == nil && v > 0 {
				key.Close = v
			} else if !c.unknown(text) {
				c.mistake(p, "partial_range=%q is not a number above 0", `write partial_range="2"`, text)
			}
		}
		if text, ok := p.attr("partial_answers"); ok && listed && key.List == nil {
			for _, value := range strings.Split(c.sub(text), ",") {
				key.List = append(key.List, pystr.Strip(value))
			}
		}
	}
	if listed && key.List == nil {
		c.mistake(e, "partial credit for a list, but there is no list", `add <responseparam partial_answers="1,2"/>`)
	}
}

func (c *compiler) numberMore(key *numberKey, e *element) {
	answer, ok := e.attr("answer")
	if !ok {
		c.mistake(e, "<additional_answer> states no answer", `write answer="..."`)
		return
	}
	more := numberMore{Answer: c.sub(answer)}
	if h := e.child("correcthint"); h != nil {
		more.Hint = c.hint(h)
	}
	key.More = append(key.More, more)
}

// checkNumber tries the staff's own values.
func (c *compiler) checkNumber(key *numberKey, e *element) {
	values := append([]string{}, key.List...)
	for _, more := range key.More {
		values = append(values, more.Answer)
	}
	if key.Range == nil {
		values = append(values, key.Answer)
	} else if !c.unknown(key.Range.Low + key.Range.High) {
		if _, _, failure := key.Range.ends(); failure != nil {
			c.mistake(e, "an end of the interval %q is no real number", `write answer="[1,5]"`, e.value("answer"))
		}
	}
	for _, text := range values {
		if c.unknown(text) {
			continue
		}
		if v, err := calc.Staff(text); err != nil || v.IsNaN() {
			c.mistake(e, "the answer %q is no number", "write a number or a formula such as 3*10^8", text)
		}
	}
}

func (numberResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.Number, &parts[0]
	answer, ok := g.answers[part.ID]
	if !ok {
		return nil
	}
	if answer.Kind != AnswerText {
		text := answer.Text
		if answer.Kind == AnswerList {
			text = pystr.ReprList(answer.List)
		}
		return invalid(part.ID, "math_number", text)
	}
	given, err := calc.Evaluate(answer.Text, calc.Env{})
	if err != nil {
		return formulaFailure(part.ID, answer.Text, err)
	}
	if failure := key.judge(given, part); failure != nil {
		failure.ID = part.ID
		return failure
	}
	if part.Correctness == Correct {
		return nil
	}
	for i := range key.More {
		v, err := calc.Staff(key.More[i].Answer)
		if err != nil {
			return ungradable("staff_answer")
		}
		if calc.Equal(given, v) {
			*part = Part{ID: part.ID, Correctness: Correct, Possible: part.Possible, Feedback: key.More[i].Hint.feedback(true)}
			break
		}
	}
	return nil
}

func (k *numberKey) judge(given calc.Value, part *Part) *Failure {
	if k.Bad {
		return ungradable("cannot_grade")
	}
	tolerance, failure := k.parsedTolerance()
	if failure != nil {
		return failure
	}
	var right, near bool
	if k.Range != nil {
		right, near, failure = k.Range.judge(given, k.Close)
	} else {
		right, near, failure = k.point(given, tolerance)
	}
	switch {
	case failure != nil:
		return failure
	case right:
		part.Correctness = Correct
		part.Feedback = k.Hint.feedback(true)
		return nil
	case near:
		part.give(Partial, 0.5)
		return nil
	}
	return k.listed(given, tolerance, part)
}

func (k *numberKey) parsedTolerance() (calc.Tolerance, *Failure) {
	text := k.Tolerance
	if text == "" {
		text = calc.DefaultTolerance
	}
	tolerance, err := calc.ParseTolerance(text)
	if err != nil && k.Range == nil {
		return tolerance, ungradable("cannot_grade")
	}
	return tolerance, nil
}

// point compares with a single value.
func (k *numberKey) point(given calc.Value, t calc.Tolerance) (right, near bool, _ *Failure) {
	staff, err := calc.Staff(k.Answer)
	if err != nil {
		return false, false, ungradable("staff_answer")
	}
	right = calc.Within(given, staff, t)
	near = !right && k.Close > 0 && calc.Within(given, staff, t.Scaled(k.Close))
	return right, near, nil
}

// listed gives credit for values of the list; near one of them a quarter, where nearness counts at all.
func (k *numberKey) listed(given calc.Value, t calc.Tolerance, part *Part) *Failure {
	near := false
	for _, text := range k.List {
		v, err := calc.Staff(text)
		if err != nil {
			return ungradable("staff_answer")
		}
		if calc.Within(given, v, t) {
			part.give(Partial, 0.5)
			return nil
		}
		near = near || k.Close > 0 && calc.Within(given, v, t.Scaled(k.Close))
	}
	if near {
		part.give(Partial, 0.25)
	}
	return nil
}

// formulaFailure words an error of the calculator for the learner.
func formulaFailure(id, text string, err error) *Failure {
	var e *calc.Error
	if !errors.As(err, &e) {
		return invalid(id, "math_number", text)
	}
	switch e.Code {
	case calc.Syntax:
		return invalid(id, "math_syntax", text)
	case calc.Factorial:
		return invalid(id, "math_factorial", text)
	case calc.Parentheses:
		if e.Open > 0 {
			return invalid(id, "math_unclosed", strconv.Itoa(e.Open))
		}
		return invalid(id, "math_unopened", e.Before)
	case calc.Undefined:
		return unknownNames(id, e)
	default:
		return invalid(id, "math_number", text)
	}
}

func unknownNames(id string, e *calc.Error) *Failure {
	key, args := "math_variable", []string{strings.Join(e.Names, ", ")}
	if e.Function {
		key = "math_function"
	}
	switch {
	case e.Function && e.Multiply:
		key += "_multiply"
	case len(e.Better) > 0:
		key += "_case"
		args = append(args, strings.Join(e.Better, ", "))
	}
	return invalid(id, key, args...)
}

func (numberResponse) reveal(r *Response) []Shown {
	shown := Shown{ID: r.Inputs[0].ID, Texts: []string{r.Number.Answer}}
	if r.Number.Range != nil {
		shown.Texts[0] = r.Number.Range.String()
	}
	for _, more := range r.Number.More {
		shown.Texts = append(shown.Texts, more.Answer)
	}
	return []Shown{shown}
}

func (numberResponse) solve(r *Response) []Answers {
	id, key := r.Inputs[0].ID, r.Number
	texts := []string{key.Answer}
	if key.Range != nil {
		texts = key.Range.inside()
	} else if v, err := calc.Staff(key.Answer); err == nil {
		texts = append(texts, v.Plain())
	}
	for _, more := range key.More {
		texts = append(texts, more.Answer)
	}
	var list []Answers
	for _, text := range texts {
		list = append(list, Answers{id: Given(text)})
	}
	return list
}
