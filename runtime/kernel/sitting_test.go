package kernel_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// generous is the quiz of a later version, which gives half the points for anything.
type generous struct{ quiz }

func (generous) Grade(*sdk.Call, sdk.Submission[sdk.None, quizSecret]) (wire.Verdict, error) {
	return wire.Verdict{Outcome: wire.OutcomeScored, Earned: 0.5, Possible: 1}, nil
}

func generousBlock() sdk.Block {
	learner := []wire.Role{wire.RoleLearner}
	return sdk.New[quizFields, sdk.None, quizSecret](generous{}, sdk.Spec{
		Views: []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Access: true}}},
		Handlers: []wire.Handler{
			{Name: "save", Roles: learner, Reads: wire.Reads{Fields: []string{"draft"}}},
			{Name: "submit", Roles: learner, Grades: true, Reads: wire.Reads{Fields: []string{"draft"}}},
		},
	})
}

// answer posts a word and gives what counts then, and the content and artifact by which it was graded.
func (w *world) answer(p *access.Person, word string) (score float64, content, artifact string) {
	w.t.Helper()
	block := w.block("quiz", "q")
	response, err := w.post(p, block, "submit", "", map[string]string{"word": word})
	if err != nil {
		w.t.Fatal(err)
	}
	w.work()
	submission, err := w.kernel.Scorer().Submission(w.t.Context(), response.Submission)
	if err != nil {
		w.t.Fatal(err)
	}
	counts := w.score(p.Learner, block)
	if counts == nil {
		w.t.Fatalf("%s has no score", p.Learner)
	}
	return *counts, submission.Content, submission.Artifact
}

// A publish that keeps the answer hash reaches open sittings at once; one that changes it reaches new sittings only, and so
// does another version of the block: a sitting pins content and artifact together.
func TestSittingsPinContentAndArtifact(t *testing.T) {
	quizzes := func(word, title string) place {
		return place{"quiz", "q", map[string]any{"word": word, "display_name": title, "show_reset_button": true}}
	}
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock()})
	w.publish(quizzes("one", "Typo"))
	ann, old := w.learner("ann"), w.block("quiz", "q").Hash
	if _, err := w.post(ann, w.block("quiz", "q"), "save", "", map[string]string{"word": "half"}); err != nil {
		t.Fatal(err)
	}
	sitting := w.show(ann, w.block("quiz", "q")).Sitting

	w.publish(quizzes("one", "Mended"))
	mended := w.block("quiz", "q").Hash
	if score, content, _ := w.answer(ann, "one"); score != 1 || content != mended || old == mended {
		t.Errorf("after a typo was mended: %v by %s, want 1 by %s", score, content, mended)
	}

	w.publish(quizzes("two", "Mended"))
	changed := w.block("quiz", "q").Hash
	if score, content, _ := w.answer(ann, "two"); score != 0 || content != mended {
		t.Errorf("the open sitting after its key was changed: %v by %s, want 0 by %s", score, content, mended)
	}
	bob := w.learner("bob")
	if score, content, artifact := w.answer(bob, "two"); score != 1 || content != changed || artifact != "native-quiz-1.0.0" {
		t.Errorf("a new sitting: %v by %s of %s, want 1 by %s", score, content, artifact, changed)
	}

	w.install("quiz", "2.0.0", generousBlock())
	w.reopen()
	if now := w.show(ann, w.block("quiz", "q")).Sitting; now != sitting {
		t.Errorf("the sitting is another one: %s, was %s", now, sitting)
	}
	if score, content, artifact := w.answer(ann, "wrong"); score != 0 || content != mended || artifact != "native-quiz-1.0.0" {
		t.Errorf("the open sitting after an upgrade: %v by %s of %s", score, content, artifact)
	}
	if score, _, artifact := w.answer(w.learner("cid"), "two"); score != 0.5 || artifact != "native-quiz-2.0.0" {
		t.Errorf("a new sitting after the upgrade: %v of %s", score, artifact)
	}
	if _, err := w.post(ann, w.block("quiz", "q"), wire.HandlerReset, "", nil); err != nil {
		t.Fatal(err)
	}
	if score, content, artifact := w.answer(ann, "two"); score != 0.5 || content != changed || artifact != "native-quiz-2.0.0" {
		t.Errorf("after the reset: %v by %s of %s", score, content, artifact)
	}
}

// oldNotes and newNotes are two versions of a block that renamed what it stores.
type oldNotes struct{}

type oldNotesFields struct {
	Draft string `quoin:"draft,user_state"`
	Theme string `quoin:"theme,preferences"`
}

func (oldNotes) Render(_ *sdk.Call, v sdk.View[oldNotesFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: "old " + v.Fields.Draft}, nil
}

func (oldNotes) Handle(_ *sdk.Call, r *sdk.Request[oldNotesFields, sdk.None]) (*sdk.Reply, error) {
	r.Fields.Draft, r.Fields.Theme = r.Form["word"][0], "dark"
	return sdk.OK(), nil
}

type newNotes struct{}

type newNotesFields struct {
	Text  string `quoin:"text,user_state"`
	Stars int    `quoin:"stars,user_state"`
	Theme string `quoin:"theme,preferences"`
}

func (newNotes) Render(_ *sdk.Call, v sdk.View[newNotesFields, sdk.None]) (sdk.Fragment, error) {
	return sdk.Fragment{HTML: fmt.Sprintf("new %s %d %s", v.Fields.Text, v.Fields.Stars, v.Fields.Theme)}, nil
}

func (newNotes) Handle(_ *sdk.Call, r *sdk.Request[newNotesFields, sdk.None]) (*sdk.Reply, error) {
	r.Fields.Stars++
	return sdk.OK(), nil
}

func (newNotes) Migrate(_ *sdk.Call, m wire.MigrateRequest) (wire.MigrateReply, error) {
	if m.Scope == wire.ScopePrefs && m.From == 1 && len(m.Fields) == 1 {
		return wire.MigrateReply{Fields: wire.Fields{"theme": json.RawMessage(`"migrated"`), "text": m.Fields["theme"]}}, nil
	}
	if m.From != 1 || m.Scope != wire.ScopeUserState || len(m.Fields) != 1 {
		return wire.MigrateReply{}, sdk.Refuse("asked for %+v", m)
	}
	return wire.MigrateReply{Fields: wire.Fields{"text": m.Fields["draft"], "unheard-of": m.Fields["draft"]}}, nil
}

// What an older version stored is migrated when it is read, never in place: a look stores nothing, the next write stores the
// new shape whole, what was renamed included. The older version, put back, says that it cannot read it.
func TestMigrationOnRead(t *testing.T) {
	learner := []wire.Role{wire.RoleLearner}
	oldBlock := sdk.New[oldNotesFields, sdk.None, sdk.None](oldNotes{}, sdk.Spec{
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Fields: []string{"draft"}}}},
		Handlers: []wire.Handler{{Name: "save", Roles: learner, Reads: wire.Reads{Fields: []string{"draft", "theme"}}}},
	})
	newBlock := sdk.New[newNotesFields, sdk.None, sdk.None](newNotes{}, sdk.Spec{
		Schema:   2,
		Views:    []wire.View{{Name: wire.ViewLearner, Reads: wire.Reads{Fields: []string{"text", "stars", "theme"}}}},
		Handlers: []wire.Handler{{Name: "star", Roles: learner, Reads: wire.Reads{Fields: []string{"stars"}}}},
	})
	w := newWorld(t, openStore(t), map[string]sdk.Block{"notes": oldBlock})
	w.publish(place{"notes", "n", nil})
	block, ann := w.block("notes", "n"), w.learner("ann")
	if _, err := w.post(ann, block, "save", "", map[string]string{"word": "dear diary"}); err != nil {
		t.Fatal(err)
	}
	w.kernel.Wait()
	stored := func() store.Doc[state.Learner] {
		t.Helper()
		doc, err := store.Of[state.Learner](w.store, state.LearnerSpec()).Get(t.Context(), state.LearnerID("ann", block.Usage.String()))
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	before := stored()
	w.install("notes", "2.0.0", newBlock)
	if html := w.show(ann, block).HTML; html != "new dear diary 0 migrated" {
		t.Errorf("the newer version sees %q", html)
	}
	if after := stored(); after.Version != before.Version || after.Body.Schema != 1 {
		t.Errorf("a look stored schema %d", after.Body.Schema)
	}
	if _, err := w.post(ann, block, "star", "", nil); err != nil {
		t.Fatal(err)
	}
	w.kernel.Wait()
	after := stored()
	if l := after.Body; l.Schema != 2 || l.Fields["text"] != `"dear diary"` || l.Fields["stars"] != "1" || len(l.Fields) != 2 {
		t.Errorf("stored %v with schema %d", l.Fields, l.Schema)
	}
	if html := w.show(ann, block).HTML; html != "new dear diary 1 migrated" {
		t.Errorf("then it sees %q", html)
	}
	w.install("notes", "1.0.0", oldBlock)
	if shown := w.show(ann, block); code(shown.Failure) != wire.CodeBroken || !strings.Contains(shown.Failure.Message, "schema 2") {
		t.Errorf("the older version, put back: %+v", shown.Failure)
	}
	if shown := w.show(w.learner("bob"), block); shown.Failure != nil {
		t.Errorf("for somebody who stored nothing: %v", shown.Failure)
	}
}

// Documents belong to a package and a course: the same block in another course sees none of them (security R7).
func TestDocumentsOfAnotherCourse(t *testing.T) {
	w, _ := quizWorld(t, nil)
	if _, err := w.post(w.learner("ann"), w.block("seats", "s"), "open", "", nil); err != nil {
		t.Fatal(err)
	}
	here := w.run
	w.run.Run = "other"
	w.publish(place{"quiz", "q", nil}, place{"seats", "s", nil})
	if html := w.show(w.learner("ann"), w.block("seats", "s")).HTML; !strings.Contains(html, "false 0") {
		t.Errorf("the other course sees %s", html)
	}
	if _, err := w.post(w.learner("ann"), w.block("seats", "s"), "book", "", nil); code(err) == "" {
		t.Error("a seat of another course's room was booked")
	}
	w.run = here
	if html := w.show(w.learner("ann"), w.block("seats", "s")).HTML; !strings.Contains(html, "true 10") {
		t.Errorf("the course itself sees %s", html)
	}
}
