package host

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// studioShelve puts a course among the archived ones, or takes it out again.
func (r *request) studioShelve() error {
	if err := r.authoring().Archive(r.ctx(), r.author(), r.course, r.form("archived") != ""); err != nil {
		return r.studioFailure(err)
	}
	return r.Redirect("/studio", fiber.StatusSeeOther)
}

// rerunBody is the form for another run of a course.
type rerunBody struct {
	Action string
	Inputs []settingInput
}

// studioRerunPage asks for the new run. Only who may make courses has it.
func (r *request) studioRerunPage() error {
	if !r.mayCreate() {
		return errNotFound
	}
	return r.showRerun(fiber.StatusOK, &settingForm{r: r, wrong: map[string]string{}})
}

func (r *request) showRerun(status int, f *settingForm) error {
	begins := r.run.Time("start")
	set := ""
	if !begins.IsZero() {
		set = begins.In(r.words.Zone).Format(typedTime)
	}
	run, start := f.input("new_run", "text", ""), f.input("new_start", "datetime-local", set)
	p := page{Title: r.words.T("studio.rerun_title"), Body: &rerunBody{Action: r.studioPath() + "/rerun", Inputs: []settingInput{run, start}}}
	if len(f.wrong) > 0 {
		p.Focus = &notice{Kind: "bad", Text: r.words.T("form.problems", len(f.wrong))}
	}
	return r.showStudio(status, "studio_rerun.html", "", p)
}

// studioRerun makes another run of the course, with all its dates as much later as its beginning is.
func (r *request) studioRerun() error {
	if !r.mayCreate() {
		return errNotFound
	}
	f := &settingForm{r: r, wrong: map[string]string{}, sent: func(name string) string { return strings.TrimSpace(clip(r.form(name), maxTitle)) }}
	to, err := key.NewCourse(r.course.Org, r.course.Number, f.sent("new_run"))
	if err != nil {
		f.wrong["new_run"] = f.words("wrong_key")
	}
	shift := time.Duration(0)
	if text, begins := f.sent("new_start"), r.run.Time("start"); text != "" {
		start, ok := typedInstant(text, r.words.Zone)
		switch {
		case !ok || start.Year() < 1900 || start.Year() > 9999:
			f.wrong["new_start"] = f.words("wrong_date")
		case !begins.IsZero():
			shift = start.Sub(begins)
		}
	}
	if len(f.wrong) == 0 {
		err = r.authoring().Rerun(r.ctx(), r.author(), r.course, to, shift)
		if invalid := (*authoring.Invalid)(nil); errors.As(err, &invalid) {
			f.wrong["new_run"] = r.invalidText(invalid)
		} else if err != nil {
			return r.studioFailure(err)
		}
	}
	if len(f.wrong) > 0 {
		return r.refuseForm(f.wrong, nil, func(status int) error { return r.showRerun(status, f) })
	}
	return r.lead(to, "")
}
