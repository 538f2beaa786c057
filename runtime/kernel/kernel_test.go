package kernel_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func jsonInto(data []byte, into any) error { return json.Unmarshal(data, into) }

func quizWorld(t *testing.T, fields map[string]any) (*world, *course.Block) {
	t.Helper()
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock(), "seats": seatsBlock()})
	w.publish(place{"quiz", "q", fields}, place{"seats", "s", nil})
	return w, w.block("quiz", "q")
}

func code(err error) wire.Code {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

func TestAnswerIsGradedAndCounts(t *testing.T) {
	w, block := quizWorld(t, nil)
	ann := w.learner("ann")
	response, err := w.post(ann, block, "submit", "", map[string]string{"word": "no"})
	if err != nil || response.Submission == "" || string(response.Body.Data) != `{"got":"no"}` {
		t.Fatalf("got %+v, %v", response, err)
	}
	if html := w.show(ann, block).HTML; !strings.Contains(html, "grading") || !strings.Contains(html, "tries=1") || !strings.Contains(html, "draft=no") {
		t.Errorf("before the verdict: %s", html)
	}
	w.work()
	if html := w.show(ann, block).HTML; !strings.Contains(html, "verdict=scored 0/1") {
		t.Errorf("after the verdict: %s", html)
	}
	if _, err := w.post(ann, block, "submit", "", map[string]string{"word": "yes"}); err != nil {
		t.Fatal(err)
	}
	w.work()
	if score := w.score("ann", block); score == nil || *score != 1 {
		t.Errorf("score %v, want 1", score)
	}
	grade, standings, err := w.kernel.Scorer().Course(t.Context(), ann, w.published())
	if err != nil || grade.Percent != 1 || !grade.Passed || len(standings) != 1 || !standings[0].Problems[0].Attempted {
		t.Errorf("grade %+v, %+v, %v", grade, standings, err)
	}
	if bob, _, err := w.kernel.Scorer().Course(t.Context(), w.learner("bob"), w.published()); err != nil || bob.Percent != 0 {
		t.Errorf("somebody else's grade: %+v, %v", bob, err)
	}
}

func TestRepeatedRequest(t *testing.T) {
	w, block := quizWorld(t, nil)
	ann := w.learner("ann")
	sitting := w.show(ann, block).Sitting
	first, err := w.send(ann, block, sitting, "submit", "r1", map[string]string{"word": "no"})
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	again, err := w.send(ann, block, sitting, "submit", "r1", map[string]string{"word": "no"})
	if err != nil || !again.Repeated || again.Submission != first.Submission || string(again.Body.Data) != string(first.Body.Data) {
		t.Errorf("the same body: %+v, %v", again, err)
	}
	if _, err := w.send(ann, block, sitting, "submit", "r1", map[string]string{"word": "yes"}); code(err) != wire.CodeConflict {
		t.Errorf("another body under the same id: %v, want a conflict", err)
	}
	if html := w.show(ann, block).HTML; !strings.Contains(html, "tries=1") {
		t.Errorf("the repetition cost a try: %s", html)
	}
	if bob, err := w.send(w.learner("bob"), block, w.show(w.learner("bob"), block).Sitting, "submit", "r1", map[string]string{"word": "yes"}); err != nil || bob.Repeated {
		t.Errorf("another learner's request of the same id: %+v, %v", bob, err)
	}
}

func TestInvalidAnswerGivesTheTryBack(t *testing.T) {
	w, block := quizWorld(t, map[string]any{"max_attempts": 1})
	ann := w.learner("ann")
	if _, err := w.post(ann, block, "submit", "", map[string]string{"word": ""}); err != nil {
		t.Fatal(err)
	}
	w.work()
	html := w.show(ann, block).HTML
	if !strings.Contains(html, "tries=0") || !strings.Contains(html, "type a word") {
		t.Errorf("got %s", html)
	}
	if _, err := w.post(ann, block, "submit", "", map[string]string{"word": "yes"}); err != nil {
		t.Fatal(err)
	}
	w.work()
	if score := w.score("ann", block); score == nil || *score != 1 {
		t.Errorf("score %v", score)
	}
	if _, err := w.post(ann, block, "submit", "", map[string]string{"word": "yes"}); code(err) != wire.CodeRefused || !strings.Contains(err.Error(), wire.WhyNoTries) {
		t.Errorf("a second try of one: %v", err)
	}
}

func TestOneAttemptForManySubmits(t *testing.T) {
	w, block := quizWorld(t, map[string]any{"max_attempts": 1})
	ann := w.learner("ann")
	sitting := w.show(ann, block).Sitting
	var group sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for i := range 200 {
		group.Go(func() {
			_, err := w.send(ann, block, sitting, "submit", fmt.Sprint("r", i), map[string]string{"word": "yes"})
			mu.Lock()
			defer mu.Unlock()
			switch code(err) {
			case "":
				accepted++
			case wire.CodeRefused, wire.CodeConflict:
			default:
				t.Errorf("submit %d: %v", i, err)
			}
		})
	}
	group.Wait()
	w.work()
	if accepted != 1 {
		t.Errorf("%d of 200 parallel submits were accepted, want 1", accepted)
	}
	if html := w.show(ann, block).HTML; !strings.Contains(html, "tries=1") {
		t.Errorf("got %s", html)
	}
}

func TestPendingIsSettledByEvidence(t *testing.T) {
	w, block := quizWorld(t, nil)
	ann := w.learner("ann")
	response, err := w.post(ann, block, "submit", "", map[string]string{"word": "later"})
	if err != nil {
		t.Fatal(err)
	}
	w.work()
	if html := w.show(ann, block).HTML; !strings.Contains(html, "grading") {
		t.Errorf("while pending: %s", html)
	}
	if _, err := w.post(ann, block, "submit", "", map[string]string{"word": "yes"}); code(err) != wire.CodeRefused {
		t.Errorf("another answer while one is pending: %v", err)
	}
	for range 2 { // a step may be applied again
		err := w.kernel.Scorer().Settle(t.Context(), "evidence-1", block.Usage.String(), response.Submission, "office", `{"ok":true}`, w.clock())
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.kernel.Scorer().Settle(t.Context(), "evidence-2", w.block("seats", "s").Usage.String(), response.Submission, "x", `1`, w.clock()); err != nil {
		t.Fatal(err)
	}
	w.work()
	if score := w.score("ann", block); score == nil || *score != 0.5 {
		t.Errorf("score %v, want 0.5", score)
	}
}

func TestFailingBlockIsTriedAndThenShownToStaff(t *testing.T) {
	w, block := quizWorld(t, nil)
	ann := w.learner("ann")
	response, err := w.post(ann, block, "submit", "", map[string]string{"word": "crash"})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		for _, job := range w.queue.take() {
			_ = w.kernel.Scorer().Deliver(t.Context(), job.Ref, "worker") // it fails on purpose
		}
		w.pass(time.Minute)
		if _, err := w.kernel.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	delivery, err := w.kernel.Scorer().Delivery(t.Context(), response.Submission)
	if err != nil || delivery.State != "failed" || delivery.Failure == "" {
		t.Errorf("got %+v, %v", delivery, err)
	}
	if _, err := w.post(ann, block, "submit", "", map[string]string{"word": "yes"}); err != nil {
		t.Errorf("the learner cannot go on after a failure that is not his: %v", err)
	}
}

func TestResetStartsAnew(t *testing.T) {
	w, block := quizWorld(t, map[string]any{"show_reset_button": true, "max_attempts": 3})
	ann := w.learner("ann")
	sitting := w.show(ann, block).Sitting
	if _, err := w.send(ann, block, sitting, "submit", "r1", map[string]string{"word": "no"}); err != nil {
		t.Fatal(err)
	}
	w.work()
	if _, err := w.post(ann, block, wire.HandlerReset, "r2", nil); err != nil {
		t.Fatal(err)
	}
	html := w.show(ann, block).HTML
	if strings.Contains(html, "verdict") || strings.Contains(html, "draft=no") || !strings.Contains(html, "tries=1") {
		t.Errorf("after the reset: %s", html)
	}
	if _, err := w.send(ann, block, sitting, "submit", "r3", map[string]string{"word": "yes"}); code(err) != wire.CodeConflict {
		t.Errorf("a form of the old sitting: %v, want a conflict", err)
	}
	if score := w.score("ann", block); score == nil || *score != 0 {
		t.Errorf("the old score is gone: %v", score)
	}
}

func TestForbiddenEffectVoidsTheReply(t *testing.T) {
	w, block := quizWorld(t, nil)
	if _, err := w.post(w.learner("ann"), block, "cheat", "", nil); code(err) != wire.CodeForbidden {
		t.Errorf("got %v", err)
	}
	if score := w.score("me", block); score != nil {
		t.Errorf("the score was set: %v", *score)
	}
	if _, err := w.post(w.learner("ann"), block, "panic", "", nil); code(err) != wire.CodeTrap {
		t.Errorf("a panic: %v", err)
	}
	if _, err := w.post(w.learner("ann"), block, "nothing", "", nil); code(err) != wire.CodeNotFound {
		t.Errorf("an unknown handler: %v", err)
	}
}

func TestVisitorsAndReadersChangeNothing(t *testing.T) {
	w, block := quizWorld(t, nil)
	visitor := w.learner("")
	visitor.User, visitor.Learner, visitor.Enrolled = "", "", false
	if _, err := w.send(visitor, block, "", "save", "r1", nil); code(err) != wire.CodeRefused {
		t.Errorf("a visitor: %v", err)
	}
	watcher := w.learner("ann")
	watcher.ReadOnly = true
	for handler, form := range map[string]map[string]string{"save": {"word": "x"}, "submit": {"word": "x"}, "like": nil, "@reset": nil} {
		if _, err := w.send(watcher, block, "", handler, "r1", form); code(err) != wire.CodeRefused || err.Error() == "" {
			t.Errorf("a masquerade's %s: %v", handler, err)
		}
	}
	// What changes nothing is answered, and is not remembered either.
	if _, err := w.send(watcher, block, "", "save", "r2", nil); err != nil {
		t.Errorf("a masquerade that only asks: %v", err)
	}
	if docs, err := w.store.Find(t.Context(), state.LearnerSpec().Name, store.Query{}); err != nil || len(docs.Records) != 0 {
		t.Errorf("a masquerade left %d documents, %v", len(docs.Records), err)
	}
	stranger := w.learner("ann")
	stranger.Run.Run = "other"
	if _, err := w.send(stranger, block, "", "save", "r1", nil); code(err) != wire.CodeNotFound {
		t.Errorf("a learner of another run: %v", err)
	}
}

func TestSharedFieldsCountEachOnce(t *testing.T) {
	w, block := quizWorld(t, nil)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			for j := range 5 {
				if _, err := w.post(w.learner(fmt.Sprint("l", i)), block, "like", fmt.Sprint(i, "-", j), nil); err != nil {
					t.Errorf("like: %v", err)
				}
			}
		})
	}
	group.Wait()
	if html := w.show(w.learner("x"), block).HTML; !strings.Contains(html, "liked=100 ") {
		t.Errorf("got %s, want 100", html)
	}
}

func TestPreferencesAreTheLearnersOwn(t *testing.T) {
	w, block := quizWorld(t, nil)
	if _, err := w.post(w.learner("ann"), block, "theme", "", map[string]string{"word": "dark"}); err != nil {
		t.Fatal(err)
	}
	if html := w.show(w.learner("ann"), block).HTML; !strings.Contains(html, "theme=dark") {
		t.Errorf("got %s", html)
	}
	if html := w.show(w.learner("bob"), block).HTML; strings.Contains(html, "dark") {
		t.Errorf("somebody else sees it: %s", html)
	}
}

func TestSeatsAreNeverOversold(t *testing.T) {
	w, _ := quizWorld(t, nil)
	block := w.block("seats", "s")
	var group sync.WaitGroup
	for i := range 5 { // opening twice is harmless
		group.Go(func() {
			if _, err := w.post(w.learner(fmt.Sprint("o", i)), block, "open", "", nil); err != nil {
				t.Errorf("open: %v", err)
			}
		})
	}
	group.Wait()
	var mu sync.Mutex
	booked := 0
	for i := range 40 {
		group.Go(func() {
			_, err := w.post(w.learner(fmt.Sprint("l", i)), block, "book", fmt.Sprint("b", i), nil)
			mu.Lock()
			defer mu.Unlock()
			switch code(err) {
			case "":
				booked++
			case wire.CodeConflict:
			default:
				t.Errorf("book: %v", err)
			}
		})
	}
	group.Wait()
	if booked != 10 {
		t.Errorf("%d seats were booked of 10", booked)
	}
	if html := w.show(w.learner("l0"), block).HTML; !strings.Contains(html, "true 0 ") {
		t.Errorf("got %s", html)
	}
}

func TestRendersAreShared(t *testing.T) {
	w, block := quizWorld(t, nil)
	for i := range 10 {
		w.show(w.learner(fmt.Sprint("l", i)), block)
	}
	stats := w.kernel.Stats()
	if stats.RenderHits != 9 || stats.RenderMisses != 1 {
		t.Errorf("ten learners who have not answered: %d hits, %d misses", stats.RenderHits, stats.RenderMisses)
	}
	seatsBlock := w.block("seats", "s")
	w.show(w.learner("a"), seatsBlock)
	w.show(w.learner("b"), seatsBlock)
	if stats := w.kernel.Stats(); stats.RenderSkipped != 2 {
		t.Errorf("a render that asks a service was remembered: %+v", stats)
	}
}

func TestBrokenContentSpoilsItsPlaceOnly(t *testing.T) {
	w := newWorld(t, openStore(t), map[string]sdk.Block{"quiz": quizBlock()})
	shownBroken := func() {
		block := w.block("quiz", "bad")
		if shown := w.show(w.learner("ann"), block); shown.Failure == nil || !strings.Contains(shown.Failure.Message, "must not be") {
			t.Errorf("got %+v", shown)
		}
		if shown := w.show(w.learner("ann"), w.block("quiz", "good")); shown.Failure != nil {
			t.Errorf("its neighbour: %v", shown.Failure)
		}
	}
	w.publishLoosely(place{"quiz", "bad", map[string]any{"word": "broken"}}, place{"quiz", "good", nil}, place{"unheard-of", "u", nil})
	shownBroken()
	if shown := w.show(w.learner("ann"), w.block("unheard-of", "u")); code(shown.Failure) != wire.CodeMissing {
		t.Errorf("a type that is not installed: %v", shown.Failure)
	}
}
