package host

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/people"
)

// staffTab is one of the pages on which a course's staff work.
type staffTab struct{ Name, Link, Title string }

// staffTabs lists them in the order of the navigation: the words are "staff.tab." with the name, the path stands below the
// course's.
var staffTabs = []struct{ name, path string }{
	{"overview", "/staff"},
	{"gradebook", "/staff/gradebook"},
	{"grading", "/staff/grading"},
	{"people", "/staff/people"},
	{"enrol", "/staff/enrol"},
	{"cohorts", "/staff/cohorts"},
	{"team", "/staff/team"},
	{"apps", "/staff/apps"},
}

// staffRoutes are the addresses of a course's staff.
func staffRoutes() []Route {
	const staff = "/courses/:course/staff"
	return slices.Concat(recordRoutes(), peopleRoutes(), gradebookRoutes(), gradingRoutes(), []Route{
		{Method: "GET", Path: staff, Who: CourseStaff, Kind: Page, Handle: (*request).staffOverview},
	})
}

// staffBody is what each staff page gets: the navigation, and what is the page's own.
type staffBody struct {
	Tabs   []staffTab
	Active string
	// It is the page's own part.
	It any
}

// showStaff renders one of the staff pages. active names its tab.
func (r *request) showStaff(name, active, title string, it any) error {
	return r.showStaffStatus(fiber.StatusOK, name, active, title, it, nil)
}

// showStaffStatus renders a staff page with a status and a notice that takes the focus.
func (r *request) showStaffStatus(status int, name, active, title string, it any, focus *notice) error {
	return r.showStaffPage(status, name, active, page{Title: title, Focus: focus}, it)
}

// showStaffPage renders a staff page of which the caller says more than its title. Who is not staff and sees a page of these
// all the same, such as a data researcher, is led to no other.
func (r *request) showStaffPage(status int, name, active string, p page, it any) error {
	if r.route.Who == Authors {
		p.Body = &staffBody{Tabs: r.settingsTabs(), Active: active, It: it}
		return r.showStudio(status, name, "settings", p)
	}
	body := &staffBody{Active: active, It: it}
	for _, tab := range staffTabs {
		if !r.person.Staff() && tab.name != active {
			continue
		}
		body.Tabs = append(body.Tabs, staffTab{tab.name, "/courses/" + r.course.String() + tab.path, r.words.T("staff.tab." + tab.name)})
	}
	p.Body, p.Course = body, r.coursePart("staff")
	return r.showStatus(status, name, p)
}

// overviewBody says how the course stands.
type overviewBody struct {
	Learners string
	// Waiting and Failed are in words, "" for none.
	Waiting, Failed string
	// Ungraded leads to the answers that could not be graded.
	Ungraded string
}

// countedUpTo bounds what the overview counts.
const countedUpTo = 20_000

func (r *request) staffOverview() error {
	learners, err := r.site().People.CountMembers(r.ctx(), r.course.String(), people.Filter{}, countedUpTo)
	if err != nil {
		return err
	}
	backlog, err := r.kernel().Scorer().Backlog(r.ctx(), r.course.String(), countedUpTo)
	if err != nil {
		return err
	}
	body := &overviewBody{
		Learners: r.words.T("staff.learners", learners), Ungraded: "/courses/" + r.course.String() + "/staff/ungraded",
	}
	if learners == countedUpTo {
		body.Learners = r.words.T("staff.learners_more", learners)
	}
	if n := backlog.Waiting + backlog.Pending; n > 0 {
		body.Waiting = r.words.T("staff.waiting", n)
	}
	if backlog.Failed > 0 {
		body.Failed = r.words.T("staff.failed", backlog.Failed)
	}
	return r.showStaff("staff.html", "overview", r.words.T("staff.title"), body)
}
