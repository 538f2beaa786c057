package host

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/store"
)

// studioHomeBody is Studio's first page.
type studioHomeBody struct {
	// Query is what was searched for.
	Query   string
	Courses []studioCourse
	// Any says that there are courses besides those that were found.
	Any bool
	// More says that there are more than are shown.
	More bool
	// Create is the form for a new course, nil for who may make none; Open that it is to be seen at once.
	Create *createForm
	Open   bool
	// Libraries are those of the reader's teams, CreateLibrary the form for a new one, OpenLibrary that it is to be seen at once.
	Libraries     []studioCourse
	CreateLibrary *createForm
	OpenLibrary   bool
	// Archived says that the archived courses are shown, ArchivedAny that there are such.
	Archived, ArchivedAny bool
}

// studioCourse is a course as the home lists it.
type studioCourse struct {
	Key, Title, Link, Note, State string
	Archived                      bool
	// Archive and Rerun are where it is archived and run again; Rerun is "" for who makes no courses.
	Archive, Rerun string
}

// maxStudioCourses bounds what the home shows, maxStudioLooked what a site admin's search looks through.
const (
	maxStudioCourses = 100
	maxStudioLooked  = 5000
)

// createForm is a form for a new course or library.
type createForm struct {
	Action string
	Inputs []settingInput
	// Wrong says what is wrong with the archive from which a library is to be made.
	Wrong string
}

// createForm makes the form with what was sent and what is wrong with it.
func (r *request) createForm(sent func(string) string, wrong map[string]string) *createForm {
	f := &settingForm{r: r, wrong: wrong, sent: sent}
	form := &createForm{Action: "/studio/courses"}
	for _, name := range []string{"new_title", "new_org", "new_number", "new_run"} {
		form.Inputs = append(form.Inputs, f.input(name, "text", ""))
	}
	return form
}

// studioCreate makes a course. Who makes it leads its team.
func (r *request) studioCreate() error {
	if !r.mayCreate() {
		return errNotFound
	}
	sent := func(name string) string { return strings.TrimSpace(clip(r.form(name), maxTitle)) }
	wrong := map[string]string{}
	for _, name := range []string{"new_title", "new_org", "new_number", "new_run"} {
		if sent(name) == "" {
			wrong[name] = r.words.T("problem.missing")
		}
	}
	run, err := key.NewCourse(sent("new_org"), sent("new_number"), sent("new_run"))
	if err != nil && len(wrong) == 0 {
		for _, name := range []string{"new_org", "new_number", "new_run"} {
			if _, err := key.NewCourse(sent(name), sent(name), sent(name)); err != nil {
				wrong[name] = r.words.T("studio_set.wrong_key")
			}
		}
	}
	if len(wrong) == 0 {
		err = r.authoring().Create(
			r.ctx(), r.author(), run, sent("new_title"), r.words.T("studio.new_chapter"), r.words.T("studio.new_sequential"), r.words.T("studio.new_vertical"),
		)
		if invalid := (*authoring.Invalid)(nil); errors.As(err, &invalid) {
			wrong["new_run"] = r.invalidText(invalid)
		} else if err != nil {
			return r.studioFailure(err)
		}
	}
	if len(wrong) > 0 {
		return r.refuseForm(wrong, nil, func(status int) error {
			return r.showHome(status, homeForms{course: r.createForm(sent, wrong), wrong: len(wrong)})
		})
	}
	return r.lead(run, "")
}

// lead makes the reader an instructor of a course that he has just made, and goes to a page of it. A change of rights ends sessions,
// so a new one begins.
func (r *request) lead(run key.Course, page string) error {
	to := "/studio/courses/" + run.String() + page
	if r.user.Has(people.SiteAdmin) {
		return r.Redirect(to, fiber.StatusSeeOther)
	}
	if _, _, err := r.site().People.Grant(r.ctx(), r.user.ID, run.String(), people.RoleInstructor, r.user.ID); err != nil {
		return err
	}
	user, err := r.site().People.User(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	return r.enterBy(user, to, r.session.Method)
}

func (r *request) studioHome() error { return r.showHome(fiber.StatusOK, homeForms{}) }

// homeForms are forms of the first page that were sent, nil for none, with so many things wrong.
type homeForms struct {
	course, library *createForm
	wrong           int
}

// showHome shows the first page.
func (r *request) showHome(status int, sent homeForms) error {
	create, wrong := sent.course, sent.wrong
	runs, err := r.studioRuns()
	if err != nil {
		return err
	}
	if len(runs) == 0 && !r.mayCreate() {
		return errNotFound
	}
	body := &studioHomeBody{Query: clip(r.Query("q"), 200), Any: len(runs) > 0, Create: create, Open: create != nil || len(runs) == 0, Archived: r.Query("archived") != ""}
	if create == nil && r.mayCreate() {
		body.Create = r.createForm(nil, nil)
	}
	if body.CreateLibrary, body.OpenLibrary = sent.library, sent.library != nil; sent.library == nil && r.mayCreate() {
		body.CreateLibrary = r.libraryForm(nil, nil)
	}
	for i := range runs {
		run := &runs[i]
		if parsed, err := key.ParseCourse(run.Key); err == nil && parsed.Library() {
			if runMatches(run, body.Query) && len(body.Libraries) < maxStudioCourses {
				library := r.studioCourse(run)
				library.Note, library.Rerun = run.Org+" · "+run.Number, ""
				body.Libraries = append(body.Libraries, library)
			}
			continue
		}
		if run.Archived {
			body.ArchivedAny = true
		}
		if run.Archived != body.Archived || !runMatches(run, body.Query) {
			continue
		}
		if len(body.Courses) == maxStudioCourses {
			body.More = true
			break
		}
		body.Courses = append(body.Courses, r.studioCourse(run))
	}
	p := page{Title: r.words.T("studio.title"), Body: body}
	if wrong > 0 {
		p.Focus = &notice{Kind: "bad", Text: r.words.T("form.problems", wrong)}
	}
	return r.showStudio(status, "studio_home.html", "", p)
}

func (r *request) studioCourse(run *course.Run) studioCourse {
	c := studioCourse{Archived: run.Archived, Archive: "/studio/courses/" + run.Key + "/archive", Key: run.Key, Title: run.Title, Link: "/studio/courses/" + run.Key, Note: run.Org + " · " + run.Number + " · " + run.Name}
	c.State = r.words.T("studio.state_published", run.Head.At)
	if run.Head.Root == "" {
		c.State = r.words.T("studio.state_unpublished")
	}
	if r.mayCreate() {
		c.Rerun = "/studio/courses/" + run.Key + "/rerun"
	}
	return c
}

// runMatches reports whether every word of a text stands in the run's title or key.
func runMatches(run *course.Run, text string) bool {
	said := course.Fold(run.Title + "\n" + run.Key)
	for word := range strings.FieldsSeq(course.Fold(text)) {
		if !strings.Contains(said, word) {
			return false
		}
	}
	return true
}

// studioRuns are the courses that the reader may change, by title: all of them for a site admin.
func (r *request) studioRuns() ([]course.Run, error) {
	var runs []course.Run
	if r.user.Has(people.SiteAdmin) {
		for after := store.Cursor(""); len(runs) < maxStudioLooked; {
			some, next, err := r.site().Courses.Runs(r.ctx(), after, 500)
			if err != nil {
				return nil, err
			}
			runs = append(runs, some...)
			if after = next; next == "" {
				break
			}
		}
	} else {
		keys, err := r.authored()
		if err != nil {
			return nil, err
		}
		for _, one := range keys {
			run, err := r.site().Courses.Run(r.ctx(), one)
			if errors.Is(err, course.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			runs = append(runs, run)
		}
	}
	slices.SortStableFunc(runs, func(a, b course.Run) int {
		return cmp.Or(cmp.Compare(course.Fold(a.Title), course.Fold(b.Title)), cmp.Compare(a.Key, b.Key))
	})
	return runs, nil
}
