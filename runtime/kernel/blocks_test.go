package kernel_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// quiz asks one question: type the author's word.
type quiz struct{}

type quizFields struct {
	Word  string         `quoin:"word,content,secret" default:"\"yes\""`
	Draft string         `quoin:"draft,user_state"`
	Liked map[string]int `quoin:"liked,user_state_summary,sum"`
	Theme string         `quoin:"theme,preferences"`
}

type quizSecret struct{ Word string }

func (quiz) Outline(_ *sdk.Call, f *quizFields, _ []wire.Child) (sdk.Outline[sdk.None, quizSecret], error) {
	one := 1.0
	if f.Word == "broken" {
		return sdk.Outline[sdk.None, quizSecret]{}, sdk.Refuse("the word must not be %q", f.Word)
	}
	return sdk.Outline[sdk.None, quizSecret]{
		Facts:  wire.Facts{MaxScore: &one, Completion: wire.CompleteOnSubmit, Title: "Quiz"},
		Secret: quizSecret{f.Word},
	}, nil
}

func (quiz) Render(_ *sdk.Call, v sdk.View[quizFields, sdk.None]) (sdk.Fragment, error) {
	out := fmt.Sprintf("<p>draft=%s liked=%d theme=%s", v.Fields.Draft, v.Fields.Liked["yes"], v.Fields.Theme)
	if v.Newest != nil {
		out += fmt.Sprintf(" verdict=%s %v/%v %s", v.Newest.Outcome, v.Newest.Earned, v.Newest.Possible, v.Newest.Message)
	}
	if v.Grading != nil {
		out += " grading"
	}
	return sdk.Fragment{HTML: out + fmt.Sprintf(" tries=%d</p>", v.Access.Tries)}, nil
}

func (quiz) Handle(_ *sdk.Call, r *sdk.Request[quizFields, sdk.None]) (*sdk.Reply, error) {
	word := strings.Join(r.Form["word"], "")
	switch r.Handler {
	case "save":
		r.Fields.Draft = word
		return sdk.OK().Say("saved"), nil
	case "submit":
		r.Fields.Draft = word
		return sdk.JSON(map[string]string{"got": word}).Submit(word), nil
	case "like":
		return sdk.OK().Increment("liked", "yes", 1), nil
	case "theme":
		r.Fields.Theme = word
		return sdk.OK(), nil
	case "cheat":
		return sdk.OK().Effect(wire.Effect{Score: &wire.SetScore{Learner: "me", Earned: 1, Possible: 1, Reason: "why not"}}), nil
	case "panic":
		panic("on purpose")
	}
	return nil, errors.New("unreachable")
}

func (quiz) Grade(_ *sdk.Call, s sdk.Submission[sdk.None, quizSecret]) (wire.Verdict, error) {
	var word string
	if err := jsonInto(s.Answers, &word); err != nil {
		return wire.Verdict{}, err
	}
	switch word {
	case "":
		return wire.Verdict{Outcome: wire.OutcomeInvalid, Message: "type a word"}, nil
	case "later":
		if len(s.Evidence) == 0 {
			return wire.Verdict{Outcome: wire.OutcomePending, Message: "the office"}, nil
		}
		return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 0.5, Possible: 1}, nil
	case "crash":
		panic("on purpose")
	case s.Secret.Word:
		return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1}, nil
	}
	return wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1}, nil
}

func (quiz) Reveal(_ *sdk.Call, _ sdk.None, s quizSecret, _ json.RawMessage) (sdk.Revealed, error) {
	return sdk.Revealed{HTML: "<p>" + s.Word + "</p>"}, nil
}

func quizBlock() sdk.Block {
	everything := wire.Reads{Verdict: true, Access: true, Fields: []string{"draft", "liked", "theme"}}
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[quizFields, sdk.None, quizSecret](quiz{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: everything}},
		Handlers: []wire.Handler{
			{Name: "save", Roles: learner, Reads: wire.Reads{Fields: []string{"draft"}}},
			{Name: "submit", Roles: learner, Grades: true, Reads: wire.Reads{Fields: []string{"draft"}}},
			{Name: "like", Roles: learner},
			{Name: "theme", Roles: learner, Reads: wire.Reads{Fields: []string{"theme"}}},
			{Name: "cheat", Roles: learner},
			{Name: "panic", Roles: learner},
		},
	})
}

// seats books seats of a room and never oversells; it also counts bookings elsewhere.
type seats struct{}

type seatsFields struct {
	Mine string `quoin:"mine,user_state"`
}

type room struct {
	Left  int64  `json:"left"`
	Title string `json:"title"`
}

func (seats) Render(c *sdk.Call, v sdk.View[seatsFields, sdk.None]) (sdk.Fragment, error) {
	var r room
	_, found, err := c.Document("rooms", "main", &r)
	return sdk.Fragment{HTML: fmt.Sprintf("<p>%v %d %s</p>", found, r.Left, v.Fields.Mine)}, err
}

func (seats) Handle(c *sdk.Call, r *sdk.Request[seatsFields, sdk.None]) (*sdk.Reply, error) {
	switch r.Handler {
	case "open":
		var existing room
		_, found, err := c.Document("rooms", "main", &existing)
		if err != nil || found {
			return sdk.OK(), err
		}
		return sdk.OK().Create("rooms", "main", room{Left: 10, Title: "main"}), nil
	case "book":
		return sdk.OK().Take("rooms", "main", "left", -1, 0, 10).Set("mine", "yes").Insert("log", map[string]any{"who": c.Context.Subject}), nil
	case "count":
		return sdk.OK().Add("rooms", "main", "left", 1), nil
	case "extend":
		return sdk.OK().Schedule("extend", "once", 5), nil
	}
	return nil, errors.New("unreachable")
}

func (seats) Task(_ *sdk.Call, _ *seatsFields, task wire.TaskRequest) (*sdk.Reply, error) {
	if task.Task == "extend" {
		var by int64
		if err := jsonInto(task.Payload, &by); err != nil {
			return nil, err
		}
		return sdk.OK().Take("rooms", "main", "left", by, 0, 1000), nil
	}
	return sdk.OK().Insert("log", map[string]any{"who": "task " + task.Task}), nil
}

func seatsBlock() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[seatsFields, sdk.None, sdk.None](seats{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Fields: []string{"mine"}}}},
		Handlers: []wire.Handler{
			{Name: "open", Roles: learner},
			{Name: "book", Roles: learner, Reads: wire.Reads{User: true}},
			{Name: "count", Roles: learner},
			{Name: "extend", Roles: learner},
		},
		Tasks: []string{"extend", "remind"},
		Collections: []wire.Collection{
			{Name: "rooms", Indexes: []wire.Index{{Name: "title", Fields: []string{"title"}, Unique: true}}},
			{Name: "log", Learners: "who", Indexes: []wire.Index{{Name: "who", Fields: []string{"who"}}}},
		},
	})
}
