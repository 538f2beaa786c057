package fakehost_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/blocktest/fakehost"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestAnswerIsGradedAndCounts(t *testing.T) {
	w := world(t, &probe{}, nil)
	posted, err := post(w, "ann", "submit", "word", "no")
	if err != nil || posted.Submission == "" || string(posted.Body.Data) != `{"got":"no"}` {
		t.Fatalf("got %+v, %v", posted, err)
	}
	wants(t, show(t, w, "ann"), "grading", "tries=1", "draft=no")
	work(t, w)
	wants(t, show(t, w, "ann"), "verdict=scored 0/1")
	if _, err := post(w, "ann", "submit", "word", "yes"); err != nil {
		t.Fatal(err)
	}
	work(t, w)
	if earned, possible, ok := w.Score("ann", w.Place("it")); !ok || earned != 1 || possible != 1 {
		t.Errorf("score %v/%v, %v", earned, possible, ok)
	}
	if done := w.Completion("ann", w.Place("it")); done != 1 {
		t.Errorf("completion %v", done)
	}
	if _, _, ok := w.Score("bob", w.Place("it")); ok {
		t.Error("somebody else has a score")
	}
}

func TestRepeatedRequest(t *testing.T) {
	w := world(t, &probe{}, nil)
	ann, it := w.Person("ann"), w.Place("it")
	send := func(word string) (*fakehost.Posted, error) {
		return w.Post(ann, it, fakehost.Post{Handler: "submit", ID: "r1", HTTP: wire.HTTP{Form: formOf("word", word)}})
	}
	first, err := send("no")
	if err != nil {
		t.Fatal(err)
	}
	again, err := send("no")
	if err != nil || !again.Repeated || again.Submission != first.Submission || string(again.Body.Data) != string(first.Body.Data) || again.Effects != nil {
		t.Errorf("the same body: %+v, %v", again, err)
	}
	if _, err := send("yes"); code(err) != wire.CodeConflict {
		t.Errorf("another body under the same id: %v", err)
	}
	if got := len(w.Submissions("ann", it)); got != 1 {
		t.Errorf("%d submissions", got)
	}
}

func TestInvalidGivesTheTryBackAndTriesEnd(t *testing.T) {
	w := world(t, &probe{}, nil)
	w.Place("it").Settings = settings("max_attempts", "1")
	if _, err := post(w, "ann", "submit", "word", ""); err != nil {
		t.Fatal(err)
	}
	work(t, w)
	wants(t, show(t, w, "ann"), "tries=0", "type a word")
	if _, err := post(w, "ann", "submit", "word", "yes"); err != nil {
		t.Fatal(err)
	}
	work(t, w)
	if _, err := post(w, "ann", "submit", "word", "yes"); code(err) != wire.CodeRefused || !strings.Contains(err.Error(), wire.WhyNoTries) {
		t.Errorf("a second try of one: %v", err)
	}
}

func TestOneAttemptForManySubmitsAtOnce(t *testing.T) {
	w := world(t, &probe{}, nil)
	w.Place("it").Settings = settings("max_attempts", "1")
	racers := make([]fakehost.Racer, 30)
	for i := range racers {
		racers[i] = fakehost.Racer{Person: w.Person("ann"), Place: w.Place("it"), Post: fakehost.Post{Handler: "submit", HTTP: wire.HTTP{Form: formOf("word", "yes")}}}
	}
	accepted := 0
	for _, raced := range w.Race(racers...) {
		switch code(raced.Err) {
		case "":
			accepted++
		case wire.CodeRefused:
		default:
			t.Errorf("got %v", raced.Err)
		}
	}
	if accepted != 1 || len(w.Submissions("ann", w.Place("it"))) != 1 {
		t.Errorf("%d submits at once were accepted", accepted)
	}
}

func TestPendingIsSettledAndRegraded(t *testing.T) {
	w := world(t, &probe{}, nil)
	posted, err := post(w, "ann", "submit", "word", "later")
	if err != nil {
		t.Fatal(err)
	}
	work(t, w)
	wants(t, show(t, w, "ann"), `grading who="the office"`)
	if _, err := post(w, "ann", "submit", "word", "yes"); code(err) != wire.CodeRefused {
		t.Errorf("another answer while one is pending: %v", err)
	}
	submission := w.Submission(posted.Submission)
	w.AddEvidence(submission, "office", []byte(`{"ok":true}`))
	work(t, w)
	if earned, _, _ := w.Score("ann", w.Place("it")); earned != 0.5 {
		t.Errorf("score %v", earned)
	}
	if err := w.Regrade(submission); err != nil || len(submission.Verdicts) != 3 {
		t.Errorf("%d verdicts, %v", len(submission.Verdicts), err)
	}
}

func TestFailingGradeIsTriedAndThenShownToStaff(t *testing.T) {
	p := &probe{}
	w := world(t, p, nil)
	posted, err := post(w, "ann", "submit", "word", "crash")
	if err != nil {
		t.Fatal(err)
	}
	work(t, w)
	if s := w.Submission(posted.Submission); s.Failed == "" || p.graded != 3 {
		t.Errorf("failed %q after %d tries", s.Failed, p.graded)
	}
	wants(t, show(t, w, "ann"), "failed=true")
	if _, err := post(w, "ann", "submit", "word", "yes"); err != nil {
		t.Errorf("the learner cannot go on after a failure that is not his: %v", err)
	}
}

func TestResetStartsAnew(t *testing.T) {
	w := world(t, &probe{}, nil)
	w.Place("it").Settings = settings("show_reset_button", "true", "max_attempts", "3")
	old, err := w.Sitting(w.Person("ann"), w.Place("it"))
	if err != nil {
		t.Fatal(err)
	}
	for _, handler := range []string{"submit", wire.HandlerReset} {
		if _, err := post(w, "ann", handler, "word", "no"); err != nil {
			t.Fatal(err)
		}
		work(t, w)
	}
	html := show(t, w, "ann")
	if strings.Contains(html, "verdict") || strings.Contains(html, "draft=no") || !strings.Contains(html, "tries=1") {
		t.Errorf("after the reset: %s", html)
	}
	_, err = w.Post(w.Person("ann"), w.Place("it"), fakehost.Post{Handler: "submit", Sitting: old, HTTP: wire.HTTP{Form: formOf("word", "yes")}})
	if code(err) != wire.CodeConflict {
		t.Errorf("a form of the old sitting: %v", err)
	}
	if _, _, ok := w.Score("ann", w.Place("it")); !ok {
		t.Error("the old score is gone")
	}
}

func TestSittingsPinContent(t *testing.T) {
	w := world(t, &probe{}, nil)
	it := w.Place("it")
	publish := func(word, title string) {
		if err := w.Publish(it, settings("word", word, "display_name", title)); err != nil {
			t.Fatal(err)
		}
	}
	submit := func(word string, want float64) {
		t.Helper()
		if _, err := post(w, "ann", "submit", "word", word); err != nil {
			t.Fatal(err)
		}
		work(t, w)
		if earned, _, _ := w.Score("ann", it); earned != want {
			t.Errorf("%s earned %v, want %v", word, earned, want)
		}
	}
	publish(`"old"`, `"A"`)
	submit("no", 0)
	publish(`"new"`, `"B"`)
	submit("old", 1) // the open sitting keeps the key that it began with
	if _, err := post(w, "bob", "submit", "word", "new"); err != nil {
		t.Fatal(err)
	}
	work(t, w)
	if earned, _, _ := w.Score("bob", it); earned != 1 {
		t.Error("a new sitting does not get the new content")
	}
	if err := w.Publish(it, settings("word", `"broken"`)); code(err) != wire.CodeBadRequest {
		t.Errorf("broken content: %v", err)
	}
	submit("old", 1)
	if err := w.Publish(it, settings("max_attempts", "3")); code(err) != wire.CodeBadRequest {
		t.Errorf("a field that the block does not declare: %v", err)
	}
}

func TestVariantsAndSeeds(t *testing.T) {
	varied := 0
	p := &probe{vary: func(*sdk.Call) error { varied++; return nil }}
	w := world(t, p, nil)
	it := w.Place("it")
	if err := w.Publish(it, settings("varies", "true")); err != nil {
		t.Fatal(err)
	}
	wants(t, show(t, w, "ann"), "seed=1 ")
	wants(t, show(t, w, "bob"), "seed=1 ")
	if varied != 1 {
		t.Errorf("one variant was made %d times", varied)
	}
	it.Settings = settings("rerandomize", `"per_student"`)
	seeds := map[string]bool{}
	for _, who := range []string{"a", "b", "c", "d", "e", "f"} {
		first := show(t, w, who)
		seeds[first] = true
		if again := show(t, w, who); again != first {
			t.Errorf("a learner's seed changes: %s, then %s", first, again)
		}
	}
	if len(seeds) < 3 {
		t.Errorf("six learners got %d variants", len(seeds))
	}
	seed := 7
	it.Seed = &seed
	wants(t, show(t, w, "x"), "seed=7 ")
	p.vary = func(*sdk.Call) error { return sdk.Refuse("line 3: no such name") }
	seed = 77
	if _, err := w.View(w.Person("x"), it, "", fakehost.Where{}); code(err) != wire.CodeBadRequest {
		t.Errorf("a script's error: %v", err)
	}
}

func TestDatesWaitsAndWhatMayBeShown(t *testing.T) {
	w := world(t, &probe{}, nil)
	it, ann := w.Place("it"), w.Person("ann")
	it.Settings = settings("due", `"2026-03-02T12:00:00Z"`, "submission_wait_seconds", "60", "show_correctness", `"past_due"`, "showanswer", `"past_due"`)
	if _, err := post(w, "ann", "submit", "word", "no"); err != nil {
		t.Fatal(err)
	}
	work(t, w)
	access, err := w.Access(ann, it)
	if err != nil || access.Submit.Why != wire.WhyWait || access.Submit.Changes != w.Now().Add(time.Minute).UnixMilli() {
		t.Errorf("while waiting: %+v, %v", access, err)
	}
	wants(t, show(t, w, "ann"), "verdict=submitted 0/0")
	if _, err := w.Reveal(ann, it); code(err) != wire.CodeRefused {
		t.Errorf("an answer before it may be shown: %v", err)
	}
	if err := w.Advance(4 * time.Hour); err != nil {
		t.Fatal(err)
	}
	wants(t, show(t, w, "ann"), "verdict=scored 0/1")
	if _, err := post(w, "ann", "submit", "word", "yes"); code(err) != wire.CodeRefused || !strings.Contains(err.Error(), wire.WhyPastDue) {
		t.Errorf("past due: %v", err)
	}
	if revealed, err := w.Reveal(ann, it); err != nil || string(revealed.HTML.Data) != `yes not "no"` {
		t.Errorf("got %+v, %v", revealed, err)
	}
}

func TestMigrationOnRead(t *testing.T) {
	w := world(t, &probe{}, nil)
	if err := w.Give("draft", "ann", w.Place("it"), []byte(`"x"`), 1); err != nil {
		t.Fatal(err)
	}
	wants(t, show(t, w, "ann"), "draft=x (from schema 1)")
	if _, err := post(w, "ann", "submit", "word", "no"); err != nil {
		t.Fatal(err)
	}
	wants(t, show(t, w, "ann"), "draft=no ")
	if err := w.Give("word", "ann", w.Place("it"), []byte(`"x"`), 0); err == nil {
		t.Error("an authored field was given to a learner")
	}
}

func TestChildrenAreChosenOnce(t *testing.T) {
	w := world(t, &probe{}, nil)
	it := w.Place("it")
	it.Children = []wire.Child{{ID: "a"}, {ID: "b"}}
	wants(t, show(t, w, "ann"), "child=a")
	it.Children = []wire.Child{{ID: "b"}, {ID: "a"}}
	wants(t, show(t, w, "ann"), "child=a")
	it.Children = []wire.Child{{ID: "b"}}
	if _, err := w.View(w.Person("ann"), it, "", fakehost.Where{}); code(err) != wire.CodeBadReply {
		t.Errorf("a choice of a child that is gone: %v", err)
	}
}

func TestWhatAViewReads(t *testing.T) {
	w := world(t, &probe{}, nil)
	shown, err := w.View(w.Person("ann"), w.Place("it"), "", fakehost.Where{Path: "/x", Query: formOf("page", "2", "evil", "1")})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, shown.HTML, `page=map[page:[2]] path="/x"`)
	for view, want := range map[string]wire.Code{"staff": wire.CodeRefused, "other": wire.CodeNotFound, "visitor": "", "author": ""} {
		if _, err := w.View(w.Person("ann"), w.Place("it"), view, fakehost.Where{}); code(err) != want {
			t.Errorf("view %s: %v", view, err)
		}
	}
	w.Add(fakehost.Person{ID: "sue", Role: wire.RoleStaff})
	if _, err := w.View(w.Person("sue"), w.Place("it"), "staff", fakehost.Where{}); err != nil {
		t.Error(err)
	}
}

func TestDeadlineChangesNothing(t *testing.T) {
	w := world(t, &probe{}, nil)
	show(t, w, "ann")
	before := w.Snapshot()
	w.Break(fakehost.Fault{Kind: fakehost.FaultDeadline})
	if _, err := post(w, "ann", "submit", "word", "yes"); code(err) != wire.CodeDeadline {
		t.Errorf("got %v", err)
	}
	if after := w.Snapshot(); after != before {
		t.Errorf("something changed:\n%s", after)
	}
	if w.Last().Op != wire.OpHandle || !strings.Contains(w.Last().String(), `"handler":"submit"`) {
		t.Errorf("the last call is shown as %s", w.Last())
	}
	if !errors.Is(w.Ask(wire.OpReport, wire.Context{}, wire.ReportRequest{}, nil), &wire.Error{Code: wire.CodeUnsupported}) {
		t.Error("an operation that the block lacks is answered")
	}
}
