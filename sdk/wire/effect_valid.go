package wire

import (
	"encoding/json"
	"math"
	"slices"
)

// document names the block document that a refusable effect needs, nil when it needs none.
func (e *Effect) document() *DocumentRef {
	switch {
	case e.Insert != nil:
		return &DocumentRef{e.Insert.Collection, e.Insert.ID}
	case e.Replace != nil:
		return &DocumentRef{e.Replace.Collection, e.Replace.ID}
	case e.Add != nil:
		return &DocumentRef{e.Add.Collection, e.Add.ID}
	}
	return nil
}

// valid says what is wrong with an effect's own values, "" when nothing is. It covers what needs no knowledge of the block:
// the kernel compares names with the block's description.
func (e *Effect) valid() string {
	switch {
	case e.Set != nil:
		return validValue(e.Set.Field, e.Set.Value)
	case e.Append != nil:
		return validValue(e.Append.Field, e.Append.Value)
	case e.Submit != nil:
		return validJSON("answers", e.Submit.Answers)
	case e.Settle != nil:
		return validJSON("data", e.Settle.Data)
	case e.Score != nil:
		return e.Score.valid()
	case e.Complete != nil:
		if f := e.Complete.Fraction; !(f >= 0 && f <= 1) {
			return "fraction must be a number from 0 to 1"
		}
	case e.Insert != nil:
		return validJSON("body", e.Insert.Body)
	case e.Replace != nil:
		return validJSON("body", e.Replace.Body)
	case e.Notify != nil:
		if len(e.Notify.To) == 0 || len(e.Notify.To) > MaxRecipients {
			return "to must name 1 to 100 people: send to more from a paged task"
		}
	case e.Schedule != nil:
		if e.Schedule.Every != 0 && e.Schedule.Every < MinEvery {
			return "every must be at least 60 seconds"
		}
	case e.Index != nil:
		return e.Index.valid()
	}
	return ""
}

// Limits of single effects.
const (
	// MaxRecipients bounds one notify.
	MaxRecipients = 100
	// MinEvery is the shortest period of a repeated task, in seconds.
	MinEvery = 60
	// MaxField bounds one field's JSON in bytes.
	MaxField = 256 << 10
	// MaxAnswers bounds a submission's JSON in bytes.
	MaxAnswers = 256 << 10
	// MaxIndexText bounds a text for the search, MaxIndexLine its title, its path and its id, in bytes.
	MaxIndexText = 32 << 10
	MaxIndexLine = 1 << 10
)

func (i *IndexDoc) valid() string {
	switch {
	case len(i.ID) > MaxIndexLine || len(i.Title) > MaxIndexLine || len(i.Path) > MaxIndexLine:
		return "id, title and path have at most 1 KiB each"
	case len(i.Text) > MaxIndexText:
		return "text has more than 32 KiB: index its parts under an id each"
	case len(i.To) > MaxRecipients:
		return "to names at most 100 roles, groups and people"
	case slices.ContainsFunc(i.To, func(to string) bool { return len(to) > MaxIndexLine }):
		return "a name in to has more than 1 KiB"
	}
	return ""
}

func (s *SetScore) valid() string {
	switch {
	case !Finite(s.Earned) || !Finite(s.Possible):
		return "earned and possible must be finite numbers"
	case s.Possible < 0 || s.Earned < 0 || s.Earned > s.Possible:
		return "earned must lie between 0 and possible"
	case s.Learner == "":
		return "learner is missing"
	case s.Reason == "":
		return "reason is missing: a score for somebody else needs one"
	}
	return ""
}

// Finite reports whether a score is a number that can be added up.
func Finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func validValue(field string, value json.RawMessage) string {
	if field == "" || len(field) > MaxName {
		return "field must be a name of 1 to 64 bytes"
	}
	return validJSON("value", value)
}

func validJSON(name string, value json.RawMessage) string {
	if len(value) > MaxField {
		return name + " has more than 256 KiB"
	}
	if !json.Valid(value) {
		return name + " is not JSON"
	}
	return ""
}
