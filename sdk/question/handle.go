package question

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/quoin-lms/quoin/sdk"
)

// Handle implements sdk.Handler.
func (b *block[F, P, S, PF]) Handle(c *sdk.Call, r *sdk.Request[F, Public[P]]) (*sdk.Reply, error) {
	if r.Public.Unready {
		return nil, sdk.Refuse("%s", c.T("cannot_answer"))
	}
	form, ok := formOf(&r.HTTP)
	if !ok {
		return nil, sdk.Refuse("the body is no JSON of name to list of values")
	}
	answers, limit, ok := read(r.Public.Inputs, form)
	if !ok {
		return nil, sdk.Refuse("%s", c.T("too_long", limit))
	}
	f := PF(r.Fields).common()
	own, limits := &Files{}, b.takes(r.Public.Own)
	if kept, ok := any(PF(r.Fields)).(filed); ok && limits != nil {
		own = kept.files()
		if r.Handler != HandlerHint {
			if err := own.keep(c, limits, form, r.Files); err != nil {
				return nil, err
			}
		}
		own.names(answers)
	}
	switch r.Handler {
	case HandlerSubmit:
		// Whether a try is left and the date has not passed is the platform's to say; an empty form would waste a try.
		if len(answers) == 0 {
			return nil, sdk.Refuse("%s", c.T("answer_first"))
		}
		f.Answers, f.Saved, f.Last = answers, 0, ""
		if _, localised := b.kind.(Localised); localised && c.Context.Locale != "" {
			answers = maps.Clone(answers)
			answers[localeKey] = []string{c.Context.Locale}
		}
		return sdk.OK().Submit(answers, own.handIn()...), nil
	case HandlerTry:
		return b.try(c, f, answers)
	case HandlerSave:
		if r.Access == nil || !r.Access.Save.Open && (limits == nil || !Editable(r.Access)) {
			return nil, sdk.Refuse("%s", c.T("cannot_save"))
		}
		f.Answers, f.Saved, f.Last = answers, c.Context.Now, ""
		return sdk.OK().Say(c.T("saved")), nil
	case HandlerHint:
		return hint(c, f, r.Public.Hints, answers, Editable(r.Access))
	}
	return nil, sdk.NotFound("no handler %q", r.Handler)
}

// hint opens the next hint. What was typed comes along with the form and is kept, or the fresh view would lose it.
func hint(c *sdk.Call, f *Fields, hints []string, answers Answers, editable bool) (*sdk.Reply, error) {
	if editable && !answers.same(f.Answers) {
		f.Answers, f.Saved = answers, c.Context.Now
	}
	at := f.HintsShown
	if at < 0 || at >= len(hints) {
		return nil, sdk.Refuse("%s", c.T("no_more_hints"))
	}
	f.HintsShown, f.Last = at+1, HandlerHint
	return HintShown(sdk.OK(), hints, at), nil
}

// tryWait is the least time between two tries of an answer, in milliseconds.
const tryWait = 2000

// try hands an answer in marked as tried. It waits for its turn as any other: the platform takes one at a time of each learner.
func (b *block[F, P, S, PF]) try(c *sdk.Call, f *Fields, answers Answers) (*sdk.Reply, error) {
	switch {
	case !b.spec.Tries:
		return nil, sdk.NotFound("nothing can be tried here")
	case len(answers) == 0:
		return nil, sdk.Refuse("%s", c.T("answer_first"))
	case c.Context.Now-f.TriedAt < tryWait && c.Context.Now >= f.TriedAt:
		return nil, sdk.Refuse("%s", c.T("try_later"))
	}
	f.Answers, f.Saved, f.Last, f.TriedAt = answers, 0, "", c.Context.Now
	marked := maps.Clone(answers)
	marked[tryKey] = []string{"1"}
	return sdk.OK().Submit(marked), nil
}

// tryKey marks what is only tried; no input's name holds a colon.
const tryKey = "try:"

// localeKey stands among submitted answers; no input's name holds a colon.
const localeKey = "locale:"

func decode(data json.RawMessage) (Answers, error) {
	var answers Answers
	if len(data) == 0 {
		return answers, nil
	}
	if err := json.Unmarshal(data, &answers); err != nil {
		return nil, fmt.Errorf("reading a submission: %w", err)
	}
	return answers, nil
}
