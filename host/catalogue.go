package host

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/sanitize"
	"github.com/quoin-lms/quoin/runtime/store"
)

// card is a course run as lists show it.
type card struct {
	Key, Title, Org, Number, Link, Picture, Description string
	Starts, Ends                                        *instant
	Enrolled                                            bool
}

// catalogueBody is the list of courses.
type catalogueBody struct {
	Cards []card
	Next  string
}

// perPage is how many course runs one page of the catalogue lists.
const perPage = 24

func (r *request) catalogue() error {
	runs, next, err := r.site().Courses.Runs(r.ctx(), store.Cursor(r.Query("after")), perPage)
	if err != nil {
		return fiber.NewError(fiber.StatusBadRequest, r.words.T("error.not_found"))
	}
	body := &catalogueBody{Next: string(next)}
	for i := range runs {
		person, err := r.personIn(&runs[i])
		if err != nil {
			return err
		}
		if person != nil && access.Listed(person, &runs[i]) {
			c := r.card(&runs[i])
			c.Enrolled = person.Enrolled
			body.Cards = append(body.Cards, c)
		}
	}
	return r.show("catalogue.html", page{Title: r.words.T("catalogue.title"), Body: body})
}

// personIn is who asks, in a run that was listed.
func (r *request) personIn(run *course.Run) (*access.Person, error) {
	parsed, err := key.ParseCourse(run.Key)
	if err != nil {
		return nil, nil //nolint:nilerr // a stored key that does not parse is no course that anybody can enter
	}
	return r.site().Person(r.ctx(), r.user, parsed)
}

func (r *request) card(run *course.Run) card {
	c := card{
		Key: run.Key, Title: run.Title, Org: run.Text("display_organization", run.Org), Number: run.Text("display_coursenumber", run.Number),
		Link: "/courses/" + run.Key + "/about",
	}
	if image := run.Text("course_image", ""); image != "" {
		c.Picture = "/courses/" + run.Key + "/static/" + image
	}
	if starts := run.Time("start"); !starts.IsZero() && starts.After(r.now()) {
		c.Starts = r.instant(starts)
	}
	if ends := run.Time("end"); !ends.IsZero() && ends.Before(r.now()) {
		c.Ends = r.instant(ends)
	}
	return c
}

// aboutBody is a course's own page.
type aboutBody struct {
	Card     card
	Overview template.HTML
	// Enrol says whether the button works, Why why not.
	CanEnrol bool
	Why      string
	Enrolled bool
	Open     bool
}

func (r *request) about() error {
	run := &r.published.Run
	if !access.Listed(r.person, run) {
		return errNotFound
	}
	body := &aboutBody{Card: r.card(run), Enrolled: r.person.Enrolled}
	if overview, err := r.site().Courses.Page(r.ctx(), r.course, "about", "overview"); err == nil {
		clean, _ := sanitize.Clean(sanitize.Author, overview.HTML)
		body.Overview = template.HTML(r.rewrite(clean))
	} else if !isNotFound(err) {
		return err
	}
	verdict := access.Enrolment(r.person, run, r.now())
	body.CanEnrol = verdict.Allowed || r.user == nil
	if !verdict.Allowed && r.user != nil && !r.person.Enrolled {
		body.Why = r.words.T("enrol.closed")
		if !verdict.Changes.IsZero() {
			body.Why = r.words.T("enrol.opens", verdict.Changes)
		}
	}
	body.Open = access.Content(r.person, r.published, r.published.Root, r.now()).Allowed
	return r.show("about.html", page{Title: run.Title, Body: body})
}

func (r *request) enrol() error {
	if r.person.Enrolled {
		return r.Redirect("/courses/"+r.course.String(), fiber.StatusSeeOther)
	}
	if verdict := access.Enrolment(r.person, &r.published.Run, r.now()); !verdict.Allowed {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("enrol.closed"))
	}
	if _, _, err := r.site().People.Enrol(r.ctx(), r.user.ID, r.course.String(), ""); err != nil {
		return err
	}
	return r.Redirect("/courses/"+r.course.String(), fiber.StatusSeeOther)
}

func (r *request) unenrol() error {
	if _, _, err := r.site().People.Unenrol(r.ctx(), r.user.ID, r.course.String()); err != nil && !isNotFound(err) {
		return err
	}
	return r.Redirect("/", fiber.StatusSeeOther)
}
