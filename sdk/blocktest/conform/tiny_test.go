package conform_test

import (
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// tiny is a small block with a bit of everything. It behaves well; each fault breaks one promise on purpose.
type tiny struct {
	fault string
	calls int
}

type fields struct {
	Title  string `quoin:"display_name,settings" default:"\"Tiny\""`
	Ask    string `quoin:"ask,content,text" default:"\"Say the word.\""`
	Word   string `quoin:"word,content,secret" default:"\"abracadabra\""`
	Number int    `quoin:"number,content,secret" default:"3"`
	Draft  string `quoin:"draft,user_state"`
	Liked  bool   `quoin:"liked,user_state"`
}

type public struct{ Ask, Hint string }

type secret struct {
	Word   string
	Number int
}

type counter struct {
	Left int64            `json:"left"`
	By   map[string]int64 `json:"by,omitempty"`
}

func (b *tiny) Outline(_ *sdk.Call, f *fields, _ []wire.Child) (sdk.Outline[public, secret], error) {
	if f.Ask == "" {
		return sdk.Outline[public, secret]{}, sdk.Refuse("ask: say what you ask")
	}
	most := 2.0
	if b.fault == "other maximum" {
		most = 3
	}
	out := sdk.Outline[public, secret]{
		Facts: wire.Facts{Title: f.Title, MaxScore: &most}, Public: public{Ask: f.Ask}, Secret: secret{f.Word, f.Number},
	}
	switch b.fault {
	case "key in public":
		out.Public.Hint = f.Word
	case "key in facts":
		out.Facts.Search = "the word is " + f.Word
	case "number in public":
		out.Public.Hint = fmt.Sprint(f.Number)
	case "key of a form of its own":
		out.Public.Hint = "sesame-street"
	case "no samples publish":
		return out, sdk.Refuse("nothing is good enough")
	}
	return out, nil
}

func (b *tiny) Render(c *sdk.Call, v sdk.View[fields, public]) (sdk.Fragment, error) {
	b.calls++
	if v.Name != wire.ViewLearner && v.Name != wire.ViewStaff {
		return sdk.Fragment{}, sdk.NotFound("there is no view %q", v.Name)
	}
	var left counter
	if _, _, err := c.Document("counters", "likes", &left); err != nil {
		return sdk.Fragment{}, err
	}
	escape := html.EscapeString
	if b.fault == "raw draft" {
		escape = func(s string) string { return s }
	}
	out := fmt.Sprintf(`<p>%s</p><label>Word <input name="word" form="quoin:form" value="%s"></label>`+
		`<button form="quoin:form" name="handler" value="submit">Send</button><p>%d left</p>`,
		html.EscapeString(v.Public.Ask+v.Public.Hint), escape(v.Fields.Draft), left.Left)
	if v.Newest != nil {
		out += "<p>" + string(v.Newest.Outcome) + "</p>" + v.Newest.Feedback
	}
	fragment := sdk.Fragment{HTML: out, Scripts: []string{"tiny.js"}}
	switch b.fault {
	case "view fails after an answer":
		if v.Newest != nil {
			return sdk.Fragment{}, sdk.Refuse("it is over")
		}
	case "form":
		fragment.HTML = "<form>" + out + "</form>"
	case "missing asset":
		fragment.Styles = []string{"none.css"}
	case "counts calls":
		fragment.HTML += fmt.Sprintf("<p>seen %d times</p>", b.calls)
	case "own chance":
		fragment.HTML += fmt.Sprintf("<p>%d</p>", rand.Int64())
	case "person's name raw":
		people, err := c.Users("ann")
		if err != nil || len(people) == 0 {
			return fragment, err
		}
		fragment.HTML += people[0].Username
	}
	return fragment, nil
}

func (b *tiny) Handle(c *sdk.Call, r *sdk.Request[fields, public]) (*sdk.Reply, error) {
	switch r.Handler {
	case "submit":
		return b.submit(r)
	case "like":
		return b.like(c, r)
	}
	return nil, sdk.NotFound("there is no handler %q", r.Handler)
}

func (b *tiny) submit(r *sdk.Request[fields, public]) (*sdk.Reply, error) {
	words := r.Form["word"]
	switch {
	case b.fault == "panics" && len(words) != 1:
		_ = words[0]
	case b.fault == "untyped error" && len(words) != 1:
		return nil, fmt.Errorf("one word, not %d", len(words))
	case len(words) != 1:
		return nil, sdk.Refuse("send one word")
	}
	r.Fields.Draft = words[0]
	if b.calls++; b.fault == "counts runs" {
		r.Fields.Draft = fmt.Sprint(b.calls)
	}
	if b.fault == "forgets to submit" {
		return sdk.OK(), nil
	}
	return sdk.OK().Submit(words[0]), nil
}

// like takes one of ten likes, once for each learner.
func (b *tiny) like(c *sdk.Call, r *sdk.Request[fields, public]) (*sdk.Reply, error) {
	var likes counter
	_, found, err := c.Document("counters", "likes", &likes)
	if b.fault == "goes on without a service" {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if b.fault == "asks without permission" {
		if _, err := c.Scores([]string{c.Context.Subject}, nil); err != nil {
			return nil, err
		}
	}
	switch {
	case b.fault == "careless" && r.Fields.Liked:
		return nil, sdk.Refuse("once is enough")
	case b.fault == "goes on without a service" && !found:
		return sdk.OK().Insert("counters", counter{Left: 10}), nil
	case !found:
		return sdk.OK().Create("counters", "likes", counter{Left: 9, By: map[string]int64{c.Context.Subject: 1}}), nil
	case b.fault == "careless":
		r.Fields.Liked = true
		return sdk.OK().Take("counters", "likes", "left", -1, 0, 10), nil
	}
	return sdk.OK().Take("counters", "likes", "left", -1, 0, 10).TakeKey("counters", "likes", "by", c.Context.Subject, 1, 0, 1), nil
}

func (b *tiny) Grade(c *sdk.Call, s sdk.Submission[public, secret]) (wire.Verdict, error) {
	var word string
	if err := json.Unmarshal(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	v := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 2, Feedback: "<p>You wrote " + html.EscapeString(word) + ".</p>"}
	switch b.fault {
	case "key in feedback":
		v.Feedback = "<p>It was " + s.Secret.Word + ".</p>"
	case "key in log":
		c.Logf(sdk.LevelInfo, "comparing with %s", s.Secret.Word)
	case "raw feedback":
		v.Feedback = "<p>You wrote " + word + ".</p>"
	}
	switch {
	case strings.TrimSpace(word) == "" && b.fault == "says not why":
		return wire.Verdict{Outcome: wire.OutcomeInvalid}, nil
	case strings.TrimSpace(word) == "":
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "type a word"}, nil
	case word == s.Secret.Word && b.fault != "wrong score":
		v.Earned = 2
	case strings.EqualFold(word, s.Secret.Word):
		v.Earned = 1
	}
	return v, nil
}

func (b *tiny) Solve(_ *sdk.Call, _ public, s secret) (wire.Solution, error) {
	word := s.Word
	switch b.fault {
	case "wrong solution":
		word = "sesame"
	case "key of a form of its own":
		word = "sesame-street"
	}
	return wire.Solution{Input: &wire.Input{Handler: "submit", Form: map[string][]string{"word": {word}}}}, nil
}

func (b *tiny) Report(_ *sdk.Call, submissions []sdk.Reported[public, secret]) ([]wire.ReportRow, error) {
	var rows []wire.ReportRow
	for _, s := range submissions {
		row := wire.ReportRow{Submission: s.ID, Part: "word", Answer: string(s.Answers)}
		if b.fault == "report names no submission" {
			row.Submission = ""
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (b *tiny) Reveal(_ *sdk.Call, _ public, s secret, _ json.RawMessage) (sdk.Revealed, error) {
	return sdk.Revealed{HTML: "<p>" + html.EscapeString(s.Word) + "</p>"}, nil
}

// Mount lets an office settle submissions by signed requests.
func (b *tiny) Mount(c *sdk.Call, _ *fields, r wire.MountRequest) (*sdk.Reply, error) {
	if r.Mount != "hook" {
		return nil, sdk.NotFound("nothing is mounted at %q", r.Mount)
	}
	found, err := c.Verify(wire.KeyVerify{Secret: "office", Algorithm: "hmac-sha256", Payload: r.Body, Signature: strings.Join(r.Headers["x-signature"], "")})
	if err != nil {
		return nil, err
	}
	if !found.Valid && b.fault != "unsigned" {
		return nil, sdk.Forbid("the signature does not hold")
	}
	if r.Method == http.MethodGet {
		return sdk.OK(), nil
	}
	return sdk.OK().Settle("some", map[string]int{"points": 1}), nil
}

func (b *tiny) Samples(*sdk.Call) ([]wire.Sample, error) {
	answer := func(expect wire.Expectation, word string) wire.SampleAnswer {
		return wire.SampleAnswer{Expect: expect, Input: wire.Input{Handler: "submit", Form: map[string][]string{"word": {word}}}}
	}
	return []wire.Sample{{Name: "word", Answers: []wire.SampleAnswer{
		answer(wire.ExpectFull, "abracadabra"), answer(wire.ExpectPartial, "ABRACADABRA"), answer(wire.ExpectZero, "sesame"), answer(wire.ExpectInvalid, " "),
	}}}, nil
}

func block(fault string) sdk.Block {
	b := &tiny{fault: fault}
	learners := []wire.Role{wire.RoleLearner}
	reads := wire.Reads{Prepared: true, Verdict: true, Fields: []string{"draft"}}
	spec := sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: reads}, {Name: wire.ViewStaff, Reads: reads}},
		Handlers: []wire.Handler{
			{Name: "submit", Roles: learners, Grades: true, Reads: wire.Reads{Fields: []string{"draft"}}},
			{Name: "like", Roles: learners, Reads: wire.Reads{User: true, Fields: []string{"liked"}}},
		},
		Mounts:      []wire.Handler{{Name: "hook", Roles: []wire.Role{wire.RoleOutside}}},
		Collections: []wire.Collection{{Name: "counters", Learners: "by"}},
	}
	switch fault {
	case "reads a secret field":
		spec.Views[0].Reads.Fields = []string{"word"}
	case "schema":
		spec.Schema = -1
	}
	return sdk.New[fields, public, secret](b, spec)
}
