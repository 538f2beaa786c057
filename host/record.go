package host

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/allowance"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/grading"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
)

// recordRoutes are the pages of one learner's record in a course, for its staff. A learner is named by the pseudonym that
// belongs to this course alone.
func recordRoutes() []Route {
	const (
		staff   = "/courses/:course/staff"
		learner = staff + "/learners/:learner"
		problem = learner + "/blocks/:usage"
	)
	return []Route{
		{Method: "GET", Path: learner, Who: CourseStaff, Kind: Page, Handle: (*request).learnerRecord},
		{Method: "POST", Path: learner + "/allowances", Who: CourseStaff, Kind: Page, Handle: (*request).changeAllowance},
		{Method: "GET", Path: problem, Who: CourseStaff, Kind: Page, Handle: (*request).problemRecord},
		{Method: "POST", Path: problem, Who: CourseStaff, Kind: Page, Handle: (*request).actOnRecord},
		{Method: "GET", Path: problem + "/submissions.csv", Who: CourseStaff, Kind: File, Handle: (*request).submissionSheet},
		{Method: "GET", Path: staff + "/ungraded", Who: CourseStaff, Kind: Page, Handle: (*request).ungraded},
	}
}

// pseudonymPattern is what a learner is called in addresses.
var pseudonymPattern = regexp.MustCompile(`^[a-z2-9]{26}$`)

func (r *request) recordLink(learner string) string {
	return "/courses/" + r.course.String() + "/staff/learners/" + learner
}

func (r *request) problemRecordLink(learner, usage string) string {
	return r.recordLink(learner) + "/blocks/" + usage
}

// record finds the learner whom the address names. Whoever is not of this course does not exist.
func (r *request) record() (*site.Record, error) {
	name := r.param("learner")
	if !pseudonymPattern.MatchString(name) {
		return nil, errNotFound
	}
	found, err := r.site().Record(r.ctx(), r.course, name)
	if errors.Is(err, people.ErrNotFound) {
		return nil, errNotFound
	}
	return found, err
}

// recordBody is one learner's record in the course.
type recordBody struct {
	Who   recordWho
	Grade *recordGrade
	// Sections is the course's work; Zone the zone that dates are typed in.
	Sections []recordSection
	Zone     string
	Trail    []trailLine
}

// recordWho says who a learner is, as far as staff are shown.
type recordWho struct {
	Name, Username, Email string
	Link                  string
	// State is the enrolment in words, Kind its sign.
	State, Kind   string
	Since, Active *instant
	Mode, Cohort  string
	Groups, Roles []string
}

type recordGrade struct {
	Percent int
	Letter  string
	Types   []typeRow
	Weight  string
	Sum     string
}

type recordSection struct {
	Title string
	Work  []recordWork
}

// recordWork is one subsection.
type recordWork struct {
	ID, Usage, Title, Format, Points string
	Percent                          int
	Graded, Dropped, Hidden          bool
	// Due is the date that holds for the learner, Extended says that it is the learner's own.
	Due      *instant
	Extended bool
	// Extra are the learner's own minutes, "" for none; Timed says that the subsection is timed, Begun that it was begun.
	Extra string
	Timed bool
	Begun *instant
	// Form is what was typed for it and refused; empty else.
	Form     allowanceForm
	Problems []recordProblem
}

type recordProblem struct {
	Title, Link, Points, Tries, Waits string
	Attempted                         bool
	// Override says that the points were given by hand.
	Override bool
}

// nameOf is how a person is called.
func nameOf(user *people.User) string {
	if user.Name != "" {
		return user.Name
	}
	return user.Username
}

func (r *request) recordWho(found *site.Record) (recordWho, error) {
	m := &found.Member
	who := recordWho{
		Name: nameOf(&found.User), Username: found.User.Username, Email: found.User.Email, Link: r.recordLink(m.Pseudonym),
		Mode: m.Mode, Cohort: m.Cohort, Groups: m.Groups, State: r.words.T("record.never"), Kind: "submitted",
	}
	switch {
	case m.Enrolled:
		who.State, who.Kind = r.words.T("record.enrolled"), "good"
	case !m.Since.IsZero():
		who.State = r.words.T("record.left")
	}
	if !m.Since.IsZero() {
		who.Since = r.instant(m.Since)
	}
	for _, role := range m.RoleNames() {
		if slices.Contains(people.CourseRoles(), role) {
			role = r.words.T("record.say_role_" + role)
		}
		who.Roles = append(who.Roles, role)
	}
	active, err := r.site().LastActive(r.ctx(), m.Pseudonym)
	if !active.IsZero() {
		who.Active = r.instant(active)
	}
	return who, err
}

// savedRecord is what ?saved= may say.
var savedRecord = []string{"due", "extra_time", "sitting", "removed"}

func (r *request) learnerRecord() error {
	found, err := r.record()
	if err != nil {
		return err
	}
	return r.showRecord(fiber.StatusOK, found, nil)
}

// showRecord shows the page, with a form that was refused.
func (r *request) showRecord(status int, found *site.Record, refused *allowanceForm) error {
	who, err := r.recordWho(found)
	if err != nil {
		return err
	}
	grade, standings, err := r.kernel().Scorer().Course(r.ctx(), found.Person, r.published)
	if err != nil {
		return err
	}
	outlook, err := r.kernel().Scorer().Outlook(r.ctx(), found.Person, r.published, standings)
	if err != nil {
		return err
	}
	policy, err := scoring.CoursePolicy(&r.published.Run)
	if err != nil {
		return err
	}
	mine, err := r.site().Allowances.Of(r.ctx(), r.course, found.Member.Pseudonym)
	if err != nil {
		return err
	}
	body := &recordBody{Who: who, Zone: r.words.Zone.String(), Grade: r.recordGrade(&policy, &grade, &outlook)}
	r.recordSections(body, found, standings, &outlook, droppedOf(&grade), &mine, refused)
	if body.Trail, err = r.wholeTrail(found.Member.Pseudonym, &mine); err != nil {
		return err
	}
	var focus *notice
	if refused != nil {
		focus = &notice{Kind: "bad", Text: r.words.T("form.problems", len(refused.Errors))}
	} else if saved := r.Query("saved"); slices.Contains(savedRecord, saved) {
		focus = &notice{Kind: "good", Text: r.words.T("record.say_saved_" + saved)}
	}
	return r.showStaffStatus(status, "record.html", "people", who.Name, body, focus)
}

// recordGrade is the course grade as staff look at it, nil where nothing counts.
func (r *request) recordGrade(policy *grading.Policy, grade *grading.Grade, outlook *scoring.Outlook) *recordGrade {
	if r.published.Run.Bool("no_grade") || !anyCounts(policy, outlook.Counted) {
		return nil
	}
	part := &gradePart{Percent: hundredths(grade.Percent)}
	r.typeRows(part, policy, grade)
	return &recordGrade{Percent: part.Percent, Letter: grade.Letter, Types: part.Types, Weight: part.Weight, Sum: part.Sum}
}

func (r *request) recordSections(
	body *recordBody, found *site.Record, standings []scoring.Standing, outlook *scoring.Outlook, dropped map[string]bool,
	mine *allowance.Allowance, refused *allowanceForm,
) {
	var section *course.Block
	for i := range standings {
		standing := &standings[i]
		sub := standing.Subsection
		if access.Listing(found.Person, r.published, sub.Block, r.now()).Hidden { // for staff, or for another group
			continue
		}
		if sub.Section != section {
			section = sub.Section
			body.Sections = append(body.Sections, recordSection{Title: section.Title()})
		}
		usage := sub.Usage.String()
		totals := &standing.Totals.All
		work := recordWork{
			ID: sub.Usage.ID, Usage: usage, Title: sub.Title(), Format: sub.Settings.Format, Points: r.points(totals.Earned, totals.Possible),
			Percent: hundredths(totals.Fraction()), Graded: sub.Settings.Graded != nil && *sub.Settings.Graded, Hidden: !standing.Included,
			Dropped: standing.Included && dropped[usage],
		}
		r.recordDates(&work, found, sub, mine.Subsections[usage])
		if refused != nil && refused.Subsection == usage {
			work.Form = *refused
		}
		for j := range standing.Problems {
			work.Problems = append(work.Problems, r.recordProblem(found.Member.Pseudonym, &standing.Problems[j], outlook))
		}
		at := &body.Sections[len(body.Sections)-1]
		at.Work = append(at.Work, work)
	}
	body.Sections = slices.DeleteFunc(body.Sections, func(s recordSection) bool { return len(s.Work) == 0 })
}

// recordDates fills in what holds for the learner at a subsection.
func (r *request) recordDates(work *recordWork, found *site.Record, sub *course.Subsection, granted allowance.Granted) {
	if due := access.Due(found.Person, sub.Block); !due.IsZero() {
		work.Due = r.instant(due)
		work.Form.Due = due.In(r.words.Zone).Format(typedTime)
	}
	work.Extended = granted.Due != nil
	work.Timed = isTimed(sub)
	if extra := granted.Extra(); extra > 0 {
		work.Extra = r.words.T("record.minutes", int(extra/time.Minute))
		work.Form.Minutes = minutesText(extra)
	}
	if granted.Begun != nil {
		work.Begun = r.instant(*granted.Begun)
	}
}

func (r *request) recordProblem(learner string, p *scoring.Problem, outlook *scoring.Outlook) recordProblem {
	problem := recordProblem{
		Title: r.blockTitle(p.Block), Link: r.problemRecordLink(learner, p.Block.Usage.String()), Attempted: p.Attempted, Override: p.Override != nil,
		Points: r.points(p.Score.Earned, p.Score.Possible),
	}
	if p.Pending {
		problem.Waits = r.words.T("progress.waits")
	}
	if tries, bounded := outlook.Tries[p.Block.Usage.String()]; bounded {
		problem.Tries = r.words.T("record.tries", tries.Used, tries.Most)
	}
	return problem
}

// trailLine is one thing that staff did.
type trailLine struct {
	ID       string
	At       time.Time
	When     *instant
	By, What string
	Reason   string
	// Where names the problem or subsection, with its link; "" on the problem's own page.
	Where, Link string
	// Undoable says that it can be taken back now, Undone that it was.
	Undoable, Undone bool
}

// trailShown is how many of the newest lines a page shows.
const trailShown = 50

// wholeTrail is what staff did to the learner anywhere in the course, the newest first.
func (r *request) wholeTrail(learner string, mine *allowance.Allowance) ([]trailLine, error) {
	acts, _, err := r.kernel().Trail(r.ctx(), learner, "", "", trailShown)
	if err != nil {
		return nil, err
	}
	names := r.names()
	var lines []trailLine
	for i := range acts {
		act := &acts[i].Body
		line, err := r.trailLine(names, acts[i].ID, act)
		if err != nil {
			return nil, err
		}
		line.Where, line.Link = r.titleOf(act.Usage), r.problemRecordLink(learner, act.Usage)
		lines = append(lines, line)
	}
	for _, change := range mine.Trail[max(0, len(mine.Trail)-trailShown):] {
		line := trailLine{At: change.At, When: r.instant(change.At), Reason: change.Reason, Where: r.titleOf(change.Subsection), What: r.changeText(&change)}
		if line.By, err = names(change.Actor); err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b trailLine) int { return b.At.Compare(a.At) })
	return lines[:min(len(lines), trailShown)], nil
}

// names gives a function that names staff by pseudonym and asks once for each.
func (r *request) names() func(pseudonym string) (string, error) {
	known := map[string]string{"": r.words.T("record.command_line")}
	return func(pseudonym string) (string, error) {
		name, ok := known[pseudonym]
		if ok {
			return name, nil
		}
		name, err := r.site().NameOf(context.WithoutCancel(r.ctx()), r.course, pseudonym)
		if name == "" {
			name = r.words.T("record.somebody")
		}
		known[pseudonym] = name
		return name, err
	}
}

// titleOf names a block of the course by its usage key; one that is gone is named by its id.
func (r *request) titleOf(usage string) string {
	block, err := r.blockNamed(usage)
	if err == nil {
		return r.blockTitle(block)
	}
	_, id, _ := strings.Cut(usage, "+block@")
	return id
}

func (r *request) trailLine(names func(string) (string, error), id string, act *kernel.Acted) (trailLine, error) {
	by, err := names(act.By)
	return trailLine{ID: id, At: act.At, When: r.instant(act.At), By: by, What: r.actText(act), Reason: act.Reason}, err
}

// actText says what was done.
func (r *request) actText(act *kernel.Acted) string {
	switch act.Kind {
	case kernel.ActGrant:
		return r.words.T("record.granted", act.Tries)
	case kernel.ActOverride:
		return r.words.T("record.overridden", r.points(act.Earned, act.Possible))
	case kernel.ActRescore:
		if act.OnlyHigher {
			return r.words.T("record.rescored_higher")
		}
	case kernel.ActUndo:
		return r.words.T("record.undid", r.words.T("record.say_act_"+string(act.UndoesKind)))
	case kernel.ActReset, kernel.ActDelete, kernel.ActRetry, kernel.ActUnset, kernel.ActMark:
	}
	return r.words.T("record.say_act_" + string(act.Kind))
}
