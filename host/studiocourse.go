package host

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// studioCourseRoutes are the pages of a course's settings. What is saved there holds at once.
func studioCourseRoutes() []Route {
	const settings = studioPages + "/settings"
	var routes []Route
	for _, page := range []struct {
		name       string
		show, save func(*request) error
	}{
		{"schedule", (*request).studioSchedule, (*request).saveSchedule},
		{"grading", (*request).studioGrading, (*request).savePolicy},
		{"groups", (*request).studioGroups, (*request).saveGroups},
		{"advanced", (*request).studioAdvanced, (*request).saveAdvanced},
	} {
		routes = append(
			routes,
			Route{Method: "GET", Path: settings + "/" + page.name, Who: Authors, Kind: Page, Handle: page.show},
			Route{Method: "POST", Path: settings + "/" + page.name, Who: Authors, Kind: Page, Handle: atOnce(page.save)},
		)
	}
	return append(
		routes,
		Route{Method: "GET", Path: settings + "/team", Who: Authors, Kind: Page, Handle: (*request).team},
		Route{Method: "POST", Path: settings + "/team/grant", Who: Authors, Kind: Page, Handle: (*request).grantRole},
		Route{Method: "POST", Path: settings + "/team/revoke", Who: Authors, Kind: Page, Handle: (*request).revokeRole},
	)
}

// settingsTabs are the pages of settings, in order: the words are "studio_tab." with the name.
var settingsTabs = []string{"schedule", "grading", "groups", "team", "advanced"}

func (r *request) settingsTabs() []staffTab {
	var tabs []staffTab
	for _, name := range settingsTabs {
		if r.course.Library() && name != "team" {
			continue
		}
		tabs = append(tabs, staffTab{name, r.studioPath() + "/settings/" + name, r.words.T("studio_tab." + name)})
	}
	return tabs
}

// showSettingsPage renders one of the pages of a course's settings.
func (r *request) showSettingsPage(status int, name, active, title string, it any, wrong map[string]string) error {
	p := page{Title: title, Body: &staffBody{Tabs: r.settingsTabs(), Active: active, It: it}}
	switch {
	case len(wrong) > 0:
		p.Focus = &notice{Kind: "bad", Text: firstOf(wrong["base"], r.words.T("form.problems", len(wrong)))}
	case r.Query("did") == "saved":
		p.Focus = &notice{Kind: "good", Text: r.words.T("studio.saved_live")}
	}
	return r.showStudio(status, name, "settings", p)
}

// courseSettings are the course's own fields as JSON, as its team has them.
func (r *request) courseSettings() (map[string]string, error) {
	if r.run.Head.Root != "" {
		return maps.Clone(map[string]string(r.run.Settings)), nil
	}
	drafts, err := r.site().Courses.Drafts(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	root := r.course.Usage("course", course.RootID).String()
	at := slices.IndexFunc(drafts, func(d course.Draft) bool { return d.Usage == root })
	if at < 0 {
		return map[string]string{}, nil
	}
	return maps.Clone(map[string]string(drafts[at].Revision.Fields)), nil
}

// settingsRun is the run with its settings as the team has them.
func (r *request) settingsRun() (*course.Run, error) {
	settings, err := r.courseSettings()
	if err != nil {
		return nil, err
	}
	run := r.run
	run.Settings = settings
	return &run, nil
}

// saveCourse makes settings hold at once, and says so.
func (r *request) saveCourse(page string, settings authoring.Settings, warn ...string) error {
	if len(settings.Fields) > 0 || settings.Grading != nil {
		if _, err := r.authoring().PublishSettings(r.ctx(), r.author(), r.course, settings); err != nil {
			return r.studioFailure(err)
		}
	}
	address := r.studioPath() + "/settings/" + page
	if r.wantsData() {
		run, err := r.site().Courses.Run(r.ctx(), r.course)
		if err != nil {
			return err
		}
		r.run = run
		base, err := r.settingsBase(page)
		if err != nil {
			return err
		}
		return r.data(fiber.StatusOK, studioDone{Did: "saved", Message: strings.Join(append([]string{r.words.T("studio.saved_live")}, warn...), " "), Was: map[string]string{"base": base}})
	}
	return r.Redirect(address+"?did=saved", fiber.StatusSeeOther)
}

// setChanged puts a value among the fields to save where it is another one than what is set; nil unsets.
func setChanged(into wire.Fields, settings map[string]string, name string, value any) {
	if value == nil {
		if set := settings[name]; set != "" && set != "null" {
			unset(into, name)
		}
		return
	}
	data, err := json.Marshal(value)
	if err != nil || string(data) == settings[name] {
		return // what cannot be written was checked before
	}
	into[name] = data
}
