// Package shorttext asks for a word or a few.
package shorttext

import (
	"embed"
	"regexp"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/fold"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed locales/*.json
var locales embed.FS

// input is the name under which the text is sent, maxText its limit in bytes.
const (
	input   = "answer"
	maxText = 1000
)

// Fields are what an author fills in.
type Fields struct {
	question.Fields
	Answers []Answer `quoin:"texts,content,secret" title:"Answers" add:"Add an answer" help:"All that are right, and wrong ones on which you have something to say. Spaces at the ends never count."`
	Case    bool     `quoin:"case_sensitive,settings" title:"Capital letters count"`
	Marks   bool     `quoin:"marks_count,settings,rare" default:"true" title:"Accents and vowel marks count"`
	Near    bool     `quoin:"near_miss,settings,rare" default:"true" title:"Tell when it is only misspelt" help:"Says so and gives no points. Words of three letters and patterns are left out."`
	Shown   string   `quoin:"shown_answer,content,secret,rare" title:"Answer to show" help:"Empty is the first right answer. Needed where only patterns are right."`
}

// Answer is one row of the author's list.
type Answer struct {
	Text     string  `json:"text,omitempty" quoin:"text,secret" title:"Answer"`
	Pattern  bool    `json:"pattern,omitempty" quoin:"pattern,secret,rare" title:"Is a pattern" help:"A regular expression that the whole answer must fit."`
	Correct  bool    `json:"correct,omitempty" quoin:"correct,secret" title:"Right"`
	Percent  float64 `json:"percent,omitempty" quoin:"percent,secret,rare" min:"0" max:"100" title:"Partly right, in per cent" help:"What an answer that is not right earns all the same."`
	Feedback string  `json:"feedback,omitempty" quoin:"feedback,html,secret,rare" title:"Feedback" help:"For who gives this answer."`
}

// Secret says what is right.
type Secret struct {
	Answers []expected `json:"a,omitempty"`
	Fold    fold.Rules `json:"f"`
	Near    bool       `json:"n,omitempty"`
	Shown   string     `json:"s,omitempty"`
}

type expected struct {
	Text     string  `json:"t"`
	Pattern  bool    `json:"p,omitempty"`
	Share    float64 `json:"s,omitempty"`
	Feedback string  `json:"f,omitempty"`
}

// Key implements question.Keyed: feedback and what is shown change no score.
func (s Secret) Key() any {
	key := []any{s.Fold}
	for _, a := range s.Answers {
		key = append(key, a.Text, a.Pattern, a.Share)
	}
	return key
}

type kind struct{}

// Block is the block type.
func Block() sdk.Block {
	return question.New[Fields, sdk.None, Secret](kind{}, question.Spec{Catalogue: question.Words(locales)})
}

// Prepare implements question.Kind. Empty rows and patterns that are none are left out.
func (kind) Prepare(f *Fields) question.Prepared[sdk.None, Secret] {
	out := question.Prepared[sdk.None, Secret]{Inputs: []question.Input{{Name: input, Max: maxText}}}
	out.Secret = Secret{Fold: fold.Rules{Case: !f.Case, Marks: !f.Marks}, Near: f.Near, Shown: strings.TrimSpace(f.Shown)}
	for _, a := range f.Answers {
		if strings.TrimSpace(a.Text) == "" {
			continue
		}
		one := expected{Text: a.Text, Pattern: a.Pattern, Share: min(max(a.Percent, 0), 100) / 100, Feedback: a.Feedback}
		if a.Correct {
			one.Share = 1
		}
		if a.Pattern {
			if _, err := compile(a.Text, out.Secret.Fold); err != nil {
				continue
			}
		}
		out.Secret.Answers = append(out.Secret.Answers, one)
	}
	return out
}

// compile makes a pattern of the whole answer. Go's patterns take time that is linear in the text, so none can hang.
func compile(pattern string, f fold.Rules) (*regexp.Regexp, error) {
	if f.Marks {
		pattern = fold.Unmarked(pattern)
	}
	flags := "(?s)"
	if f.Case {
		flags = "(?si)"
	}
	return regexp.Compile(flags + `\A(?:` + pattern + `)\z`)
}

// Show implements question.Kind.
func (kind) Show(p *question.Page, _ sdk.None) {
	p.Type(question.Entry{Input: input, Class: "text", Max: maxText / 4, Size: 30})
}

// Judge implements question.Kind: of the rows that fit, the best one counts.
func (kind) Judge(_ *sdk.Call, secret Secret, s question.Submitted) (question.Result, error) {
	part := question.Part{ID: input, Possible: 1}
	given := secret.Fold.Fold(s.First(input))
	fits := false
	for _, a := range secret.Answers {
		ok, err := a.fits(given, secret.Fold)
		if err != nil {
			return question.Result{}, err
		}
		if ok && (!fits || a.Share > part.Earned) {
			fits, part.Earned, part.Feedback = true, a.Share, a.Feedback
		}
	}
	if !fits && secret.Near {
		for _, a := range secret.Answers {
			if a.Share == 1 && !a.Pattern && fold.Near(given, secret.Fold.Fold(a.Text)) {
				part.Note = question.Saying("near_miss")
			}
		}
	}
	return question.Whole(part), nil
}

func (e *expected) fits(given string, f fold.Rules) (bool, error) {
	if !e.Pattern {
		return given == f.Fold(e.Text), nil
	}
	pattern, err := compile(e.Text, f)
	return err == nil && pattern.MatchString(given), err
}

// Solve implements question.Kind.
func (kind) Solve(_ sdk.None, secret Secret) question.Answers {
	if secret.Shown != "" {
		return question.Answers{input: {secret.Shown}}
	}
	for _, a := range secret.Answers {
		if a.Share == 1 && !a.Pattern {
			return question.Answers{input: {a.Text}}
		}
	}
	return nil
}

// Check implements question.Checker.
func (k kind) Check(f *Fields) []wire.Finding {
	var findings []wire.Finding
	prepared := k.Prepare(f)
	seen := map[string]bool{}
	right, plainly := false, false
	for i, a := range f.Answers {
		at := func(column int, found wire.Finding) { findings = append(findings, question.InRow(found, i, column)) }
		folded := prepared.Secret.Fold.Fold(a.Text)
		switch _, err := compile(a.Text, prepared.Secret.Fold); {
		case folded == "":
			at(0, question.Wrong("texts", "this row has no text", "write one, or remove the row"))
		case a.Pattern && err != nil:
			at(0, question.Wrong("texts", "this is no pattern: "+err.Error(), "mend it, or take the mark \"Is a pattern\" off"))
		case !a.Pattern && seen[folded]:
			at(0, question.Warn("texts", "the same answer stands in a row before", "remove one of the two"))
		}
		seen[folded] = seen[folded] || !a.Pattern
		right, plainly = right || a.Correct, plainly || a.Correct && !a.Pattern
		if a.Percent < 0 || a.Percent > 100 {
			at(3, question.Warn("texts", "a share is from 0 to 100 per cent", "write one between them"))
		}
		for _, found := range question.Pictures("texts", a.Feedback) {
			at(4, found)
		}
	}
	switch shown := prepared.Secret.Shown; {
	case !right:
		findings = append(findings, question.Wrong("texts", "no answer is right", "mark one as right"))
	case !plainly && shown == "":
		findings = append(findings, question.Wrong("shown_answer", "only patterns are right, so there is no answer to show", "write one that fits"))
	case shown != "":
		if result, err := k.Judge(nil, prepared.Secret, question.Submitted{Answers: question.Answers{input: {shown}}}); err != nil || !result.Full() {
			findings = append(findings, question.Wrong("shown_answer", "the answer to show is not right by the answers above", "write one that is"))
		}
	}
	return findings
}

// Samples implements question.Kind.
func (kind) Samples() []question.Sample[Fields] {
	lake := Fields{
		Fields: question.Fields{
			DisplayName: "The lake", Prompt: "<p>Which of the Great Lakes lies in the United States alone?</p>",
			Hints: []string{"It bears the name of a state."}, Solution: "<p>The border to Canada runs through the other four.</p>",
			Wrong: "<p>Look at the map again.</p>",
		},
		Answers: []Answer{
			{Text: "Michigan", Correct: true},
			{Text: `lake michigan( lake)?`, Pattern: true, Correct: true},
			{Text: "Huron", Percent: 25, Feedback: "Next to it, but the border runs through it."},
			{Text: "Superior", Feedback: "Canada has a part of it."},
		},
		Marks: true, Near: true,
	}
	return []question.Sample[Fields]{{
		Name: "lake", Title: "A word, with alternatives", Fields: lake, Answers: []question.Expected{
			question.Expecting(wire.ExpectFull, input, "  michigan "),
			question.Expecting(wire.ExpectFull, input, "Lake  Michigan"),
			question.Expecting(wire.ExpectPartial, input, "huron"),
			question.Expecting(wire.ExpectZero, input, "Superior"),
			question.Expecting(wire.ExpectZero, input, "Michgan"),
			question.Expecting(wire.ExpectInvalid, input, "   "),
		},
	}}
}

// Compile-time guards.
var (
	_ question.Checker[Fields] = kind{}
	_ question.Keyed           = Secret{}
)
