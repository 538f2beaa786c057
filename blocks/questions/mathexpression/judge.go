package mathexpression

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
	"github.com/quoin-lms/quoin/blocks/questions/internal/formula"
	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

// problem says why a text is no formula of the variables, nil when it is one.
func problem(text string, names []string) *question.Message {
	_, wrong := read(text, names, false)
	return wrong
}

// read reads a formula; wrong says in the catalogue's words why it is none.
func read(text string, names []string, comma bool) (e *calc.Expr, wrong *question.Message) {
	if len(text) > formula.MaxText {
		return nil, question.Saying("formula_long")
	}
	if strings.ContainsAny(text, "=<>") {
		return nil, question.Saying("formula_equation")
	}
	e, err := formula.Parse(text, names, comma)
	var known *calc.Error
	switch {
	case errors.As(err, &known) && known.Code == calc.Parentheses && known.Open > 0:
		return nil, question.Saying("formula_open", strconv.Itoa(known.Open))
	case errors.As(err, &known) && known.Code == calc.Parentheses:
		return nil, question.Saying("formula_closed")
	case errors.As(err, &known) && known.Code == calc.Overflow:
		return nil, question.Saying("formula_long")
	case err != nil:
		return nil, question.Saying("formula_syntax")
	}
	variables, functions := formula.Unknown(e, names)
	if len(variables) > 0 {
		return nil, question.Saying("formula_variable", strings.Join(variables, ", "))
	}
	if len(functions) > 0 {
		return nil, question.Saying("formula_function", strings.Join(functions, ", "))
	}
	return e, nil
}

// Judge implements question.Kind: the first row that is worth the same counts. What cannot be read costs no try.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	names := formula.Names(secret.Variables)
	given, wrong := read(s.First(input), names, number.Comma(s.Locale))
	if wrong != nil {
		return question.Result{Invalid: wrong, At: input}, nil
	}
	part := question.Part{ID: input, Possible: 1}
	for _, a := range secret.Answers {
		own, wrong := read(a.Formula, names, false)
		if wrong != nil {
			continue // Prepare keeps none of these
		}
		if equal, _ := formula.Equal(given, own, secret.Variables, secret.Tolerance); !equal {
			continue
		}
		part.Earned, part.Feedback = a.Share, a.Feedback
		if note := secret.misshapen(given, own); note != nil && a.Share > 0 {
			part.Earned, part.Note = a.Share*secret.FormShare, note
		}
		break
	}
	return question.Whole(part), nil
}

// misshapen says what is wrong with the form of a formula that is worth the same as the author's, nil for nothing.
func (s *Secret) misshapen(given, own *calc.Expr) *question.Message {
	for _, name := range s.Forbidden {
		if slices.Contains(given.Variables(), name) || slices.Contains(given.Functions(), strings.ToLower(name)) {
			return question.Saying("form_forbidden", name)
		}
	}
	shape := given.Shape()
	switch {
	case s.Form == formSame && given.Form() != own.Form():
		return question.Saying("form_same")
	case s.Form == formExpanded && shape.Multiplied:
		return question.Saying("form_expanded")
	case s.Form == formFactored && !shape.Product:
		return question.Saying("form_factored")
	}
	return nil
}
