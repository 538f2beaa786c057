package host

import (
	"bytes"
	"encoding/json"
	"html/template"
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// problemRecordBody is one learner's record at one problem.
type problemRecordBody struct {
	Who   recordWho
	Title string
	// Action is where the forms go; Unit the page that the problem stands on.
	Action, Unit string
	// Points are what counts, Worth what there is to get, in points.
	Points, Worth string
	Attempted     bool
	// Why are the reasons for the points, one a line.
	Why []recordFact
	// Override says that points were given by hand.
	Override bool
	Tries    string
	// Bounded says that tries run out.
	Bounded bool
	Form    actForm
	// View is the problem as the learner sees it, "" where it cannot be shown here.
	View   template.HTML
	Styles []string
	// Fields is what is stored, Stored that anything is.
	Fields      []recordFact
	Stored      bool
	Submissions []recordSubmission
	// More leads to older submissions, "" where there are none; First leads back.
	More, First string
	Sheet       string
	Trail       []trailLine
	// Done is what was just done, with the id of the act where it can be taken back.
	Done, DoneID string
}

// recordFact is a name with a value.
type recordFact struct{ Name, Value string }

// recordSubmission is one answer with its verdicts.
type recordSubmission struct {
	ID                string
	Number            int
	When              *instant
	State, Kind       string
	Counts, Late      bool
	Cleared           bool
	Failed            bool
	Failure           string
	Rows              []recordRow
	JSON              string
	Files             []string
	Verdicts          []recordVerdict
	Attempt, Sequence int
}

// recordRow is one part of an answer in words.
type recordRow struct{ Question, Answer, Correct, State, Kind string }

// recordVerdict is one verdict with its receipt.
type recordVerdict struct {
	Number     int
	When       *instant
	Text, Kind string
	Points     string
	Note       string
	Stands     bool
	Receipt    []recordFact
}

// submissionsShown is how many submissions a page shows.
const submissionsShown = 10

func (r *request) problemRecord() error {
	found, block, err := r.recordedProblem()
	if err != nil {
		return err
	}
	return r.showProblemRecord(fiber.StatusOK, found, block, actForm{})
}

// recordedProblem finds the learner and the problem that the address names.
func (r *request) recordedProblem() (*site.Record, *course.Block, error) {
	found, err := r.record()
	if err != nil {
		return nil, nil, err
	}
	block, err := r.block()
	if err != nil {
		return nil, nil, err
	}
	if block.Facts.MaxScore == nil || block.Unit == nil {
		return nil, nil, errNotFound
	}
	return found, block, nil
}

func (r *request) showProblemRecord(status int, found *site.Record, block *course.Block, form actForm) error {
	learner, usage := found.Member.Pseudonym, block.Usage.String()
	who, err := r.recordWho(found)
	if err != nil {
		return err
	}
	l, err := r.kernel().LearnerState(r.ctx(), learner, usage)
	if err != nil {
		return err
	}
	scores, err := r.kernel().Scorer().Scores(r.ctx(), learner, []string{usage})
	if err != nil {
		return err
	}
	after := store.Cursor(r.Query("after"))
	history, next, err := r.kernel().Scorer().Submissions(r.ctx(), learner, usage, after, submissionsShown)
	if err != nil && after != "" { // an address that somebody changed
		return errNotFound
	}
	if err != nil {
		return err
	}
	body := &problemRecordBody{
		Who: who, Title: r.blockTitle(block), Action: r.problemRecordLink(learner, usage), Unit: r.unitLink(block.Unit) + "#" + r.elementID(block),
		Worth: r.words.Points(kernel.Worth(block)), Form: form, Fields: stateFacts(&l), Stored: l.Learner != "",
	}
	body.Sheet = body.Action + "/submissions.csv"
	if next != "" {
		body.More = body.Action + "?after=" + string(next) + "#submissions"
	}
	if after != "" {
		body.First = body.Action + "#submissions"
	}
	score := scores[usage]
	policy := access.Policy(found.Person, r.published, block, "", l.Granted)
	r.whyScore(body, block, score, &policy, &l)
	for i := range history {
		body.Submissions = append(body.Submissions, r.recordSubmission(block, score, &policy, &history[i]))
	}
	if err := r.problemTrail(body, learner, usage); err != nil {
		return err
	}
	r.learnersView(body, found, block)
	var focus *notice
	if len(form.Errors) > 0 {
		focus = &notice{Kind: "bad", Text: r.words.T("form.problems", len(form.Errors))}
		if text := form.Errors["act"]; text != "" {
			focus.Text = text
		}
	}
	return r.showStaffStatus(status, "problemrecord.html", "people", r.blockTitle(block), body, focus)
}

// whyScore says how the points came about.
func (r *request) whyScore(body *problemRecordBody, block *course.Block, score *scoring.Score, policy *grading.ProblemPolicy, l *state.Learner) {
	fact := func(name, value string) { body.Why = append(body.Why, recordFact{name, value}) }
	points, ok := grading.Score{}, false
	if score != nil {
		points, ok = score.Points()
	}
	body.Attempted = ok
	if ok {
		weighed, err := points.Weigh(block.Facts.Weight)
		if err != nil { // a weight that is no number was reported at publishing; raw points count
			weighed = points
		}
		body.Points = r.points(weighed.Earned, weighed.Possible)
		fact(r.words.T("record.counted"), body.Points+" ("+r.words.Percent(weighed.Fraction())+")")
	}
	if score != nil && score.Override != nil {
		body.Override = true
		fact(r.words.T("record.by_hand"), r.points(score.Override.Earned, score.Override.Possible)+": "+score.Override.Reason)
	}
	if score != nil && score.Scored {
		fact(r.words.T("record.scored"), r.points(score.Earned, score.Possible))
		fact(r.words.T("record.method"), r.words.T("record.say_method_"+methodName(policy.GradingMethod)))
		for _, entry := range score.Entries {
			if entry.Submission == score.CountedID && policy.GradingMethod != grading.MethodAverage {
				fact(r.words.T("record.which"), r.words.T("record.answer_number", entry.Sequence))
			}
		}
	}
	if weight := block.Facts.Weight; weight != nil {
		fact(r.words.T("record.weight"), r.words.Points(*weight))
	}
	body.Tries = r.words.T("record.tries_free", l.Count())
	if most := policy.MaxAttempts; most != nil {
		body.Tries, body.Bounded = r.words.T("record.tries", l.Count(), *most), true
		if l.Granted > 0 {
			body.Tries += " " + r.words.T("record.granted_so_far", l.Granted)
		}
	}
	fact(r.words.T("record.attempts"), body.Tries)
	if closes := policy.Closes(); !closes.IsZero() {
		fact(r.words.T("record.closes"), r.words.Time(closes))
	}
	if part := block.Subsection; part != nil {
		kind := part.Settings.Format
		if graded := block.Settings.Graded; graded == nil || !*graded {
			kind = r.words.T("progress.practice")
		}
		fact(r.words.T("record.part_of"), part.Title()+" ("+kind+")")
	}
}

func methodName(method grading.Method) string {
	return map[grading.Method]string{
		grading.MethodLast: "last", grading.MethodFirst: "first", grading.MethodHighest: "highest", grading.MethodAverage: "average",
	}[method]
}

// stateFacts are the stored fields in the order of their names, as JSON that can be read. What is stored of a learner never
// holds a secret of the course's: only authored fields can.
func stateFacts(l *state.Learner) []recordFact {
	var facts []recordFact
	for _, name := range slices.Sorted(maps.Keys(l.Fields)) {
		facts = append(facts, recordFact{name, pretty(l.Fields[name])})
	}
	return facts
}

// shownJSON bounds how much of one value a page shows, in bytes.
const shownJSON = 20_000

// pretty lays JSON out; what is none is shown as it is.
func pretty(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") == nil {
		text = out.String()
	}
	if len(text) > shownJSON {
		return text[:shownJSON] + " …"
	}
	return text
}

// problemTrail fills in what staff did here, and what the last request of this browser was, with the way to undo it.
func (r *request) problemTrail(body *problemRecordBody, learner, usage string) error {
	acts, _, err := r.kernel().Trail(r.ctx(), learner, usage, "", trailShown)
	if err != nil {
		return err
	}
	can, undone, names := kernel.Undoable(acts), map[string]bool{}, r.names()
	done := r.Query("done")
	for i := range acts {
		act := &acts[i].Body
		undone[act.Undoes] = true
		line, err := r.trailLine(names, acts[i].ID, act)
		if err != nil {
			return err
		}
		line.Undoable, line.Undone = can[line.ID], undone[line.ID]
		body.Trail = append(body.Trail, line)
		if line.ID == done {
			body.Done = line.What
			if line.Undoable {
				body.DoneID = line.ID
			}
		}
	}
	return nil
}

// learnersView renders the problem as the learner sees it, to be looked at. What stands in a frame of its own is left out:
// the frame would show it as the reader's own.
func (r *request) learnersView(body *problemRecordBody, found *site.Record, block *course.Block) {
	if !found.Member.Enrolled {
		return
	}
	person := *found.Person
	person.Locale, person.Zone = r.words.Language, r.words.Zone.String()
	if !access.Content(&person, r.published, block, r.now()).Allowed {
		return
	}
	visit, err := r.kernel().Visit(r.ctx(), &person, r.published, block)
	if err != nil {
		r.server.config.Log.WarnContext(r.ctx(), "a learner's view could not be shown", "usage", block.Usage.String(), "error", err)
		return
	}
	shown, err := visit.Render(r.ctx(), block, wire.ViewLearner)
	if err != nil || shown.Failure != nil || !shown.Inline || len(shown.Children) > 0 {
		return
	}
	looking := *r
	looking.person = &person
	html, err := looking.blockHTML(shown, "")
	if err != nil {
		r.server.config.Log.WarnContext(r.ctx(), "a learner's view could not be shown", "usage", block.Usage.String(), "error", err)
		return
	}
	body.View = html
	for _, name := range shown.Styles {
		body.Styles = addOnce(body.Styles, assetAddress(shown.Version, name))
	}
}
