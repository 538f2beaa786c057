package calculated

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
	"github.com/quoin-lms/quoin/blocks/questions/internal/formula"
	"github.com/quoin-lms/quoin/sdk/question"
)

// tries is how often numbers are drawn until the conditions hold; maxSteps bounds the numbers of a range.
const (
	tries    = 1000
	maxSteps = 1_000_000
)

// errConditions says that no numbers were found.
var errConditions = errors.New("no numbers meet the conditions")

// fault is what is wrong with a row, by its column; row and column count from 0.
type fault struct {
	field       string
	row, column int
	message     string
}

func (f *fault) Error() string { return fmt.Sprintf("%s, row %d: %s", f.field, f.row+1, f.message) }

// source is where a variable's value comes from: one of some numbers, or a formula of the variables before it.
type source struct {
	name    string
	list    []float64
	from    float64
	step    float64
	steps   int
	formula *calc.Expr
}

// condition must hold of what was drawn.
type condition struct {
	left, right *calc.Expr
	operator    string
}

// program is what an author's rows come to.
type program struct {
	sources    []source
	names      []string
	conditions []condition
	answers    []*calc.Expr
}

// compile reads the rows. Its error is a *fault.
func (s *Secret) compile() (*program, error) {
	p := &program{}
	for i := range s.Variables {
		v, err := s.Variables[i].read(i, p.names)
		if err != nil {
			return nil, err
		}
		p.sources, p.names = append(p.sources, v), append(p.names, v.name)
	}
	for i, text := range s.Conditions {
		c, err := p.condition(text)
		if err != nil {
			return nil, &fault{"conditions", i, 0, err.Error()}
		}
		p.conditions = append(p.conditions, c)
	}
	for i := range s.Answers {
		e, err := p.parse(s.Answers[i].Formula)
		if err != nil {
			return nil, &fault{"formulas", i, 0, err.Error()}
		}
		p.answers = append(p.answers, e)
	}
	return p, nil
}

// read reads a row of the variables; before are the names that a formula may use.
func (v *Variable) read(row int, before []string) (source, error) {
	wrong := func(column int, message string) error { return &fault{"variables", row, column, message} }
	out := source{name: formula.Name(v.Name), from: v.From, step: v.Step}
	if !formula.GoodName(out.name) {
		return out, wrong(0, "a variable cannot be called so: begin with a letter; e, pi, i, j and functions have a meaning already")
	}
	for _, name := range before {
		if name == out.name {
			return out, wrong(0, "this variable stands in a row before")
		}
	}
	switch {
	case strings.TrimSpace(v.Formula) != "":
		e, err := (&program{names: before}).parse(v.Formula)
		if err != nil {
			return out, wrong(5, err.Error())
		}
		out.formula = e
		return out, nil
	case strings.TrimSpace(v.Values) != "":
		for text := range strings.FieldsFuncSeq(v.Values, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' }) {
			number, err := strconv.ParseFloat(text, 64)
			if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
				return out, wrong(4, strconv.Quote(text)+" is no number: divide numbers by commas, decimals by a point")
			}
			out.list = append(out.list, number)
		}
		return out, nil
	}
	if out.step == 0 {
		out.step = 1
	}
	if out.step < 0 || v.To < v.From || (v.To-v.From)/out.step > maxSteps {
		return out, wrong(2, "the range is empty, or has more than a million numbers")
	}
	out.steps = int(math.Floor((v.To-v.From)/out.step+1e-9)) + 1
	return out, nil
}

// parse reads a formula of the variables so far.
func (p *program) parse(text string) (*calc.Expr, error) {
	if len(text) > formula.MaxText {
		return nil, errors.New("this formula is too long")
	}
	e, err := formula.Parse(text, p.names, false)
	if err != nil || strings.TrimSpace(text) == "" {
		return nil, errors.New("this cannot be read as a formula")
	}
	variables, functions := formula.Unknown(e, p.names)
	if unknown := slices.Concat(variables, functions); len(unknown) > 0 {
		return nil, errors.New(strings.Join(unknown, ", ") + " is no variable of a row before and no function")
	}
	return e, nil
}

// operators are tried in this order, so that <= is not taken for <.
var operators = []string{"!=", "≠", "<=", "≤", ">=", "≥", "==", "=", "<", ">"}

func (p *program) condition(text string) (condition, error) {
	for _, operator := range operators {
		left, right, found := strings.Cut(text, operator)
		if !found {
			continue
		}
		l, err := p.parse(left)
		if err != nil {
			return condition{}, err
		}
		r, err := p.parse(right)
		return condition{l, r, operator}, err
	}
	return condition{}, errors.New("this compares nothing: write it with <, >, =, <=, >= or !=")
}

func (c *condition) holds(names []string, values []float64) bool {
	l, err := formula.Value(c.left, names, values)
	r, wrong := formula.Value(c.right, names, values)
	if err != nil || wrong != nil || math.IsNaN(l) || math.IsNaN(r) {
		return false
	}
	same := math.Abs(l-r) <= 1e-9*max(1, math.Abs(l), math.Abs(r))
	switch c.operator {
	case "!=", "≠":
		return !same
	case "<=", "≤":
		return l < r || same
	case ">=", "≥":
		return l > r || same
	case "==", "=":
		return same
	case "<":
		return l < r && !same
	}
	return l > r && !same
}

// drawn is one variant's numbers.
type drawn struct {
	names   []string
	values  []float64
	answers []float64
}

// draw draws numbers for a seed until the conditions hold and every answer is a number.
func (p *program) draw(seed int) (*drawn, error) {
	random := question.Draw(seed, "numbers")
	for range tries {
		d := &drawn{}
		ok := true
		for i := range p.sources {
			s := &p.sources[i]
			var value float64
			switch {
			case s.formula != nil:
				var err error
				value, err = formula.Value(s.formula, d.names, d.values)
				ok = ok && err == nil && !math.IsNaN(value) && !math.IsInf(value, 0)
			case s.list != nil:
				value = s.list[random.IntN(len(s.list))]
			default:
				value = s.from + float64(random.IntN(s.steps))*s.step
			}
			d.names, d.values = append(d.names, s.name), append(d.values, tidy(value))
		}
		for i := range p.conditions {
			ok = ok && p.conditions[i].holds(d.names, d.values)
		}
		for _, e := range p.answers {
			value, err := formula.Value(e, d.names, d.values)
			ok = ok && err == nil && !math.IsNaN(value) && !math.IsInf(value, 0)
			d.answers = append(d.answers, value)
		}
		if ok {
			return d, nil
		}
	}
	return nil, errConditions
}

// tidy takes away what computers make of 0.1 + 0.2.
func tidy(value float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 12, 64), 64)
	if err != nil {
		return value
	}
	return rounded
}
