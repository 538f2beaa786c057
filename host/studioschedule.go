package host

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// scheduleBody is the page of a course's schedule and details.
type scheduleBody struct {
	Action string
	Parts  []schedulePart
}

// schedulePart is a group of inputs under a heading.
type schedulePart struct {
	Title  string
	Inputs []settingInput
}

// scheduleTexts are texts beside the course's tree, by the input's name.
var scheduleTexts = map[string]string{"short_description": "short_description", "overview": "overview", "effort": "effort"}

// maxCourseText bounds such a text, in bytes.
const maxCourseText = 256 << 10

// scheduleForm makes the form: what was sent where something was, else what is set.
func (r *request) scheduleForm(sent bool) (*settingForm, error) {
	settings, err := r.courseSettings()
	if err != nil {
		return nil, err
	}
	f := &settingForm{r: r, own: wire.Fields{}, wrong: map[string]string{}, settings: &r.run}
	for name, value := range settings {
		f.own[name] = []byte(value)
	}
	if sent {
		f.sent, f.all = func(name string) string { return clip(r.form(name), maxCourseText) }, r.formAll
	}
	return f, nil
}

func (r *request) studioSchedule() error {
	f, err := r.scheduleForm(false)
	if err != nil {
		return err
	}
	return r.showSchedule(fiber.StatusOK, f)
}

func (r *request) showSchedule(status int, f *settingForm) error {
	parts, err := r.scheduleParts(f)
	if err != nil {
		return err
	}
	stored, err := r.scheduleParts(f.unsent())
	if err != nil {
		return err
	}
	for i := range parts {
		drawn(parts[i].Inputs, stored[i].Inputs)
	}
	body := &scheduleBody{Action: r.studioPath() + "/settings/schedule", Parts: parts}
	return r.showSettingsPage(status, "studio_schedule.html", "schedule", r.words.T("studio_tab.schedule"), body, f.wrong)
}

// scheduleParts lays the form out.
func (r *request) scheduleParts(f *settingForm) ([]schedulePart, error) {
	texts := map[string]string{}
	for name, slug := range scheduleTexts {
		text, err := r.site().Courses.Page(r.ctx(), r.course, "about", slug)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		texts[name] = text.HTML
	}
	pace := ""
	if f.bool("self_paced") {
		pace = "self"
	}
	number := f.input("max_student_enrollments_allowed", "number", f.number("max_student_enrollments_allowed"))
	number.Min = "1"
	return []schedulePart{
		{f.words("part_dates"), []settingInput{
			f.input("display_name", "text", f.text("display_name")), f.choices(f.input("pacing", "select", pace), "", "self"),
			f.input("course_start", "datetime-local", f.instant("start")), f.input("course_end", "datetime-local", f.instant("end")),
			f.input("enrollment_start", "datetime-local", f.instant("enrollment_start")), f.input("enrollment_end", "datetime-local", f.instant("enrollment_end")),
		}},
		{f.words("part_enrolment"), []settingInput{
			f.truth("invitation_only"), number,
			f.choices(f.input("catalog_visibility", "select", f.text("catalog_visibility")), "", "both", "about", "none"),
			f.choices(f.input("course_visibility", "select", f.text("course_visibility")), "", "private", "public_outline", "public"),
		}},
		{f.words("part_about"), []settingInput{
			f.input("language", "text", f.text("language")), f.input("course_image", "text", f.text("course_image")), f.input("effort", "text", texts["effort"]),
			f.input("short_description", "area", texts["short_description"]), f.input("overview", "area", texts["overview"]),
		}},
	}, nil
}

// truth is a checkbox of a course setting.
func (f *settingForm) truth(name string) settingInput {
	in := f.input(name, "checkbox", "")
	in.Checked = f.sent == nil && f.bool(name) || f.sent != nil && f.sent(name) != ""
	return in
}

// saveSchedule saves the schedule and the details, all or nothing.
func (r *request) saveSchedule() error {
	f, err := r.scheduleForm(true)
	if err != nil {
		return err
	}
	stored, err := r.scheduleParts(f.unsent())
	if err != nil {
		return err
	}
	for _, part := range stored {
		f.merge(part.Inputs)
	}
	fields := wire.Fields{}
	title := strings.Join(strings.Fields(f.sent("display_name")), " ")
	if title == "" || len(title) > maxTitle {
		f.wrong["display_name"] = f.words("wrong_title", maxTitle)
	}
	setJSON(fields, "display_name", title)
	setTruth(fields, "self_paced", f.sent("pacing") == "self")
	for name, input := range map[string]string{"start": "course_start", "end": "course_end", "enrollment_start": "enrollment_start", "enrollment_end": "enrollment_end"} {
		read := wire.Fields{}
		f.readInstant(input, read)
		if value, ok := read[input]; ok {
			fields[name] = value
		}
	}
	f.inOrder(fields, "start", "end", "course_end")
	f.inOrder(fields, "enrollment_start", "enrollment_end", "enrollment_end")
	setTruth(fields, "invitation_only", f.sent("invitation_only") != "")
	f.readNumber("max_student_enrollments_allowed", 1, 1e9, fields)
	f.readChoice("catalog_visibility", fields, "both", "about", "none")
	f.readChoice("course_visibility", fields, "private", "public_outline", "public")
	for _, name := range []string{"language", "course_image"} {
		if text := strings.TrimSpace(f.sent(name)); text == "" {
			unset(fields, name)
		} else {
			setJSON(fields, name, clip(text, maxTitle))
		}
	}
	for name := range fields {
		if old, set := f.own[name]; string(old) == string(fields[name]) || !set && string(fields[name]) == "null" {
			delete(fields, name)
		}
	}
	if len(f.wrong) > 0 {
		return r.refuseForm(f.wrong, f.now, func(status int) error { return r.showSchedule(status, f) })
	}
	for name, slug := range scheduleTexts {
		if err := r.saveText(slug, strings.TrimSpace(f.sent(name))); err != nil {
			return err
		}
	}
	return r.saveCourse("schedule", authoring.Settings{Fields: fields})
}

// saveText stores one of the texts of the course's own page, where it is another one.
func (r *request) saveText(slug, html string) error {
	b := r.site().Beside
	_, err := b.EditPage(r.ctx(), b.Begin(r.course, r.user.ID, "write"), "about", slug, func(now *course.Page) (*course.Page, error) {
		switch {
		case now == nil && html == "":
			return nil, nil
		case now == nil:
			return &course.Page{HTML: html}, nil
		}
		page := *now
		page.HTML = html
		return &page, nil
	})
	return err
}

// inOrder refuses an end that is not after its beginning.
func (f *settingForm) inOrder(fields wire.Fields, from, to, input string) {
	begin, end := string(fields[from]), string(fields[to])
	if begin != "" && end != "" && begin != "null" && end != "null" && end <= begin { // both are RFC 3339 in UTC
		f.wrong[input] = f.words("wrong_order")
	}
}

func (f *settingForm) readChoice(name string, into wire.Fields, values ...string) {
	switch value := f.sent(name); {
	case value == "":
		unset(into, name)
	case !slices.Contains(values, value):
		f.wrong[name] = f.words("wrong_choice")
	default:
		setJSON(into, name, value)
	}
}
