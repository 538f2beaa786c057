package authoring_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const five = `"one\ntwo\nthree\nfour\nfive\n"`

// Two authors at one text: what they changed in different lines is merged, what they changed in one line is kept twice.
func TestTwoAuthorsAtOneField(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	first := w.save(ada, h1, "data", five, `"ONE\ntwo\nthree\nfour\nfive\n"`)
	if len(first.Merged) != 0 || len(first.Conflicts) != 0 || first.Version != 1 {
		t.Errorf("the first save: %+v", first)
	}
	second := w.save(ben, h1, "data", five, `"one\ntwo\nthree\nfour\nFIVE\n"`)
	if got := string(second.Fields["data"]); got != `"ONE\ntwo\nthree\nfour\nFIVE\n"` || len(second.Merged) != 1 {
		t.Errorf("merged %s, %+v", got, second)
	}
	third := w.save(ben, h1, "data", five, `"eins\ntwo\nthree\nfour\nfive\n"`)
	if got := string(third.Fields["data"]); got != `"ONE\ntwo\nthree\nfour\nFIVE\n"` || len(third.Conflicts) != 1 {
		t.Fatalf("stored %s, conflicts %+v", got, third.Conflicts)
	}
	conflict := third.Conflicts[0]
	if string(conflict.Value) != `"eins\ntwo\nthree\nfour\nfive\n"` || conflict.By != "ben" || conflict.Field != "data" {
		t.Errorf("the conflict: %+v", conflict)
	}
	// The same again, as a browser that heard no answer sends it, keeps no second one.
	if again := w.save(ben, h1, "data", five, `"eins\ntwo\nthree\nfour\nfive\n"`); len(again.Conflicts) != 1 {
		t.Errorf("repeated: %+v", again.Conflicts)
	}
	resolved, err := w.authoring.Resolve(t.Context(), ada, h1, conflict.ID, authoring.FieldEdit{Base: third.Fields["data"], Value: json.RawMessage(`"eins\ntwo\nthree\nfour\nFIVE\n"`)})
	if err != nil || len(resolved.Conflicts) != 0 || string(resolved.Fields["data"]) != `"eins\ntwo\nthree\nfour\nFIVE\n"` {
		t.Errorf("resolved %+v, %v", resolved, err)
	}
	if _, err := w.authoring.Resolve(t.Context(), ada, h1, conflict.ID, authoring.FieldEdit{}); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("a conflict that is over: %v", err)
	}
	// Nothing is lost: what ben wrote stands in the history too.
	entries, _, err := w.authoring.History(t.Context(), run, at("vertical", "u1"), "", 20)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, e := range entries {
		kinds[e.Kind]++
		if e.Kind != authoring.KindConflict {
			continue
		}
		differences, err := w.authoring.Compare(t.Context(), e.Steps[0].Before, e.Steps[0].After)
		if err != nil || len(differences) != 1 || differences[0].After != `"eins\ntwo\nthree\nfour\nfive\n"` {
			t.Errorf("the conflict in the history: %+v, %v", differences, err)
		}
	}
	if kinds[authoring.KindSave] != 2 || kinds[authoring.KindConflict] != 1 || kinds[authoring.KindResolve] != 1 {
		t.Errorf("the unit's history: %v", kinds)
	}
}

func TestSavesOfOnePauseAreOneLine(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	ops := map[string]bool{}
	for _, step := range []struct{ base, value string }{{five, `"a"`}, {`"a"`, `"ab"`}, {`"ab"`, `"abc"`}} {
		ops[w.save(ada, h1, "data", step.base, step.value).Op] = true
		w.wait(time.Second)
	}
	if len(ops) != 1 {
		t.Errorf("three saves without a pause are %d operations", len(ops))
	}
	w.wait(2 * time.Minute)
	later := w.save(ada, h1, "data", `"abc"`, `"abcd"`)
	if ops[later.Op] {
		t.Error("a save after a pause goes on with the one before")
	}
	entries, _, err := w.authoring.History(t.Context(), run, h1, "", 10)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d lines, %v", len(entries), err)
	}
	differences, err := w.authoring.Compare(t.Context(), entries[0].Steps[0].Before, entries[0].Steps[0].After)
	if err != nil || len(differences) != 1 || differences[0].Before != `"abc"` || differences[0].After != `"abcd"` {
		t.Errorf("the newest save: %+v, %v", differences, err)
	}
	w.undo(ada, later.Op)
	undone := w.undo(ben, entries[1].Op)
	if len(undone.Left) != 0 {
		t.Errorf("left %+v", undone.Left)
	}
	content, err := w.authoring.Unit(t.Context(), run, h1)
	if err != nil || string(content.Fields["data"]) != five || content.State != authoring.StateLive {
		t.Errorf("after undoing all: %s %s, %v", content.Fields["data"], content.State, err)
	}
}

func TestWhatNobodyMaySave(t *testing.T) {
	w := newWorld(t)
	w.sample()
	for name, c := range map[string]struct{ field, value, code string }{
		"a learner's field": {"answer", `"x"`, authoring.CodeField},
		"an unknown field":  {"nonsense", `"x"`, authoring.CodeField},
		"no JSON":           {"data", `"x`, authoring.CodeValue},
	} {
		_, err := w.authoring.Save(t.Context(), ada, at("html", "h1"), map[string]authoring.FieldEdit{c.field: {Value: json.RawMessage(c.value)}})
		var invalid *authoring.Invalid
		if !errors.As(err, &invalid) || invalid.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.authoring.Save(t.Context(), ada, at("html", "nowhere"), map[string]authoring.FieldEdit{"data": {Value: json.RawMessage(`"x"`)}}); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("a block that is not there: %v", err)
	}
	if tree := w.tree(); tree.Changed != 0 {
		t.Errorf("%d blocks changed", tree.Changed)
	}
}

// A text that is typed and taken back is no change, however the archive wrote its characters.
func TestTypedAndTakenBack(t *testing.T) {
	w := newWorld(t)
	w.sample()
	p2 := at("problem", "p2")
	w.save(ada, p2, "data", `"\u003cproblem>2</problem>"`, `"<problem>22</problem>"`)
	if state := w.content("problem", "p2").State; state != authoring.StateChanged {
		t.Errorf("typed: %s", state)
	}
	w.save(ada, p2, "data", `"<problem>22</problem>"`, `"\u003cproblem\u003e2</problem>"`)
	if state := w.content("problem", "p2").State; state != authoring.StateLive || w.tree().Changed != 0 {
		t.Errorf("taken back: %s, %d changes", state, w.tree().Changed)
	}
	if done := w.publish(root); done.Blocks != 0 || w.drafts() != 0 {
		t.Errorf("published %+v, %d drafts left", done, w.drafts())
	}
}

// A block gets back what it was at a line of its history; what is in no line of it does not come in.
func TestRestore(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	w.save(ada, h1, "data", five, `"second"`)
	w.wait(2 * time.Minute)
	w.save(ada, h1, "data", `"second"`, `"third"`)
	entries := w.history(10)
	w.must(w.authoring.Restore(t.Context(), ben, h1, entries[1].Steps[0].After))
	if got := string(w.content("html", "h1").Fields["data"]); got != `"second"` {
		t.Errorf("restored %s", got)
	}
	if _, err := w.authoring.Restore(t.Context(), ben, at("problem", "p1"), entries[1].Steps[0].After); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("another block's content: %v", err)
	}
	// A unit gets its blocks back, also those that were published away, but takes none from elsewhere.
	u1 := at("vertical", "u1")
	w.must(w.authoring.Remove(t.Context(), ada, at("problem", "p1")))
	removal := w.history(1)[0]
	w.publish(root)
	w.must(w.authoring.Move(t.Context(), ada, at("vertical", "u2"), "", h1))
	w.must(w.authoring.Restore(t.Context(), ada, u1, removal.Steps[0].Before))
	w.want("the unit restored", "course[c1[s1[u1[p1]]] c2[s2[u2[h1 p2]]]]")
}

func TestSaveAfterAnotherOperationIsALineOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	first := w.save(ada, h1, "data", five, `"a"`)
	w.wait(time.Second)
	if _, err := w.authoring.Set(t.Context(), ada, wire.Fields{"display_name": json.RawMessage(`"Other"`)}, at("problem", "p1")); err != nil {
		t.Fatal(err)
	}
	w.wait(time.Second)
	second := w.save(ada, h1, "data", `"a"`, `"ab"`)
	w.wait(time.Second)
	third := w.save(ada, h1, "data", `"ab"`, `"abc"`)
	if second.Op == first.Op || third.Op != second.Op {
		t.Errorf("saves around an operation: %s, %s, %s", first.Op, second.Op, third.Op)
	}
}

// What was stored since an author saw two versions is merged with what he decides or, in the same line, stands beside that.
func TestDecidedAboutWhatWasSeen(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	w.save(ada, h1, "data", five, `"ONE\ntwo\nthree\nfour\nfive\n"`)
	seen := w.save(ben, h1, "data", five, `"eins\ntwo\nthree\nfour\nfive\n"`)
	w.save(ben, h1, "data", string(seen.Fields["data"]), `"ONE\ntwo\nthree\nfour\nfive\nsix\n"`)
	decide := func(at authoring.Saved, text string) authoring.Saved {
		t.Helper()
		saved, err := w.authoring.Resolve(t.Context(), ada, h1, at.Conflicts[0].ID, authoring.FieldEdit{Base: at.Fields["data"], Value: json.RawMessage(text)})
		if err != nil {
			t.Fatal(err)
		}
		return saved
	}
	resolved := decide(seen, `"uno\ntwo\nthree\nfour\nfive\n"`)
	if len(resolved.Conflicts) != 0 || string(resolved.Fields["data"]) != `"uno\ntwo\nthree\nfour\nfive\nsix\n"` || len(resolved.Merged) != 1 {
		t.Errorf("resolved %+v", resolved)
	}
	seen = w.save(ben, h1, "data", five, `"un\ntwo\nthree\nfour\nfive\n"`)
	w.save(ben, h1, "data", string(seen.Fields["data"]), `"yksi\ntwo\nthree\nfour\nfive\nsix\n"`)
	again := decide(seen, `"one!\ntwo\nthree\nfour\nfive\nsix\n"`)
	if len(again.Conflicts) != 1 || string(again.Conflicts[0].Value) != `"one!\ntwo\nthree\nfour\nfive\nsix\n"` || again.Conflicts[0].By != "ada" || string(again.Fields["data"]) != `"yksi\ntwo\nthree\nfour\nfive\nsix\n"` {
		t.Errorf("decided about what was not seen: %+v", again)
	}
	if last := decide(again, string(again.Conflicts[0].Value)); len(last.Conflicts) != 0 || string(last.Fields["data"]) != string(again.Conflicts[0].Value) {
		t.Errorf("decided about what was seen: %+v", last)
	}
}

// Who goes on typing while two versions wait writes on in his own: it stays one version, what is stored stays, and the history has one
// line with all of it.
func TestTypingOnInAConflict(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	w.save(ada, h1, "display_name", `"H1"`, `"Ada"`)
	w.save(ben, h1, "display_name", `"H1"`, `"B"`)
	w.save(ben, h1, "display_name", `"B"`, `"Be"`)
	last := w.save(ben, h1, "display_name", `"Be"`, `"Ben"`)
	if len(last.Conflicts) != 1 || string(last.Conflicts[0].Value) != `"Ben"` || string(last.Fields["display_name"]) != `"Ada"` {
		t.Fatalf("stored %s, waiting %+v", last.Fields["display_name"], last.Conflicts)
	}
	entries, _, err := w.authoring.History(t.Context(), run, at("vertical", "u1"), "", 20)
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, e := range entries {
		if e.Kind != authoring.KindConflict {
			continue
		}
		lines++
		differences, err := w.authoring.Compare(t.Context(), e.Steps[0].Before, e.Steps[0].After)
		if err != nil || len(differences) != 1 || differences[0].After != `"Ben"` {
			t.Errorf("in the history: %+v, %v", differences, err)
		}
	}
	if lines != 1 {
		t.Errorf("%d lines in the history", lines)
	}
	// Another author's version of the same is another one.
	if other := w.save(ada, h1, "display_name", `"Be"`, `"Bea"`); len(other.Conflicts) != 2 {
		t.Errorf("waiting %+v", other.Conflicts)
	}
}
