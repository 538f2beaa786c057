package host

import (
	"errors"
	"slices"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
)

// studioPages is where Studio's pages of one course stand.
const studioPages = "/studio/courses/:course"

// studioRoutes are the addresses of Studio. Each part of it has a list of its own.
func studioRoutes() []Route {
	return slices.Concat([]Route{
		{Method: "GET", Path: "/studio", Who: SignedIn, Kind: Page, Handle: (*request).studioHome},
		{Method: "POST", Path: "/studio/courses", Who: SignedIn, Kind: Page, Handle: (*request).studioCreate},
		{Method: "POST", Path: studioPages + "/archive", Who: Authors, Kind: Page, Handle: atOnce((*request).studioShelve)},
		{Method: "GET", Path: studioPages + "/rerun", Who: Authors, Kind: Page, Handle: (*request).studioRerunPage},
		{Method: "POST", Path: studioPages + "/rerun", Who: Authors, Kind: Page, Handle: (*request).studioRerun},
		{Method: "GET", Path: studioPages, Who: Authors, Kind: Page, Handle: (*request).studioOutline},
	}, studioOpRoutes(), studioSheetRoutes(), studioChangeRoutes(), studioCheckRoutes(), studioHistoryRoutes(), studioCourseRoutes(), studioUnitRoutes(), studioFileRoutes(), studioTransferRoutes(), studioRemarkRoutes(), studioSearchRoutes(), studioPageRoutes(), studioLibraryRoutes())
}

// inStudio finds the course that the address names for those who may change it, published or not; for everybody else there is
// none.
func (r *request) inStudio() error {
	parsed, err := key.ParseCourse(r.param("course"))
	if err != nil {
		return errNotFound
	}
	run, err := r.site().Courses.Run(r.ctx(), parsed)
	if errors.Is(err, course.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	person, err := r.personIn(parsed)
	if err != nil {
		return err
	}
	if !person.Author() {
		return errNotFound
	}
	r.course, r.run, r.person = parsed, run, person
	if run.Head.Root == "" {
		return nil
	}
	r.published, err = r.site().Courses.Published(r.ctx(), parsed)
	return err
}

// studioPath is where Studio's pages of the request's course stand.
func (r *request) studioPath() string { return "/studio/courses/" + r.course.String() }

// studioTabs are Studio's pages of a course in the order of the navigation: the words are "studio.tab." with the name, the path
// stands below the course's.
var studioTabs = []struct{ name, path string }{
	{"outline", ""},
	{"pages", "/pages"},
	{"settings", "/settings/schedule"},
	{"files", "/files"},
	{"checks", "/checks"},
	{"remarks", "/remarks"},
	{"history", "/history"},
	{"libraries", "/libraries"},
	{"blocks", "/blocks"},
	{"import", "/import"},
	{"export", "/export"},
}

// libraryTabs are Studio's pages of a library.
var libraryTabs = []struct{ name, path string }{
	{"components", ""}, {"history", "/history"}, {"files", "/files"}, {"team", "/settings/team"}, {"import", "/import"}, {"export", "/export"},
}

// studioPart is the course as Studio's bar shows it.
func (r *request) studioPart(active string) *coursePart {
	base := r.studioPath()
	part := &coursePart{Key: r.course.String(), Title: r.run.Title, Home: base}
	var links []courseLink
	tabs := studioTabs
	if r.course.Library() {
		tabs = libraryTabs
	}
	for _, tab := range tabs {
		if tab.name == "libraries" && len(r.run.Libraries) == 0 {
			continue
		}
		links = append(links, courseLink{Name: tab.name, Link: base + tab.path, Text: r.words.T("studio.tab." + tab.name)})
		if r.published == nil || r.course.Library() {
			continue
		}
		switch live := "/courses/" + r.course.String(); tab.name {
		case "outline": // first, so that it is in sight
			links = append(links, courseLink{Name: "live", Link: live, Text: r.words.T("studio.tab.live")})
		case "settings":
			if r.person != nil && r.person.Staff() {
				links = append(links, courseLink{Name: "learners", Link: r.staffPath() + "/people", Text: r.words.T("studio.tab.learners")})
			}
		}
	}
	part.Links = placed(links, active)
	return part
}

// showStudio renders one of Studio's pages. active names its tab; without a course the bar shows none.
func (r *request) showStudio(status int, name, active string, p page) error {
	p.Studio = true
	if p.Bundle == "" {
		p.Bundle = "studio"
	}
	if !r.course.IsZero() {
		p.Course = r.studioPart(active)
	}
	if slices.Contains([]string{"settings", "pages", "files"}, active) {
		held, err := r.heldBack()
		if err != nil {
			return err
		}
		if held {
			p.Held = r.words.T("studio_talk.wrong_live")
		}
	}
	return r.showStatus(status, name, p)
}

// studioLink is where the reader finds Studio from this page, "" for who has nothing there.
func (r *request) studioLink() (string, error) {
	switch {
	case r.user == nil || r.viewing != nil:
		return "", nil
	case r.person != nil && !r.course.IsZero():
		if !r.person.Author() {
			return "", nil
		}
		return r.studioPath(), nil
	}
	if r.mayCreate() {
		return "/studio", nil
	}
	runs, err := r.authored()
	if err != nil || len(runs) == 0 {
		return "", err
	}
	return "/studio", nil
}

// mayCreate reports whether the reader may make courses.
func (r *request) mayCreate() bool {
	return r.user != nil && (r.user.Has(people.SiteAdmin) || r.user.Has(people.SiteCreator))
}

// authored are the courses whose team the reader is in.
func (r *request) authored() ([]key.Course, error) {
	members, err := r.site().People.Runs(r.ctx(), r.user.ID)
	if err != nil {
		return nil, err
	}
	var runs []key.Course
	for _, member := range members {
		if !member.Has(access.RoleStaff, access.RoleInstructor) {
			continue
		}
		if run, err := key.ParseCourse(member.Run); err == nil {
			runs = append(runs, run)
		}
	}
	return runs, nil
}
