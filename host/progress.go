package host

import (
	"bytes"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// progressBody is a learner's grades in a course.
type progressBody struct {
	Grade    *gradePart
	Sections []progressSection
}

type progressSection struct {
	Title string
	Rows  []progressRow
}

type progressRow struct {
	Title, Link, Format string
	Due                 *instant
	// Graded work counts; Hidden says that its results are not shown, Dropped that it is among the lowest that do not count.
	Graded, Hidden, Dropped bool
	// Why says why the work is not open; "" when it is.
	Why      string
	Points   string
	Percent  int
	Problems []progressProblem
}

type progressProblem struct {
	Title, Link, Points, Override string
	// Waits says that the newest answer waits for somebody's grade, "" when it does not.
	Waits string
	// Left says how many tries are left, "" where they are not bounded.
	Left string
}

func (r *request) progress() error {
	if r.person.Role() != wire.RoleLearner {
		if r.user == nil {
			return errSignIn
		}
		return r.Redirect("/courses/"+r.course.String()+"/about", fiber.StatusSeeOther)
	}
	if !r.showsProgress() && !r.person.Staff() {
		return errNotFound
	}
	grade, standings, err := r.kernel().Scorer().Course(r.ctx(), r.person, r.published)
	if err != nil {
		return err
	}
	outlook, err := r.kernel().Scorer().Outlook(r.ctx(), r.person, r.published, standings)
	if err != nil {
		return err
	}
	policy, err := scoring.CoursePolicy(&r.published.Run)
	if err != nil {
		return err
	}
	body := &progressBody{}
	if body.Grade, err = r.gradePart(&policy, &grade, standings, &outlook); err != nil {
		return err
	}
	r.progressSections(body, standings, &outlook, droppedOf(&grade))
	return r.show("progress.html", page{Title: r.words.T("progress.title"), Body: body, Course: r.coursePart("progress")})
}

// showsProgress is false in courses whose team wants no such page.
func (r *request) showsProgress() bool { return !r.published.Run.Bool("hide_progress_tab") }

func (r *request) progressSections(body *progressBody, standings []scoring.Standing, outlook *scoring.Outlook, dropped map[string]bool) {
	var section *course.Block
	for i := range standings {
		standing := &standings[i]
		if len(standing.Problems) == 0 || !access.Listing(r.person, r.published, standing.Subsection.Block, r.now()).Allowed {
			continue
		}
		if standing.Subsection.Section != section {
			section = standing.Subsection.Section
			body.Sections = append(body.Sections, progressSection{Title: section.Title()})
		}
		at := &body.Sections[len(body.Sections)-1]
		row := r.progressRow(standing, outlook)
		row.Dropped = !row.Hidden && dropped[standing.Subsection.Usage.String()]
		at.Rows = append(at.Rows, row)
	}
}

func (r *request) progressRow(standing *scoring.Standing, outlook *scoring.Outlook) progressRow {
	sub := standing.Subsection
	row := progressRow{
		Title: sub.Title(), Link: r.unitLink(sub.Block), Format: sub.Settings.Format,
		Graded: sub.Settings.Graded != nil && *sub.Settings.Graded, Hidden: !standing.Included,
		Points: r.points(standing.Totals.All.Earned, standing.Totals.All.Possible), Percent: hundredths(standing.Totals.All.Fraction()),
	}
	if due := access.Due(r.person, sub.Block); !due.IsZero() {
		row.Due = r.instant(due)
	}
	// What is not open yet is named by its subsection, as in the outline, and no further.
	if verdict := access.Content(r.person, r.published, sub.Block, r.now()); !verdict.Allowed {
		row.Link, row.Why = "", r.why(verdict)
		return row
	}
	for i := range standing.Problems {
		p := &standing.Problems[i]
		if access.Content(r.person, r.published, p.Block, r.now()).Allowed {
			row.Problems = append(row.Problems, r.progressProblem(p, outlook))
		}
	}
	return row
}

func (r *request) progressProblem(p *scoring.Problem, outlook *scoring.Outlook) progressProblem {
	problem := progressProblem{
		Title: r.blockTitle(p.Block), Link: r.unitLink(p.Block.Unit) + "#" + r.elementID(p.Block), Points: r.points(p.Score.Earned, p.Score.Possible),
	}
	if !p.Attempted {
		problem.Points = r.words.T("progress.not_tried", r.words.Points(p.Score.Possible), plural(p.Score.Possible))
	}
	if p.Pending {
		problem.Waits = r.words.T("progress.waits")
		if !p.Attempted { // it was tried
			problem.Points = r.points(0, p.Score.Possible)
		}
	}
	if tries, bounded := outlook.Tries[p.Block.Usage.String()]; bounded {
		problem.Left = r.words.T("progress.no_tries")
		if left := tries.Left(); left > 0 {
			problem.Left = r.words.T("progress.tries", left)
		}
	}
	if p.Override != nil {
		problem.Override = p.Override.Reason
	}
	return problem
}

// points writes a score.
func (r *request) points(earned, possible float64) string {
	return r.words.T("progress.points", r.words.Points(earned), r.words.Points(possible), plural(possible))
}

// plural is the number that chooses the form of "points"; parts of a point take the form of many.
func plural(points float64) int {
	if whole := int(points); float64(whole) == points {
		return whole
	}
	return 2
}

// answerBody is the shown answer.
type answerBody struct {
	Title, Back string
	HTML        template.HTML
}

// answerHTML lays the shown answer out as it stands below its block.
func (r *request) answerHTML(block *course.Block, html string) (string, error) {
	var out bytes.Buffer
	err := r.server.templates.ExecuteTemplate(&out, "answer", map[string]any{"W": r.words, "Title": r.blockTitle(block), "HTML": template.HTML(html)})
	return out.String(), err
}

// showAnswer shows it on a page of its own, to browsers without scripts.
func (r *request) showAnswer(block *course.Block, html string) error {
	return r.show("answer.html", page{
		Title: r.blockTitle(block), Course: r.coursePart("unit"),
		Body: &answerBody{Title: r.blockTitle(block), Back: r.replyLink(block, ""), HTML: template.HTML(html)},
	})
}

// healthy says that the process serves.
func (r *request) healthy() error { return r.data(fiber.StatusOK, fiber.Map{"status": "ok"}) }

// ready says that it can do its work.
func (r *request) ready() error {
	if r.server.config.Ready != nil {
		if err := r.server.config.Ready(r.ctx()); err != nil {
			r.server.config.Log.Warn("not ready", "error", err)
			return r.data(fiber.StatusServiceUnavailable, fiber.Map{"status": "not ready"})
		}
	}
	return r.data(fiber.StatusOK, fiber.Map{"status": "ready"})
}
