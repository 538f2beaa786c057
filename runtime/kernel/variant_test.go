package kernel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// drawn asks for a number that a script draws from the course's library.
type drawn struct{}

type drawnFields struct {
	Name  string `quoin:"display_name,settings"`
	Files string `quoin:"files,content"`
	Typed string `quoin:"typed,user_state"`
}

type drawnPublic struct {
	Files, Number, Failed string
}

func drawnBlock(identity bool) sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[drawnFields, drawnPublic, drawnPublic](drawn{}, sdk.Spec{
		Rerandomize: "per_student", Identity: identity,
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Seed: true, Prepared: true, Access: true}}},
		Handlers: []wire.Handler{
			{Name: "save", Roles: learner, Reads: wire.Reads{Fields: []string{"typed"}}},
			{Name: "submit", Roles: learner, Grades: true, Reads: wire.Reads{Fields: []string{"typed"}}},
		},
	})
}

func (drawn) Outline(_ *sdk.Call, f *drawnFields, _ []wire.Child) (sdk.Outline[drawnPublic, drawnPublic], error) {
	one := 1.0
	p := drawnPublic{Files: f.Files}
	return sdk.Outline[drawnPublic, drawnPublic]{
		Facts:  wire.Facts{Title: f.Name, MaxScore: &one, Varies: true, Completion: wire.CompleteOnSubmit},
		Public: p, Secret: p,
	}, nil
}

func (drawn) Vary(c *sdk.Call, p, _ drawnPublic) (drawnPublic, drawnPublic, error) {
	if p.Files != "" {
		done, err := c.Script(wire.ScriptRun{Language: "python", Code: "draw", Seed: c.Seed(), Files: strings.Fields(p.Files)})
		if err != nil {
			return p, p, err
		}
		if p.Number = string(done.Globals); done.Failed != nil {
			p.Failed = done.Failed.Message
		}
	}
	return p, p, nil
}

func (drawn) Check(c *sdk.Call, f *drawnFields, _ []wire.Child) ([]wire.Finding, error) {
	done, err := c.Script(wire.ScriptRun{Language: "python", Code: "draw", Files: strings.Fields(f.Files)})
	if err != nil || done.Failed == nil {
		return nil, err
	}
	return []wire.Finding{{Level: wire.LevelError, Message: done.Failed.Message}}, nil
}

func (drawn) Render(_ *sdk.Call, v sdk.View[drawnFields, drawnPublic]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "number " + v.Public.Number + v.Public.Failed + "."}, nil
}

func (drawn) Handle(_ *sdk.Call, r *sdk.Request[drawnFields, drawnPublic]) (*sdk.Reply, error) {
	r.Fields.Typed = strings.Join(r.Form["typed"], "")
	if r.Handler == "submit" {
		return sdk.OK().Submit(r.Fields.Typed), nil
	}
	return sdk.OK(), nil
}

func (drawn) Grade(_ *sdk.Call, s sdk.Submission[drawnPublic, drawnPublic]) (wire.Verdict, error) {
	v := wire.Verdict{Outcome: wire.OutcomeScored, Possible: 1}
	if string(s.Answers) == fmt.Sprintf("%q", s.Secret.Number) && s.Secret.Number == s.Public.Number {
		v.Earned = 1
	}
	return v, nil
}

// library stands in for Python with the course's files: what a script draws is what the files hold now.
type library struct {
	mu          sync.Mutex
	interpreter string
	files       map[string]map[string]string // by run, by name
	ran         int
}

func (l *library) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
}

// answer implements the service: "python 3 nine" draws 3 by interpreter python from a library that says nine; a library that
// says "broken" fails.
func (l *library) answer(_ context.Context, call *services.Call, _ string, m wire.Message) (any, error) {
	var run wire.ScriptRun
	if err := m.Body(&run); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ran++
	text := l.interpreter
	call.From("python", l.interpreter)
	for _, name := range run.Files {
		held := l.files[call.Published.Key.String()][name]
		call.From(services.FileSource(name), held)
		text += "-" + held
		if held == "broken" {
			return wire.ScriptDone{Failed: &wire.ScriptError{Class: "ImportError", Message: "the library is broken"}}, nil
		}
	}
	return wire.ScriptDone{Globals: json.RawMessage(fmt.Sprintf("%q", text))}, nil
}

func (l *library) now(_ context.Context, run, source string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if source == "python" {
		return l.interpreter, nil
	}
	name, _ := services.FileOf(source)
	return l.files[run][name], nil
}

// drawnWorld has a course with the block, in which the library says one.
func drawnWorld(t *testing.T, identity bool) (*world, *library) {
	t.Helper()
	l := &library{interpreter: "py1", files: map[string]map[string]string{}}
	w := newWorld(t, openStore(t), map[string]sdk.Block{"drawn": drawnBlock(identity)})
	w.tune = func(c *kernel.Config) {
		c.Services, c.Sources = services.Table{wire.ServiceScript: l.answer}, l.now
	}
	w.reopen()
	l.files[w.run.String()] = map[string]string{"lib.zip": "one"}
	w.publish(place{"drawn", "d", map[string]any{"files": "lib.zip", "display_name": "D", "show_reset_button": true}})
	return w, l
}

func (w *world) number(learner, want string) {
	w.t.Helper()
	if shown := w.show(w.learner(learner), w.block("drawn", "d")); shown.Failure != nil || shown.HTML != "number "+want+"." {
		w.t.Errorf("%s sees %+v, want %s", learner, shown.Rendered, want)
	}
}

func (w *world) types(learner, handler, text string) (submission string) {
	w.t.Helper()
	response, err := w.post(w.learner(learner), w.block("drawn", "d"), handler, "", map[string]string{"typed": text})
	if err != nil {
		w.t.Fatal(err)
	}
	w.work()
	return response.Submission
}

// A mended library or another interpreter takes effect at once for whoever has not begun. Who has keeps the numbers under his
// answer, is graded by them, and gets the new ones with the next sitting.
func TestVariantsFollowWhatTheyAreMadeFrom(t *testing.T) {
	for _, identity := range []bool{false, true} {
		t.Run(fmt.Sprint("identity ", identity), func(t *testing.T) {
			w, l := drawnWorld(t, identity)
			for _, name := range []string{"ann", "bob", "cid"} {
				w.number(name, `"py1-one"`)
			}
			w.types("ann", "save", "x")
			w.types("dan", "submit", "wrong")
			first := w.types("bob", "submit", `"py1-one"`)

			l.change(func() { l.files[w.run.String()]["lib.zip"] = "two" })
			w.number("ann", `"py1-one"`)
			w.number("bob", `"py1-one"`)
			w.number("cid", `"py1-two"`)
			w.number("new", `"py1-two"`)
			w.reopen() // nothing of it is in memory alone
			w.number("bob", `"py1-one"`)
			w.number("cid", `"py1-two"`)
			w.types("ann", "submit", `"py1-one"`)
			w.types("cid", "submit", `"py1-two"`)

			l.change(func() { l.interpreter = "py2" })
			w.number("ann", `"py1-one"`)
			w.number("cid", `"py1-two"`)
			w.number("new", `"py2-two"`)
			for _, name := range []string{"ann", "bob", "cid"} {
				if score := w.score(name, w.block("drawn", "d")); score == nil || *score != 1 {
					t.Errorf("%s: %v", name, score)
				}
			}

			submission, err := w.kernel.Scorer().Submission(t.Context(), first)
			if err != nil {
				t.Fatal(err)
			}
			again, err := w.kernel.Grade(t.Context(), first, submission, nil, nil)
			if err != nil || again.Verdict.Earned != 1 || again.Receipt.Sources != submission.Sources || submission.Sources == "" {
				t.Errorf("graded again %+v, %v", again, err)
			}
			w.number("dan", `"py1-one"`)
			if _, err := w.post(w.learner("dan"), w.block("drawn", "d"), wire.HandlerReset, "", nil); err != nil {
				t.Fatal(err)
			}
			w.number("dan", `"py2-two"`)
		})
	}
}

// A failure of a script is a value like any other: it is stored, and goes with what made it fail.
func TestFailedVariantsGoWithTheirCause(t *testing.T) {
	w, l := drawnWorld(t, false)
	l.files[w.run.String()]["lib.zip"] = "broken"
	w.number("ann", "the library is broken")
	w.number("ann", "the library is broken")
	if l.ran != 1 {
		t.Errorf("the script ran %d times", l.ran)
	}
	l.change(func() { l.files[w.run.String()]["lib.zip"] = "mended" })
	w.number("ann", `"py1-mended"`)
	l.change(func() { delete(l.files[w.run.String()], "lib.zip") })
	w.number("ann", `"py1-"`)
}

// An author's check runs the script with the files of his course.
func TestCheckRunsScripts(t *testing.T) {
	w, l := drawnWorld(t, false)
	fields := wire.Fields{"files": json.RawMessage(`"lib.zip"`)}
	if found, err := w.kernel.Check(t.Context(), w.published(), "drawn", fields, nil); err != nil || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	l.change(func() { l.files[w.run.String()]["lib.zip"] = "broken" })
	found, err := w.kernel.Check(t.Context(), w.published(), "drawn", fields, nil)
	if err != nil || len(found) != 1 || found[0].Message != "the library is broken" {
		t.Errorf("%+v, %v", found, err)
	}
}

// Two runs with the same content each have their own library (security R6, R13).
func TestVariantsOfTwoRunsAreApart(t *testing.T) {
	w, l := drawnWorld(t, false)
	w.number("ann", `"py1-one"`)
	w.run.Run = "later"
	l.files[w.run.String()] = map[string]string{"lib.zip": "other"}
	w.publish(place{"drawn", "d", map[string]any{"files": "lib.zip", "display_name": "D", "show_reset_button": true}})
	w.number("ann", `"py1-other"`)
	w.run.Run = "now"
	w.number("ann", `"py1-one"`)
}

// A process that knows fewer sources than another makes a variant again at worst; and content that reads nothing is made once.
func TestSourcesAreFoundOut(t *testing.T) {
	w, l := drawnWorld(t, false)
	early := w.kernel
	w.reopen()
	w.number("ann", `"py1-one"`)
	l.change(func() { l.files[w.run.String()]["lib.zip"] = "two" })
	w.number("ann", `"py1-two"`)
	w.kernel = early
	w.number("ann", `"py1-two"`)
	l.change(func() { l.files[w.run.String()]["lib.zip"] = "one" })
	ran := l.ran
	w.number("ann", `"py1-one"`)
	if l.ran != ran {
		t.Error("a variant that is stored was made again")
	}

	w.publish(place{"drawn", "d", map[string]any{"files": "", "display_name": "D"}})
	w.number("ann", "")
	if l.ran != ran {
		t.Error("it reads nothing")
	}
	w.publish(place{"drawn", "d", map[string]any{"files": "lib.zip more.zip", "display_name": "D"}})
	w.number("ann", `"py1-one-"`)
	l.change(func() { l.files[w.run.String()]["more.zip"] = "more" })
	w.number("ann", `"py1-one-more"`)
}

// A publish that keeps the key reaches open sittings, unless the learner's numbers would change under his answer with it.
func TestAMovedSittingKeepsItsNumbers(t *testing.T) {
	titled := func(title string) place {
		return place{"drawn", "d", map[string]any{"files": "lib.zip", "display_name": title}}
	}
	w, l := drawnWorld(t, false)
	content := func(submission string) string {
		s, err := w.kernel.Scorer().Submission(t.Context(), submission)
		if err != nil {
			t.Fatal(err)
		}
		return s.Content
	}
	w.types("ann", "save", "x")
	w.publish(titled("Mended"))
	if got := content(w.types("ann", "submit", `"py1-one"`)); got != w.block("drawn", "d").Hash {
		t.Error("the sitting did not move along")
	}
	before := w.block("drawn", "d").Hash
	l.change(func() { l.files[w.run.String()]["lib.zip"] = "two" })
	w.publish(titled("Mended again"))
	w.number("ann", `"py1-one"`)
	if got := content(w.types("ann", "submit", `"py1-one"`)); got != before {
		t.Error("the sitting moved to other numbers")
	}
	w.number("bob", `"py1-two"`)
	if score := w.score("ann", w.block("drawn", "d")); score == nil || *score != 1 {
		t.Error(score)
	}
}

// A variant that is gone is made anew rather than taking the page away.
func TestAVariantThatIsGoneIsMadeAnew(t *testing.T) {
	w, l := drawnWorld(t, false)
	w.types("ann", "save", "x")
	page, err := w.store.Find(t.Context(), "variants", store.Query{Limit: 10})
	if err != nil || len(page.Records) != 1 {
		t.Fatal(page, err)
	}
	if err := w.store.Delete(t.Context(), "variants", page.Records[0].ID, page.Records[0].Version); err != nil {
		t.Fatal(err)
	}
	l.change(func() { l.interpreter = "py2" })
	w.reopen()
	w.number("ann", `"py2-one"`)
}
