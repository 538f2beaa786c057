package host

import (
	"encoding/json"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// aboutBody is a course's own page.
type aboutBody struct {
	Card     card
	Summary  string
	Overview template.HTML
	Facts    []aboutFact
	// Learn is what one will be able to do, Needs which courses come first.
	Learn       []string
	Needs       []aboutNeed
	Instructors []aboutInstructor
	// CanEnrol says that the button works, for visitors once they have signed up; Why says why not.
	CanEnrol bool
	Why      string
	Enrolled bool
	// Resume is where somebody who is enrolled goes on; nil when nothing is open or left.
	Resume *stop
	Begun  bool
	// Open says that anybody may look inside.
	Open bool
}

// aboutFact is a line of the course's facts: a text, or an instant.
type aboutFact struct {
	Label, Text string
	At          *instant
}

type aboutNeed struct{ Title, Link string }

type aboutInstructor struct {
	Name         string `json:"name"`
	Title        string `json:"title"`
	Organization string `json:"organization"`
	Image        string `json:"image"`
	Bio          string `json:"bio"`
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

func (r *request) about() error {
	run := &r.published.Run
	if !access.About(r.person, run) {
		return errNotFound
	}
	body := &aboutBody{Card: r.card(run), Enrolled: r.person.Enrolled, Instructors: r.instructors()}
	settingJSON(run, "learning_info", &body.Learn)
	body.Open = access.Content(r.person, r.published, r.published.Root, r.now()).Allowed
	for _, fill := range []func(*aboutBody) error{r.aboutTexts, r.aboutNeeds, r.aboutEnrolment} {
		if err := fill(body); err != nil {
			return err
		}
	}
	return r.show("about.html", page{Title: run.Title, Body: body})
}

// settingJSON reads a course setting that is a list or an object. One of another shape is the import report's matter, and as
// good as none here.
func settingJSON(run *course.Run, name string, into any) {
	if text := run.Settings[name]; text != "" {
		_ = json.Unmarshal([]byte(text), into)
	}
}

// aboutTexts fills in what the team wrote about the course, and its facts.
func (r *request) aboutTexts(body *aboutBody) error {
	texts := map[string]course.Page{}
	for _, slug := range []string{"overview", "short_description", "effort"} {
		text, err := r.site().Courses.Page(r.ctx(), r.course, "about", slug)
		if err != nil && !isNotFound(err) {
			return err
		}
		texts[slug] = text
	}
	body.Overview = r.authorHTML(texts["overview"].HTML)
	body.Summary = course.Plain(texts["short_description"].HTML)
	run := &r.published.Run
	for _, day := range []struct{ setting, label string }{
		{"start", r.words.T("about.starts")},
		{"end", r.words.T("about.ends")},
		{"enrollment_start", r.words.T("about.enrolment_opens")},
		{"enrollment_end", r.words.T("about.enrolment_closes")},
	} {
		if at := run.Time(day.setting); !at.IsZero() {
			body.Facts = append(body.Facts, aboutFact{Label: day.label, At: r.instant(at)})
		}
	}
	pace := r.words.T("catalogue.pace_instructor")
	if run.Bool("self_paced") {
		pace = r.words.T("catalogue.pace_self")
	}
	for _, fact := range []aboutFact{
		{Label: r.words.T("about.effort"), Text: course.Plain(texts["effort"].HTML)},
		{Label: r.words.T("catalogue.language"), Text: r.words.LanguageName(run.Text("language", "en"))},
		{Label: r.words.T("catalogue.pace"), Text: pace},
	} {
		if fact.Text != "" {
			body.Facts = append(body.Facts, fact)
		}
	}
	return nil
}

// aboutNeeds lists the courses that come first, with links where the reader may see their pages.
func (r *request) aboutNeeds(body *aboutBody) error {
	var keys []string
	settingJSON(&r.published.Run, "pre_requisite_courses", &keys)
	if len(keys) == 0 {
		return nil
	}
	all, err := r.listed()
	if err != nil {
		return err
	}
	for _, name := range keys {
		need := aboutNeed{Title: name}
		for _, l := range all {
			if l.Run.Key == name {
				need = aboutNeed{l.Run.Title, "/courses/" + name + "/about"}
			}
		}
		body.Needs = append(body.Needs, need)
	}
	return nil
}

func (r *request) instructors() []aboutInstructor {
	var info struct {
		Instructors []aboutInstructor `json:"instructors"`
	}
	settingJSON(&r.published.Run, "instructor_info", &info)
	named := info.Instructors[:0]
	for _, who := range info.Instructors {
		if who.Name == "" {
			continue
		}
		who.Bio = course.Plain(who.Bio)
		if file, ok := strings.CutPrefix(who.Image, "/static/"); ok {
			who.Image = "/courses/" + r.course.String() + "/static/" + file
		} else {
			who.Image = "" // only the course's own files are shown
		}
		named = append(named, who)
	}
	return named
}

// aboutEnrolment says whether the reader can enrol now, why not, or where he goes on.
func (r *request) aboutEnrolment(body *aboutBody) error {
	if r.person.Enrolled {
		if !access.Listing(r.person, r.published, r.published.Root, r.now()).Allowed {
			return nil
		}
		j, err := r.journey()
		if err != nil {
			return err
		}
		body.Resume, body.Begun = j.Next, j.Begun()
		return nil
	}
	asks := r.person
	if r.user == nil { // as somebody will be asked who has signed up
		asks = &access.Person{User: "somebody", Run: r.course}
	}
	var err error
	body.Why, err = r.enrolmentClosed(asks)
	body.CanEnrol = body.Why == ""
	return err
}

// enrolmentClosed says in words why somebody cannot enrol now; "" when he can.
func (r *request) enrolmentClosed(p *access.Person) (string, error) {
	run := &r.published.Run
	verdict := access.Enrolment(p, run, r.now())
	switch {
	case verdict.Allowed:
		full, err := r.full(p)
		if full {
			return r.words.T("enrol.full"), nil
		}
		return "", err
	case verdict.Why == wire.WhyPolicy && run.Bool("invitation_only"):
		return r.words.T("enrol.invitation"), nil
	case verdict.Why == wire.WhyNotReleased && !verdict.Changes.IsZero():
		return r.words.T("enrol.opens", verdict.Changes), nil
	case over(run.Time("end"), r.now()):
		return r.words.T("enrol.ended"), nil
	}
	return r.words.T("enrol.closed"), nil
}

func over(ends, now time.Time) bool { return !ends.IsZero() && !now.Before(ends) }

// full reports whether the course has as many learners as its team wants. Of several who enrol at the same moment all may
// get in: a seat too many does no harm.
func (r *request) full(p *access.Person) (bool, error) {
	most, err := strconv.Atoi(strings.Trim(r.published.Run.Settings["max_student_enrollments_allowed"], `"`))
	if err != nil || most <= 0 || p.Staff() {
		return false, nil //nolint:nilerr // what is no number bounds nothing
	}
	n, err := r.site().People.CountMembers(r.ctx(), r.course.String(), people.Filter{}, most)
	return n >= most, err
}

func (r *request) enrol() error {
	if r.person.Enrolled {
		return r.Redirect("/courses/"+r.course.String(), fiber.StatusSeeOther)
	}
	why, err := r.enrolmentClosed(r.person)
	if err != nil {
		return err
	}
	if why != "" {
		return fiber.NewError(fiber.StatusForbidden, why)
	}
	if _, _, err := r.site().People.Enrol(r.ctx(), r.user.ID, r.course.String(), ""); err != nil {
		return err
	}
	if _, err := r.site().People.DrawCohort(r.ctx(), r.user.ID, r.course.String()); err != nil {
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
