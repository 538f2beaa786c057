package problem

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/question"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Limits of what one learner's answers may hold. Longer ones are refused before they are stored.
const (
	maxAnswerKB = capa.MaxAnswer >> 10
	maxTicks    = 1000
)

// Handle implements sdk.Handler.
func (b block) Handle(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	if r.Handler == handlerConvert {
		return convert(r)
	}
	if r.Handler == handlerSettle {
		return settle(r)
	}
	if r.Public.Broken || r.Public.Unvaried || len(r.Public.Missing) > 0 {
		return nil, sdk.Refuse("%s", c.T("cannot_answer"))
	}
	answers := r.Public.Form(r.Form)
	files, err := handedIn(c, r, answers)
	if err != nil {
		return nil, err
	}
	if !bounded(answers) {
		return nil, sdk.Refuse("%s", c.T("too_long", strconv.Itoa(capa.MaxAnswer)))
	}
	switch r.Handler {
	case question.HandlerSubmit:
		return submit(c, r, answers, files)
	case question.HandlerSave:
		return save(c, r, answers)
	case question.HandlerHint:
		return hint(c, r, answers)
	}
	return nil, sdk.NotFound("no handler %q", r.Handler)
}

func bounded(answers capa.Answers) bool {
	for _, a := range answers {
		if len(a.Text) > maxAnswerKB<<10 || len(a.List) > maxTicks {
			return false
		}
		for _, value := range a.Pairs {
			if len(value) > maxAnswerKB<<10 {
				return false
			}
		}
		for _, name := range a.List {
			if len(name) > maxAnswerKB<<10 {
				return false
			}
		}
	}
	return true
}

// submit hands in. Whether a try is left and the date has not passed is the host's to say; an empty form would waste a try.
func submit(c *sdk.Call, r *sdk.Request[Fields, Public], answers capa.Answers, files []wire.File) (*sdk.Reply, error) {
	if r.Public.Empty(answers) {
		return nil, sdk.Refuse("%s", c.T("answer_first"))
	}
	r.Fields.Answers, r.Fields.Saved, r.Fields.Last = answers, 0, ""
	return sdk.OK().Submit(answers, files...), nil
}

func save(c *sdk.Call, r *sdk.Request[Fields, Public], answers capa.Answers) (*sdk.Reply, error) {
	if r.Access == nil || !r.Access.Save.Open {
		return nil, sdk.Refuse("%s", c.T("cannot_save"))
	}
	r.Fields.Answers, r.Fields.Saved, r.Fields.Last = answers, c.Context.Now, ""
	return sdk.OK().Say(c.T("saved")), nil
}

// hint opens the next hint. What was typed comes along with the form and is kept, or the fresh view would lose it.
func hint(c *sdk.Call, r *sdk.Request[Fields, Public], answers capa.Answers) (*sdk.Reply, error) {
	if question.Editable(r.Access) && !same(answers, r.Fields.Answers) {
		r.Fields.Answers, r.Fields.Saved = answers, c.Context.Now
	}
	at := r.Fields.Hints
	if at >= len(r.Public.Hints) {
		return nil, sdk.Refuse("%s", c.T("no_more_hints"))
	}
	r.Fields.Hints, r.Fields.Last = at+1, question.HandlerHint
	return question.HintShown(sdk.OK(), r.Public.Hints, at), nil
}

// same compares answers as forms send them: an empty one is the same as none.
func same(a, b capa.Answers) bool {
	for _, pair := range [][2]capa.Answers{{a, b}, {b, a}} {
		for id, answer := range pair[0] {
			other := pair[1][id]
			if answer.Text != other.Text || !maps.Equal(answer.Pairs, other.Pairs) || !slices.Equal(answer.List, other.List) {
				return false
			}
		}
	}
	return true
}

// handedIn puts the files that a form brought into the answers, and gives those that a submission binds. Only a submission keeps
// files: whatever else is asked for while some are chosen is refused, so that the page stays as it is and none is lost.
func handedIn(c *sdk.Call, r *sdk.Request[Fields, Public], answers capa.Answers) ([]wire.File, error) {
	fields := r.Public.FileFields()
	if fields == nil {
		return nil, nil
	}
	named := map[string][]capa.FileNamed{}
	var files []wire.File
	for _, f := range r.Files {
		if _, ok := fields[f.Input]; ok {
			named[f.Input], files = append(named[f.Input], capa.FileNamed{Name: f.Name, Hash: f.Hash, Size: f.Size}), append(files, f)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		in := fields[field]
		if r.Handler != question.HandlerSubmit {
			if len(named[field]) > 0 {
				return nil, sdk.Refuse("%s", c.T("upload_unsaved"))
			}
			if before, ok := r.Fields.Answers[in.ID]; ok { // the view goes on saying what was handed in
				answers[in.ID] = before
			}
			continue
		}
		if key, names := in.Refuses(named[field]); key != "" {
			return nil, sdk.Refuse("%s", c.T(key, strings.Join(names, ", ")))
		}
		answers[in.ID] = capa.Handed(named[field])
	}
	return files, nil
}
