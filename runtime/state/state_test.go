package state_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func openStore(t *testing.T, specs ...store.Spec) store.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), specs...); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRecordKeepsTheLastReplies(t *testing.T) {
	var c state.Commit
	for n := range 40 {
		c.Record(state.Entry{}, state.Recorded{Request: fmt.Sprint("r", n), At: noon}, state.RecentKept)
	}
	if len(c.Recent) != state.RecentKept || len(c.Outbox) != 0 || c.Number != 0 {
		t.Errorf("%d replies, %d entries, number %d", len(c.Recent), len(c.Outbox), c.Number)
	}
	if _, found := c.Find("r7"); found {
		t.Error("the 33rd last reply is still there")
	}
	if r, found := c.Find("r8"); !found || r.Request != "r8" {
		t.Errorf("the 32nd last reply is gone: %+v", r)
	}
	c.Record(state.Entry{}, state.Recorded{}, state.RecentKept)
	if len(c.Recent) != state.RecentKept {
		t.Error("a call without a request id was remembered")
	}
}

func TestRecordForgetsAfterADay(t *testing.T) {
	var c state.Commit
	c.Record(state.Entry{}, state.Recorded{Request: "old", At: noon}, 0)
	c.Record(state.Entry{}, state.Recorded{Request: "new", At: noon.Add(24*time.Hour + time.Second)}, 0)
	_, old := c.Find("old")
	_, fresh := c.Find("new")
	if old || !fresh {
		t.Errorf("old %v, new %v", old, fresh)
	}
}

func TestEntriesAreNumberedAndOldestIsIndexed(t *testing.T) {
	var c state.Commit
	step := []state.Step{{Kind: "x"}}
	first := c.Record(state.Entry{ID: "a", At: noon.Add(time.Second), Steps: step}, state.Recorded{}, 1)
	second := c.Record(state.Entry{ID: "b", At: noon, Steps: step}, state.Recorded{}, 1)
	if first.Number != 1 || second.Number != 2 || !c.OutboxAt.Equal(noon) {
		t.Errorf("numbers %d and %d, oldest %v", first.Number, second.Number, c.OutboxAt)
	}
	if !c.Remove("b") || c.Remove("b") || !c.OutboxAt.Equal(noon.Add(time.Second)) {
		t.Errorf("after the oldest is gone: %v", c.OutboxAt)
	}
	if !c.Remove("a") || c.OutboxAt != nil {
		t.Errorf("an empty outbox is still listed: %v", c.OutboxAt)
	}
}

func TestOrderAndStampGrow(t *testing.T) {
	entry := func(number int64, at time.Time) *state.Entry { return &state.Entry{ID: "e", Number: number, At: at} }
	tasks := []state.Task{
		{Entry: entry(1, noon)},
		{Entry: entry(1, noon), Position: 1},
		{Entry: entry(2, noon)},
		{Entry: entry(300, noon.Add(time.Nanosecond))},
	}
	for i := range tasks[1:] {
		if tasks[i].Order() >= tasks[i+1].Order() || tasks[i].Stamp() >= tasks[i+1].Stamp() || tasks[i].Name() == tasks[i+1].Name() && i != 1 && i != 2 {
			t.Errorf("task %d is not before task %d", i, i+1)
		}
	}
}

func TestBodyHashKnowsWhereOnePartEnds(t *testing.T) {
	if state.BodyHash([]byte("ab"), []byte("c")) == state.BodyHash([]byte("a"), []byte("bc")) {
		t.Error("two different bodies have one hash")
	}
}

func TestTriesBeyondTheListAreCounted(t *testing.T) {
	var l state.Learner
	for n := range state.TriesKept + 5 {
		if attempt := l.AddTry(state.Try{Submission: fmt.Sprint("s", n)}); attempt != n+1 {
			t.Fatalf("try %d is attempt %d", n+1, attempt)
		}
	}
	if l.Count() != state.TriesKept+5 || len(l.Tries) != state.TriesKept {
		t.Errorf("%d tries, %d listed", l.Count(), len(l.Tries))
	}
	if !l.GiveBack("s10") || l.GiveBack("s10") || l.GiveBack("unknown") || l.Count() != state.TriesKept+4 {
		t.Errorf("after one was given back: %d", l.Count())
	}
}

func TestLaterWritesOfStepsWin(t *testing.T) {
	var l state.Learner
	l.Set("f", "1", "a")
	if !l.SetByStep("f", "2", "c") || l.Fields["f"] != "2" {
		t.Errorf("a step's first write: %v", l.Fields)
	}
	if l.SetByStep("f", "3", "b") || l.SetByStep("f", "3", "c") || l.Fields["f"] != "2" {
		t.Errorf("an earlier or repeated step overwrote: %v", l.Fields)
	}
	l.Set("f", "4", "e")
	if l.SetByStep("f", "5", "d") || l.Fields["f"] != "4" {
		t.Errorf("a step from before a commit overwrote it: %v", l.Fields)
	}
	l.SetByStep("f", "", "f")
	if _, set := l.Fields["f"]; set {
		t.Error("unsetting left a value")
	}
}

// TestOutboxGoesOnAfterFailure: one document that cannot be finished does not hold up the others, and is finished later.
func TestOutboxGoesOnAfterFailure(t *testing.T) {
	s := openStore(t, state.LearnerSpec())
	docs := store.Of[state.Learner](s, state.LearnerSpec())
	var mu sync.Mutex
	applied, broken := map[string]int{}, true
	steps := state.Steps{"mark": func(_ context.Context, task state.Task) error {
		mu.Lock()
		defer mu.Unlock()
		if broken && task.Entry.Source == "bad" {
			return errors.New("not now")
		}
		applied[task.Name()]++
		return nil
	}}
	for _, id := range []string{"bad", "good"} {
		var l state.Learner
		l.Record(state.Entry{ID: id, Source: id, At: noon, Steps: []state.Step{{Kind: "mark"}, {Kind: "mark"}}}, state.Recorded{}, 1)
		if err := docs.Insert(t.Context(), id, l); err != nil {
			t.Fatal(err)
		}
	}
	outbox := state.NewOutbox(docs, steps)
	if n, err := outbox.Sweep(t.Context(), noon, 10); n != 0 || err != nil {
		t.Errorf("what was committed just now was swept: %d, %v", n, err)
	}
	if n, err := outbox.Sweep(t.Context(), noon.Add(time.Second), 10); n != 1 || err == nil {
		t.Errorf("%d finished, %v; want the good one, and an error", n, err)
	}
	broken = false
	if n, err := outbox.Sweep(t.Context(), noon.Add(time.Second), 10); n != 1 || err != nil {
		t.Errorf("%d finished, %v; want the other one", n, err)
	}
	if len(applied) != 4 {
		t.Errorf("applied %v, want both steps of both", applied)
	}
	for _, id := range []string{"bad", "good"} {
		if doc, err := docs.Get(t.Context(), id); err != nil || len(doc.Body.Outbox) != 0 || doc.Body.OutboxAt != nil {
			t.Errorf("%s: %+v, %v", id, doc.Body.Commit, err)
		}
	}
	unknown := state.Entry{ID: "x", Steps: []state.Step{{Kind: "newer"}}}
	if err := outbox.Apply(t.Context(), &unknown); !errors.Is(err, state.ErrUnknownStep) {
		t.Errorf("a step that nobody does: %v", err)
	}
}

// TestHammerMailboxCountsEachOnce sends additions from many sources at once, each several times as retries do.
func TestHammerMailboxCountsEachOnce(t *testing.T) {
	s := openStore(t, state.SharedSpec(), state.MailSpec("summaries"))
	targets := store.Of[state.Shared](s, state.SharedSpec())
	box := state.NewMailbox(s, "summaries", targets, (*state.Shared).Take)
	change, err := json.Marshal(state.SharedChange{Field: "n", By: 1})
	if err != nil {
		t.Fatal(err)
	}
	const sources, each, times = 40, 3, 3
	fresh := func() state.Shared { return state.Shared{Usage: "u"} }
	var group sync.WaitGroup
	for source := range sources {
		group.Go(func() {
			for number := range each {
				task := state.Task{Entry: &state.Entry{ID: fmt.Sprint(source, number), Source: fmt.Sprint(source), Number: int64(number + 1), At: noon}}
				var again sync.WaitGroup
				for range times {
					again.Go(func() {
						if err := box.Send(t.Context(), task, "u", string(change), fresh); err != nil {
							t.Error(err)
						}
					})
				}
				again.Wait()
			}
		})
	}
	group.Wait()
	doc, err := targets.Get(t.Context(), "u")
	if err != nil || doc.Body.Fields["n"] != fmt.Sprint(sources*each) {
		t.Errorf("%v, %v; want %d", doc.Body.Fields, err, sources*each)
	}
	if n := len(doc.Body.Delivered); n > 33 {
		t.Errorf("the target carries %d receipts", n)
	}
}

func TestMailForWhatIsGoneIsDropped(t *testing.T) {
	s := openStore(t, state.SharedSpec(), state.MailSpec("summaries"))
	targets := store.Of[state.Shared](s, state.SharedSpec())
	box := state.NewMailbox(s, "summaries", targets, (*state.Shared).Take)
	task := state.Task{Entry: &state.Entry{ID: "e", Source: "s", Number: 1, At: noon, Once: true}}
	if err := box.Send(t.Context(), task, "gone", `{"field": "n", "by": 1}`, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := targets.Get(t.Context(), "gone"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a change made its target: %v", err)
	}
	none := func(string) func() state.Shared { return nil }
	if n, err := box.Sweep(t.Context(), noon.Add(time.Hour), 10, none); n != 0 || err != nil {
		t.Errorf("%d mails are left, %v", n, err)
	}
	// The receipt of a source that sends once is kept for a week.
	mails := store.Of[struct{}](s, state.MailSpec("summaries"))
	if n, err := mails.Count(t.Context(), store.Query{}, 10); n != 1 || err != nil {
		t.Fatalf("%d mails, %v", n, err)
	}
	if _, err := box.Sweep(t.Context(), noon.Add(8*24*time.Hour), 10, none); err != nil {
		t.Fatal(err)
	}
	if n, err := mails.Count(t.Context(), store.Query{}, 10); n != 0 || err != nil {
		t.Errorf("%d mails after a week, %v", n, err)
	}
}

func TestSharedChanges(t *testing.T) {
	for _, c := range []struct{ name, before, change, after string }{
		{"first addition", "", `{"field": "f", "by": 3}`, `3`},
		{"addition", "4", `{"field": "f", "by": -6}`, `-2`},
		{"counter", `{"a":1}`, `{"field": "f", "key": "b", "by": 2}`, `{"a":1,"b":2}`},
		{"append", `[1]`, `{"field": "f", "value": "x", "most": 3}`, `[1,"x"]`},
		{"append beyond the bound", `[1,2,3]`, `{"field": "f", "value": 4, "most": 3}`, `[2,3,4]`},
		{"largest whole number", `9007199254740992`, `{"field": "f", "by": 5}`, `9007199254740992`},
		{"addition to a list", `[1]`, `{"field": "f", "by": 1}`, `[1]`},
		{"append to a number", `1`, `{"field": "f", "value": 1}`, `1`},
		{"no change at all", `1`, `no JSON`, `1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := state.Shared{Fields: store.Map[string]{}}
			if c.before != "" {
				s.Fields["f"] = c.before
			}
			s.Take(state.Change{Data: c.change})
			if s.Fields["f"] != c.after {
				t.Errorf("got %s, want %s", s.Fields["f"], c.after)
			}
		})
	}
}

func TestCompletionNeverFalls(t *testing.T) {
	s := openStore(t, state.CompletionSpec())
	docs := store.Of[state.Completion](s, state.CompletionSpec())
	c := state.Completion{Learner: "ann", Run: "r", Subsection: "sub"}
	for _, step := range []struct {
		fraction float64
		raised   bool
	}{{0.5, true}, {0.25, false}, {0.5, false}, {1, true}, {0, false}} {
		raised, err := state.RaiseCompletion(t.Context(), docs, c, "block", step.fraction)
		if err != nil || raised != step.raised {
			t.Errorf("%v: %v, %v", step.fraction, raised, err)
		}
	}
	if _, err := state.RaiseCompletion(t.Context(), docs, c, "other", 0.5); err != nil {
		t.Fatal(err)
	}
	doc, err := docs.Get(t.Context(), state.CompletionID("ann", "r", "sub"))
	if err != nil || doc.Body.Blocks["block"] != 1 || doc.Body.Blocks["other"] != 0.5 {
		t.Errorf("%+v, %v", doc.Body, err)
	}
	for _, wrong := range []float64{-0.1, 1.1} {
		if _, err := state.RaiseCompletion(t.Context(), docs, c, "block", wrong); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

func TestPreferencesLaterStampWins(t *testing.T) {
	s := openStore(t, state.PersonalSpec())
	docs := store.Of[state.Personal](s, state.PersonalSpec())
	p := state.Personal{Learner: "ann", Run: "r", Package: "quiz", Scope: "preferences"}
	for _, w := range [][2]string{{`"dark"`, "2"}, {`"light"`, "1"}, {`"blue"`, "3"}, {`"red"`, "3"}} {
		if err := state.SetPersonal(t.Context(), docs, p, "theme", state.Stamped{Value: w[0], Stamp: w[1]}); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := docs.Get(t.Context(), state.PersonalID("ann", "preferences", "quiz", "r"))
	if err != nil || doc.Body.Fields["theme"].Value != `"blue"` {
		t.Errorf("%+v, %v", doc.Body.Fields, err)
	}
}
