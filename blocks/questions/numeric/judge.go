package numeric

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/number"
	"github.com/quoin-lms/quoin/blocks/questions/internal/units"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
)

// Secret says what is right.
type Secret struct {
	Answers     []Expected `json:"a,omitempty"`
	Unit        string     `json:"u,omitempty"`
	Rule        string     `json:"r,omitempty"`
	UnitShare   float64    `json:"us,omitempty"`
	Figures     int        `json:"n,omitempty"`
	FigureShare float64    `json:"ns,omitempty"`
}

// Expected is a range of numbers; one number is a range with its tolerance. Share is what it earns, from 0 to 1.
type Expected struct {
	// Text is how the author wrote a single number.
	Text     string  `json:"t"`
	From     float64 `json:"f"`
	To       float64 `json:"o"`
	Share    float64 `json:"s,omitempty"`
	Feedback string  `json:"b,omitempty"`
}

// Key implements question.Keyed: feedback changes no score.
func (s Secret) Key() any {
	answers := make([]Expected, len(s.Answers))
	for i, a := range s.Answers {
		a.Feedback, a.Text = "", ""
		answers[i] = a
	}
	s.Answers = answers
	return struct{ Secret any }{[]any{s.Answers, s.Unit, s.Rule, s.UnitShare, s.Figures, s.FigureShare}}
}

// author reads a number as authors write it: with a point.
func author(text string) (float64, error) {
	n, err := number.Parse(text, "en")
	if err == nil && n.Rest != "" {
		err = number.ErrNone
	}
	return n.Value, err
}

// slack is how far a number without a tolerance may be off, of its size: what computers make of 0.1 is nobody's fault.
const slack = 1e-9

// read gives a row; which says what of it is wrong: its column, -1 for nothing. A row without a number is nil.
func (a *Answer) read() (row *Expected, wrong int) {
	from, err := author(a.Value)
	if err != nil {
		return nil, 0
	}
	row = &Expected{Text: strings.TrimSpace(a.Value), From: from, To: from, Share: share(a.Percent), Feedback: a.Feedback}
	if a.Correct {
		row.Share = 1
	}
	if strings.TrimSpace(a.To) != "" {
		if row.To, err = author(a.To); err != nil || row.To < row.From {
			return nil, 1
		}
		row.Text = ""
	}
	off, err := tolerance(a.Tolerance, max(math.Abs(row.From), math.Abs(row.To)))
	if err != nil {
		return nil, 2
	}
	row.From, row.To = row.From-off, row.To+off
	return row, -1
}

// tolerance reads "0.05" and "2%".
func tolerance(text string, size float64) (float64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return size * slack, nil
	}
	part, relative := strings.CutSuffix(text, "%")
	off, err := author(part)
	if err != nil || off < 0 {
		return 0, errors.Join(number.ErrNone, err)
	}
	if relative {
		off *= size / 100
	}
	return off + size*slack, nil
}

// shown is a right answer as a learner could write it.
func (e *Expected) shown(s *Secret) string {
	text := e.Text
	if text == "" {
		text = strconv.FormatFloat((e.From+e.To)/2, 'g', 6, 64)
	}
	if n, err := number.Parse(text, "en"); s.Figures > 0 && err == nil && (n.Fewest > s.Figures || n.Most < s.Figures) {
		text = figured(n.Value, s.Figures)
	}
	if s.Rule == unitExact || s.Rule == unitConvert {
		text += " " + s.Unit
	}
	return text
}

// Expect is one number with a tolerance as authors write it: 0.05, 2%, or nothing.
func Expect(value float64, text, off string) (Expected, error) {
	by, err := tolerance(off, math.Abs(value))
	return Expected{Text: text, From: value - by, To: value + by}, err
}

// Holds reports whether a number that is written with a point is within the range.
func (e *Expected) Holds(text string) bool {
	value, err := author(text)
	return err == nil && value >= e.From && value <= e.To
}

// figured writes a value with so many significant figures.
func figured(value float64, figures int) string {
	return strings.Replace(strconv.FormatFloat(value, 'e', figures-1, 64), "e+00", "", 1)
}

// refusals are the words for what cannot be read.
var refusals = []struct {
	err error
	key string
}{{number.ErrAmbiguous, "two_ways"}, {number.ErrRange, "too_large"}, {number.ErrNone, "not_a_number"}}

// Judge implements question.Kind.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	return secret.Judge(input, s)
}

// Judge compares what stands in an input: the first row that fits counts. What is no number, or bears a unit that nobody knows,
// costs no try.
func (s Secret) Judge(input string, given question.Submitted) (question.Result, error) {
	text := given.First(input)
	n, err := number.Parse(text, given.Locale)
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return question.Refused(input, r.key, text), nil
		}
	}
	if err != nil {
		return question.Result{}, err
	}
	value, unit, refused := s.unit(n)
	if refused != nil {
		return *refused, nil
	}
	part := question.Part{ID: input, Possible: 1}
	if unit == "unit_other" {
		part.Note = question.Saying(unit)
		return question.Whole(part), nil
	}
	for _, a := range s.Answers {
		if value < a.From || value > a.To {
			continue
		}
		part.Earned, part.Feedback = a.Share, a.Feedback
		switch {
		case a.Share == 0:
		case unit != "":
			part.Earned, part.Note, part.Feedback = a.Share*s.UnitShare, question.Saying(unit), ""
		case s.Figures > 0 && n.Most > 0 && (n.Fewest > s.Figures || n.Most < s.Figures):
			part.Earned, part.Note = a.Share*s.FigureShare, question.Saying("figures", strconv.Itoa(s.Figures))
		}
		break
	}
	return question.Whole(part), nil
}

// unit gives the value in the author's unit. wrong is the key of what is wrong with the unit, "" for nothing.
func (s *Secret) unit(n number.Number) (value float64, wrong string, refused *question.Result) {
	refuse := func(key string, args ...string) (float64, string, *question.Result) {
		r := question.Refused(input, key, args...)
		return 0, "", &r
	}
	if s.Unit == "" && n.Rest != "" {
		if part, err := units.Parse(n.Rest); err == nil && part.Dim == (units.Dimension{}) {
			return n.Value * part.Factor, "", nil // 50 % is a half
		}
		return refuse("unit_unasked", n.Rest)
	}
	switch {
	case s.Unit == "", s.Rule == UnitShown && n.Rest == "":
		return n.Value, "", nil
	case n.Rest == "":
		return refuse("unit_missing")
	case units.Fold(n.Rest) == units.Fold(s.Unit):
		return n.Value, "", nil
	}
	own, err := units.Parse(s.Unit)
	given, unknown := units.Parse(n.Rest)
	switch {
	case unknown != nil && (s.Rule != unitExact || err == nil):
		return refuse("unit_unknown", n.Rest)
	case s.Rule == unitExact:
		return n.Value, "unit_wrong", nil
	case err != nil: // the author's own unit, which stands behind the field
		return refuse("unit_unasked", n.Rest)
	case !given.Same(own):
		return n.Value, "unit_other", nil
	}
	return given.To(own, n.Value), "", nil
}
