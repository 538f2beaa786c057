package acid

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// step is one call of a row's check. A step that says nothing goes on with the next one.
type step func(*trial)

// asked is what the page's script sends to run one step.
type asked struct {
	Row  string `json:"row"`
	Step int    `json:"step"`
	// Said is the error of the step before, "" when it went well.
	Said string `json:"said"`
	// Late says that the page has asked again for as long as it is patient.
	Late bool `json:"late"`
	// Language is the page's.
	Language string `json:"language"`
	// Seen is what the view told the script.
	Seen seen `json:"seen"`
}

// seen is what the view tells of the call that made it.
type seen struct {
	Places []string `json:"places"`
	Posts  int      `json:"posts"`
}

// answer tells the script how to go on.
type answer struct {
	State string `json:"state,omitempty"`
	Note  string `json:"note,omitempty"`
	Step  int    `json:"step"`
	// Handler is whom to call for the next step, Times how often at once, Again to ask the same step once more after a moment.
	Handler string `json:"handler,omitempty"`
	Times   int    `json:"times,omitempty"`
	Again   bool   `json:"again,omitempty"`
	// Press is the button whose form comes before the next step.
	Press string `json:"press,omitempty"`
}

// trial is one step being run.
type trial struct {
	c     *sdk.Call
	asked asked
	// f is the page's, q the question's; the other is nil.
	f       *Fields
	q       *QuestionFields
	public  Public
	results map[string]Result

	settings        wire.Fields
	newest, counted *wire.Verdict
	access          *wire.Access

	reply  *sdk.Reply
	result Result
	answer answer
	memo   any
	// failure is what the call shall fail with.
	failure error
	also    map[string]Result
}

func (t *trial) says(state, note string) { t.result = Result{State: state, Note: note} }

func (t *trial) green() { t.says(green, "") }

func (t *trial) red(format string, args ...any) { t.says(red, fmt.Sprintf(format, args...)) }

// holds is green when it does.
func (t *trial) holds(holds bool, format string, args ...any) {
	if holds {
		t.green()
	} else {
		t.red(format, args...)
	}
}

// failed takes an error that should not be: what the host has no service for has no host yet.
func (t *trial) failed(err error) bool {
	if err == nil {
		return false
	}
	t.says(red, err.Error())
	if code(err) == wire.CodeUnavailable {
		t.says(none, err.Error())
	}
	return true
}

func code(err error) wire.Code {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

// keep remembers a value for the next step.
func (t *trial) keep(value any) { t.memo = value }

// kept reads what the step before remembered.
func (t *trial) kept(into any) {
	if err := json.Unmarshal(t.results[t.asked.Row].Memo, into); err != nil {
		t.failure = fmt.Errorf("acid: reading what step %d of %s kept: %w", t.asked.Step-1, t.asked.Row, err)
	}
}

// wait asks for the same step again, until the page has no more patience.
func (t *trial) wait(format string, args ...any) {
	if t.asked.Late {
		t.red(format, args...)
		return
	}
	t.answer.Again = true
}

// mine is a key of the learner's own among everybody's counters.
func (t *trial) mine() string { return t.asked.Row + " " + t.c.Context.Subject }

// run takes one step of a row and answers the page.
func (t *trial) run(steps []step) (*sdk.Reply, error) {
	if t.asked.Step < 0 || t.asked.Step >= len(steps) {
		return nil, sdk.Refuse("row %q has no step %d", t.asked.Row, t.asked.Step)
	}
	t.reply = sdk.OK()
	steps[t.asked.Step](t)
	if t.failure != nil {
		return nil, t.failure
	}
	t.answer.Step = t.asked.Step
	switch {
	case t.result.State != "":
		t.answer.State, t.answer.Note = t.result.State, t.result.Note
	case t.answer.Again:
		return t.reply.JSON(t.answer), nil
	case t.asked.Step+1 == len(steps):
		t.red("the last step said nothing")
		t.answer.State, t.answer.Note = red, t.result.Note
	default:
		t.answer.Step++
		t.result = Result{State: running, Step: t.answer.Step, Press: t.answer.Press != ""}
	}
	if t.result.Memo = t.results[t.asked.Row].Memo; t.memo != nil {
		encoded, err := json.Marshal(t.memo)
		if err != nil {
			return nil, err
		}
		t.result.Memo = encoded
	}
	t.results[t.asked.Row] = t.result
	for row, result := range t.also {
		t.results[row] = result
	}
	return t.reply.JSON(t.answer), nil
}

// Handle implements sdk.Handler.
func (b block) Handle(c *sdk.Call, r *sdk.Request[Fields, Public]) (*sdk.Reply, error) {
	if r.Fields.Results == nil {
		r.Fields.Results = map[string]Result{}
	}
	switch r.Handler {
	case "form":
		return takeForm(c, r)
	case "bump":
		r.Fields.Own = append(r.Fields.Own, len(r.Fields.Own))
		return sdk.OK().Increment("tally", "fields.many "+c.Context.Subject, 1), nil
	case "note":
		return takeNote(r.Fields.Results, "acid", r.Body.Data)
	case "arrived":
		return arrived(r.Fields.Results, r.Body.Data)
	case "echo":
		return echo(c, r.Body.Data)
	case "once":
		counted := "once " + c.Context.Subject
		return sdk.JSON(map[string]any{"id": c.NewID(), "count": r.Fields.Tally[counted]}).Increment("tally", counted, 1), nil
	case "told":
		return sdk.OK().Publish("acid", c.NewID()), nil
	case "staff_only":
		return sdk.OK(), nil
	}
	ask, err := readAsked(r.Body.Data)
	if err != nil {
		return nil, err
	}
	t := &trial{c: c, asked: ask, f: r.Fields, public: r.Public, results: r.Fields.Results, settings: r.Settings}
	return t.run(checks[ask.Row])
}

func readAsked(body []byte) (asked, error) {
	var ask asked
	if err := json.Unmarshal(body, &ask); err != nil {
		return ask, sdk.Refuse("a row and a step are needed")
	}
	return ask, nil
}

// takeNote stores what the page's script found of a row that it checks itself.
func takeNote(results map[string]Result, page string, body []byte) (*sdk.Reply, error) {
	var note struct{ Row, State, Note string }
	if err := json.Unmarshal(body, &note); err != nil || !known(page, note.Row) {
		return nil, sdk.Refuse("no such row")
	}
	switch note.State {
	case green, red, none, waits:
	default:
		return nil, sdk.Refuse("no such state")
	}
	results[note.Row] = Result{State: note.State, Note: strings.ToValidUTF8(note.Note[:min(len(note.Note), 500)], "")}
	return sdk.OK(), nil
}

// checks are the rows that the block's own code checks.
var checks = func() map[string][]step {
	all := map[string][]step{}
	for _, some := range []map[string][]step{
		fieldChecks(), placeChecks(), readChecks(), callChecks(), effectChecks(), voidChecks(), documentChecks(), taskChecks(), serviceChecks(), outsideChecks(), formChecks(),
	} {
		for row, steps := range some {
			all[row] = steps
		}
	}
	return all
}()
