package blocks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/examples/blocks/external"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/services"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// page is what a learner's view shows.
func (w *world) page(name string, block *course.Block) string {
	w.t.Helper()
	shown := w.show(name, block)
	if shown.Failure != nil {
		w.t.Fatalf("%s sees %v", name, shown.Failure)
	}
	return html.UnescapeString(shown.HTML)
}

func (w *world) sees(name string, block *course.Block, text string) {
	w.t.Helper()
	if page := w.page(name, block); !strings.Contains(page, text) {
		w.t.Errorf("%s should see %q in %s", name, text, page)
	}
}

func TestTheBlocksLoadInTheSandbox(t *testing.T) {
	all := blockRegistry.List()
	if len(all) != 10 {
		t.Errorf("there are %d packages", len(all))
	}
	for _, status := range all {
		if status.Broken != "" || status.Version == nil {
			t.Errorf("%s: %s", status.Name, status.Broken)
		}
	}
}

// TestVariantsAreMadeOncePerSeed: twenty seeds, forty learners; each is asked and graded by his own numbers, and the program
// runs once for a seed, however many learners have it.
func TestVariantsAreMadeOncePerSeed(t *testing.T) {
	python := recordedInterpreter(t)
	w := newWorld(t, services.Table{wire.ServiceScript: python.answer})
	block := w.publish("scripted", map[string]any{})
	questions := map[string]bool{}
	for i := range 40 {
		name := fmt.Sprint("learner", i)
		var a, b int
		page := w.page(name, block)
		at := strings.Index(page, "What is ")
		if at < 0 {
			t.Fatalf("no question in %s", page)
		}
		if _, err := fmt.Sscanf(page[at:], "What is %d + %d?", &a, &b); err != nil {
			t.Fatalf("%v in %s", err, page)
		}
		questions[fmt.Sprint(a, b)] = true
		answer := a + b
		if i%2 == 1 {
			answer++
		}
		w.taken(name, block, "submit", map[string]string{"number": fmt.Sprint(answer)})
		w.works()
		want := float64(1 - i%2)
		if got := w.score(name, block); got == nil || *got != want {
			t.Errorf("%s answered %d to %d + %d and got %v, want %v", name, answer, a, b, got, want)
		}
	}
	if len(questions) < 5 {
		t.Errorf("forty learners were asked %d questions", len(questions))
	}
	seen := map[int]bool{}
	for _, seed := range python.asked {
		if seen[seed] {
			t.Errorf("the program ran twice for seed %d: %v", seed, python.asked)
		}
		seen[seed] = true
	}
}

// TestAnInvalidAnswerCostsNoTry: the kernel gives the try back.
func TestAnInvalidAnswerCostsNoTry(t *testing.T) {
	w := newWorld(t, services.Table{wire.ServiceScript: recordedInterpreter(t).answer})
	block := w.publish("scripted", map[string]any{"max_attempts": 1})
	w.taken("ann", block, "submit", map[string]string{"number": "seven"})
	w.works()
	w.sees("ann", block, "type a number")
	if got := w.show("ann", block).Access; got == nil || got.Tries != 0 || !got.Submit.Open {
		t.Errorf("got %+v", got)
	}
}

// TestSeatsAreNeverOversold: sixty learners want ten seats, each in two windows, all at once.
func TestSeatsAreNeverOversold(t *testing.T) {
	const seats, learners = 10, 60
	w := newWorld(t, nil)
	block := w.publish("seats", map[string]any{"seats": seats})
	var taken atomic.Int64
	var all sync.WaitGroup
	for i := range learners * 2 {
		all.Go(func() {
			_, err := w.post(fmt.Sprint("learner", i%learners), block, "book", nil)
			switch {
			case err == nil:
				taken.Add(1)
			case !refusedWith(err, wire.CodeConflict):
				t.Errorf("learner %d: %v", i%learners, err)
			}
		})
	}
	all.Wait()
	if got := taken.Load(); got != seats {
		t.Errorf("%d of %d seats were given away", got, seats)
	}
	w.checkRoom(block, learners, seats, seats)
}

// checkRoom holds what the room says against what its learners see.
func (w *world) checkRoom(block *course.Block, learners, seats, want int) {
	w.t.Helper()
	have := 0
	for i := range learners {
		page := w.page(fmt.Sprint("learner", i), block)
		if strings.Contains(page, "You have 1.") {
			have++
		} else if strings.Contains(page, "You have") {
			w.t.Errorf("learner %d has more than one: %s", i, page)
		}
	}
	if have != want {
		w.t.Errorf("%d learners have a seat, want %d", have, want)
	}
	w.sees("somebody", block, fmt.Sprintf("%d of %d seats are free", seats-want, seats))
}

// TestBookingsAndReturnsAddUp: learners book and give back at the same time; afterwards the count of the room is the sum of
// what its learners have, and never was more than there is.
func TestBookingsAndReturnsAddUp(t *testing.T) {
	const seats, learners, rounds = 3, 12, 6
	w := newWorld(t, nil)
	block := w.publish("seats", map[string]any{"seats": seats})
	have := make([]int, learners)
	var all sync.WaitGroup
	for i := range learners {
		all.Go(func() {
			name := fmt.Sprint("learner", i)
			for range rounds {
				handler, by := "book", 1
				if have[i] == 1 {
					handler, by = "give_back", -1
				}
				_, err := w.post(name, block, handler, nil)
				switch {
				case err == nil:
					have[i] += by
				case by < 0 || !refusedWith(err, wire.CodeConflict):
					t.Errorf("%s, %s: %v", name, handler, err)
				}
			}
		})
	}
	all.Wait()
	sum := 0
	for _, n := range have {
		sum += n
	}
	if sum > seats {
		t.Errorf("%d of %d seats are taken", sum, seats)
	}
	w.checkRoom(block, learners, seats, sum)
}

// TestAForumCountsAndHides: thirty posts at once are all there, each once; what is new counts by learner; a moderator hides.
func TestAForumCountsAndHides(t *testing.T) {
	const writers = 30
	w := newWorld(t, services.Table{wire.ServiceUsers: directory})
	w.moderators["mo"] = true
	block := w.publish("forum", map[string]any{"topic": "Why?"})
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			if _, err := w.post(fmt.Sprint("writer", i), block, "post", map[string]string{"text": fmt.Sprintf("post <%d>", i)}); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all.Wait()
	page := w.page("ann", block)
	for i := range writers {
		if n := strings.Count(page, fmt.Sprintf("post <%d>", i)); n != 1 {
			t.Errorf("post %d stands there %d times", i, n)
		}
	}
	w.sees("ann", block, fmt.Sprintf(`data-unread="%d"`, writers))
	w.taken("ann", block, "read", nil)
	w.sees("ann", block, `data-unread="0"`)
	w.sees("bob", block, fmt.Sprintf(`data-unread="%d"`, writers))
	w.pass(time.Second)
	w.taken("bob", block, "post", map[string]string{"text": "late"})
	w.sees("ann", block, `data-unread="1"`)

	id := control(t, w.page("mo", block), "late")
	if _, err := w.post("ann", block, "hide", map[string]string{"id": id, "reason": "spam"}); !refusedWith(err, wire.CodeRefused) {
		t.Errorf("ann is no moderator: %v", err)
	}
	w.taken("mo", block, "hide", map[string]string{"id": id, "reason": "Not here."})
	w.sees("ann", block, `data-unread="0"`)
	if strings.Contains(w.page("ann", block), "late") {
		t.Error("the hidden post is still there")
	}
	told, _, err := w.kernel.Notices().Of(t.Context(), "bob", "", 10)
	if err != nil || len(told) != 1 || told[0].Text != "Not here." {
		t.Errorf("told was %+v, %v", told, err)
	}
}

// control finds the id of the post with this text in a moderator's page.
func control(t *testing.T, page, text string) string {
	t.Helper()
	_, after, found := strings.Cut(page, text)
	_, after, _ = strings.Cut(after, `value="`)
	id, _, _ := strings.Cut(after, `"`)
	if !found || id == "" {
		t.Fatalf("no post %q in %s", text, page)
	}
	return id
}

// callback is the grader's request.
func (w *world) callback(block *course.Block, key string, body []byte, signature string) (*kernel.Response, error) {
	visitor, err := w.Person(w.t.Context(), w.run, "")
	if err != nil {
		return nil, err
	}
	visitor.User, visitor.Enrolled = "", false
	published, err := w.kernel.Courses().Published(w.t.Context(), w.run)
	if err != nil {
		return nil, err
	}
	return w.kernel.Mount(w.t.Context(), visitor, published, block, kernel.MountCall{
		Path: "/result", As: wire.RoleOutside, ID: key, BodyHash: state.BodyHash(body),
		HTTP: wire.HTTP{
			Method: "POST", ContentType: "application/json", Body: wire.Blob{Data: body},
			Headers: map[string][]string{"x-grader-signature": {signature}},
		},
	})
}

// TestAnExternalGraderEndsWithOneVerdict: answers go out although the grader is down at first; then it sends each result
// eight times at once, other points among them and forgeries before them. Every submission ends with exactly one verdict
// that scores.
func TestAnExternalGraderEndsWithOneVerdict(t *testing.T) {
	const learners = 6
	outside := &grader{down: 3}
	w := newWorld(t, services.Table{wire.ServiceKeys: keys, wire.ServiceHTTP: outside.answer})
	block := w.publish("external", map[string]any{"points": 10})
	submissions := map[string]string{}
	for i := range learners {
		name := fmt.Sprint("learner", i)
		submissions[w.taken(name, block, "submit", map[string]string{"text": "by " + name}).Submission] = name
	}
	w.until(func() bool { return len(outside.got) == learners })
	for _, got := range outside.got {
		if submissions[got.Submission] == "" || got.Text != "by "+submissions[got.Submission] || got.Points != 10 ||
			got.Result != "https://quoin.example/"+block.Usage.String()+"/result" {
			t.Errorf("the grader got %+v", got)
		}
	}
	w.sees("learner0", block, "Waiting for a grade.")
	w.answerAtOnce(block, submissions)
	w.works()
	for submission, name := range submissions {
		delivery, err := w.kernel.Scorer().Delivery(t.Context(), submission)
		if err != nil {
			t.Fatal(err)
		}
		if delivery.Evidence != 1 || delivery.Verdicts != 2 {
			t.Errorf("%s: %d pieces of evidence and %d verdicts, want 1 and 2 (pending, scored)", name, delivery.Evidence, delivery.Verdicts)
		}
		score := w.score(name, block)
		if score == nil || *score != 7 && *score != 3 {
			t.Fatalf("%s has %v", name, score)
		}
		w.sees(name, block, fmt.Sprintf("%v of 10 points", *score))
	}
}

// until works and lets time pass until something holds; tasks that fail come again.
func (w *world) until(holds func() bool) {
	w.t.Helper()
	for range 50 {
		if err := w.work(); err != nil && !refusedWith(err, wire.CodeUnavailable) {
			w.t.Fatal(err)
		}
		if holds() {
			return
		}
		w.pass(time.Minute)
		if _, err := w.kernel.DueTasks(w.t.Context(), 100); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatal("it never came to that")
}

// answerAtOnce sends results of all submissions at the same time: forged ones, the same one again and again under one key
// and under others, and one with other points.
func (w *world) answerAtOnce(block *course.Block, submissions map[string]string) {
	w.t.Helper()
	var all sync.WaitGroup
	for submission := range submissions {
		for i := range 8 {
			all.Go(func() {
				earned, key := 7, fmt.Sprintf("%s-%d", submission, i/2)
				if i >= 6 {
					earned = 3
				}
				body, err := json.Marshal(map[string]any{"submission": submission, "earned": earned, "feedback": "Fine."})
				if err != nil {
					w.t.Error(err)
					return
				}
				if _, err := w.callback(block, key+"-forged", body, "00"); !refusedWith(err, wire.CodeRefused) {
					w.t.Errorf("a forged result: %v", err)
				}
				if _, err := w.callback(block, key, body, sign(body)); err != nil {
					w.t.Errorf("result %d of %s: %v", i, submission, err)
				}
			})
		}
	}
	all.Wait()
}

// TestTheSharedSecretReachesNoCall: what an author types into a key field is nobody's to read, the block's least of all.
func TestTheSharedSecretReachesNoCall(t *testing.T) {
	const typed = "typed-by-the-author"
	text, err := os.ReadFile("external/block.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := registry.Open(t.Context(), registry.Config{})
	if err != nil {
		t.Fatal(err)
	}
	block := external.Block()
	var calls atomic.Int64
	err = blocks.Install(registry.Native(m, native.Engine{}, nil, func(host engine.Host, frame []byte) []byte {
		calls.Add(1)
		if bytes.Contains(frame, []byte(typed)) {
			t.Errorf("the secret is in a call: %s", frame)
		}
		return block.Serve(host, frame)
	}))
	if err != nil {
		t.Fatal(err)
	}
	outside := &grader{}
	w := newWorldOf(t, blocks, services.Table{wire.ServiceKeys: keys, wire.ServiceHTTP: outside.answer})
	placed := w.publish("external", map[string]any{"grader": typed})
	submission := w.taken("ann", placed, "submit", map[string]string{"text": "mine"}).Submission
	w.works()
	body := []byte(`{"submission": "` + submission + `", "earned": 4}`)
	if _, err := w.callback(placed, "one", body, sign(body)); err != nil {
		t.Fatal(err)
	}
	w.works()
	if got := w.score("ann", placed); got == nil || *got != 4 || calls.Load() < 6 {
		t.Errorf("after %d calls the score is %v", calls.Load(), got)
	}
}
