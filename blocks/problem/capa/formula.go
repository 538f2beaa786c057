package capa

import (
	"errors"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
)

// formulaKey is the key of a formularesponse: a formula that is equal to the answer at every point of a domain.
type formulaKey struct {
	Answer string `json:"a"`
	Domain domain `json:"d"`
	// Tolerance is the author's, "" for the default.
	Tolerance     string `json:"t,omitempty"`
	CaseSensitive bool   `json:"c,omitempty"`
	// Hints show for formulas that are equal to theirs; the last of them wins.
	Hints []formulaHint `json:"h,omitempty"`
	Mode  string        `json:"m,omitempty"`
}

type formulaHint struct {
	Answer string `json:"a"`
	Domain domain `json:"d"`
	HTML   string `json:"h"`
}

type formulaResponse struct{}

func (formulaResponse) compile(c *compiler, e *element, r *Response) {
	key := &formulaKey{Answer: c.sub(e.value("answer")), Tolerance: c.tolerance(e)}
	kinds := strings.Split(e.value("type"), ",")
	key.CaseSensitive = slices.Contains(kinds, "cs") && !slices.Contains(kinds, "ci")
	c.public.Inputs[c.input[c.fields(e)[0]]].Kind = Formula
	samples := c.sub(e.value("samples"))
	var bad string
	if key.Domain, bad = parseDomain(samples); bad != "" {
		if !c.unknown(samples) {
			c.mistake(e, "samples=%q cannot be read: %s", `write samples="x,y@1,1:5,5#10": variables, lower and upper bounds, number of points`, samples, bad)
			r.Broken = broken()
		}
		return
	}
	c.formulaHints(key, e)
	r.Formula = key
	if !c.unknown(key.Answer + samples) {
		c.checkFormula(key, e)
	}
}

// formulaHints reads <hintgroup>: formulas by name, and texts for their names.
func (c *compiler) formulaHints(key *formulaKey, e *element) {
	group := e.child("hintgroup")
	if group == nil {
		return
	}
	if key.Mode = group.value("mode"); key.Mode == "" {
		key.Mode = "always"
	}
	for _, part := range group.children("hintpart") {
		for _, condition := range group.children("formulahint") {
			text := part.child("text")
			if condition.value("name") != part.value("on") || text == nil {
				continue
			}
			samples := c.sub(condition.value("samples"))
			where, bad := parseDomain(samples)
			if bad != "" {
				if !c.unknown(samples) {
					c.mistake(condition, "samples=%q cannot be read: %s", "write it as in the response; the hint never shows", samples, bad)
				}
				continue
			}
			key.Hints = append(key.Hints, formulaHint{c.sub(condition.value("answer")), where, c.inner(text)})
		}
	}
}

// checkFormula tries the author's own formula.
func (c *compiler) checkFormula(key *formulaKey, e *element) {
	if key.Domain.Count == 0 {
		c.warn(e, "with no point to compare at every formula is right", "write #10 at the end of samples")
	}
	for i := range key.Domain.Names {
		if key.Domain.Low[i] > key.Domain.High[i] {
			c.warn(e, "the lower bound of %s is above the upper one", "exchange them", key.Domain.Names[i])
		}
	}
	values, err := key.evaluate(key.Answer, key.Domain.points(key.Answer))
	if err != nil {
		c.mistake(e, "the answer %q cannot be computed: %s", "name each of its variables in samples", key.Answer, err)
		return
	}
	for _, v := range values {
		if v.IsNaN() {
			c.mistake(e, "the answer %q is no number at some of the points", "choose bounds where it has a value", key.Answer)
			return
		}
	}
}

func (k *formulaKey) evaluate(formula string, points [][]calc.Var) ([]calc.Value, error) {
	expr, err := calc.Parse(formula)
	if err != nil {
		return nil, err
	}
	values := make([]calc.Value, len(points))
	for i, at := range points {
		if values[i], err = expr.Eval(calc.Env{Vars: at, CaseSensitive: k.CaseSensitive}); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (formulaResponse) grade(g *grading, r *Response, parts []Part) *Failure {
	key, part := r.Formula, &parts[0]
	answer, ok := g.answers[part.ID]
	if !ok {
		return nil
	}
	if answer.Kind != AnswerText {
		return invalid(part.ID, "formula_syntax", answer.first())
	}
	equal, failure := key.equal(key.Answer, &key.Domain, answer.Text, part.ID)
	if failure != nil {
		return failure
	}
	if equal {
		part.Correctness = Correct
	}
	for i := range key.Hints {
		hint := &key.Hints[i]
		if equal, failure := key.equal(hint.Answer, &hint.Domain, answer.Text, part.ID); failure == nil && equal {
			part.Hint, part.HintMode = hint.HTML, key.Mode
		}
	}
	return nil
}

// equal compares two formulas at the points of a domain.
func (k *formulaKey) equal(staff string, where *domain, given, id string) (bool, *Failure) {
	points := where.points(staff)
	want, err := k.evaluate(staff, points)
	if err != nil {
		return false, ungradable("staff_answer")
	}
	have, err := k.evaluate(given, points)
	if err != nil {
		return false, givenFailure(id, given, err)
	}
	text := k.Tolerance
	if text == "" {
		text = calc.DefaultTolerance
	}
	tolerance, err := calc.ParseTolerance(text)
	if err != nil {
		return false, ungradable("cannot_grade")
	}
	for i := range points {
		if !calc.Within(have[i], want[i], tolerance) {
			return false, nil
		}
	}
	return true, nil
}

// givenFailure words an error of the calculator for the learner.
func givenFailure(id, text string, err error) *Failure {
	var e *calc.Error
	if errors.As(err, &e) {
		if e.Code == calc.Undefined || e.Code == calc.Parentheses {
			return formulaFailure(id, text, err)
		}
		if e.Code == calc.Factorial {
			return invalid(id, "formula_factorial", text)
		}
	}
	return invalid(id, "formula_syntax", text)
}

func (formulaResponse) reveal(r *Response) []Shown {
	return []Shown{{ID: r.Inputs[0].ID, Texts: []string{r.Formula.Answer}}}
}

func (formulaResponse) solve(r *Response) []Answers {
	return []Answers{{r.Inputs[0].ID: Given(r.Formula.Answer)}}
}
