package host

import (
	"html/template"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/sanitize"
)

// pageRoutes are the addresses of what stands beside a course's outline.
func pageRoutes() []Route {
	const course = "/courses/:course"
	return []Route{
		{Method: "GET", Path: course + "/pages/:id", Who: Course, Kind: Page, Handle: (*request).coursePage},
		{Method: "GET", Path: course + "/pages/:id/frame", Who: Course, Kind: File, Handle: (*request).coursePageFrame},
		{Method: "GET", Path: course + "/textbooks", Who: Course, Kind: Page, Handle: (*request).textbooksPage},
	}
}

// coursePageBody is a page that a course team wrote: inline where sanitising changes nothing, else in a frame.
type coursePageBody struct {
	HTML           template.HTML
	Frame, Sandbox string
}

// opened reports whether the course's own pages are open to the person; else it has answered with the way in, or with why
// not yet.
func (r *request) opened() (bool, error) {
	verdict := access.Content(r.person, r.published, r.published.Root, r.now())
	if verdict.Allowed {
		return true, nil
	}
	if err := r.outsider(); err != nil {
		return false, r.toAbout(err)
	}
	if verdict.Hidden {
		return false, errNotFound
	}
	return false, r.showStatus(fiber.StatusForbidden, "closed.html", page{
		Title: r.published.Run.Title, Course: r.coursePart(""), Body: &closedBody{Text: r.why(verdict), Link: r.whyLink(verdict)},
	})
}

// tabPage finds the page that the address names among those that the person may open, with its text.
func (r *request) tabPage() (courseTab, string, error) {
	slug := r.param("id")
	tabs := r.courseTabs()
	at := slices.IndexFunc(tabs, func(t courseTab) bool { return t.Type == "static_tab" && t.Slug == slug })
	if at < 0 || slug == "" {
		return courseTab{}, "", errNotFound
	}
	text, err := r.site().Courses.Page(r.ctx(), r.course, "tabs", slug)
	if isNotFound(err) {
		return tabs[at], "", nil // listed, and not written yet
	}
	return tabs[at], text.HTML, err
}

// coursePage shows one of the course's own pages.
func (r *request) coursePage() error {
	if open, err := r.opened(); !open {
		return err
	}
	tab, text, err := r.tabPage()
	if err != nil {
		return err
	}
	body := &coursePageBody{}
	clean, changes := sanitize.Clean(sanitize.Author, text)
	switch {
	case len(changes) > 0:
		body.Frame = "/courses/" + r.course.String() + "/pages/" + url.PathEscape(tab.Slug) + "/frame"
		body.Sandbox = frameSandbox(true)
	case visible(clean):
		body.HTML = template.HTML(r.rewrite(r.pictures(clean, false)))
	}
	return r.show("coursepage.html", page{Title: tab.Name, Body: body, Course: r.coursePart("page " + tab.Slug)})
}

// coursePageFrame serves the document of a page that is shown in a frame. It holds nothing of its reader.
func (r *request) coursePageFrame() error {
	if err := r.outsider(); err != nil {
		return err
	}
	if !access.Content(r.person, r.published, r.published.Root, r.now()).Allowed {
		return errNotFound
	}
	tab, text, err := r.tabPage()
	if err != nil {
		return err
	}
	body := &frameBody{
		Language: r.words.Language, Direction: r.words.Direction(), Title: tab.Name, Form: "page-form", NoScript: r.words.T("frame.noscript"),
		HTML: template.HTML(`<div class="prose">` + r.rewrite(r.pictures(text, false)) + `</div>`),
	}
	if err := r.frameLook(body); err != nil {
		return err
	}
	body.Theme = "" // a choice of the reader's
	return r.sendFrame(body, r.server.impersonalPolicy())
}

// textbooksPage lists the course's books with their chapters.
func (r *request) textbooksPage() error {
	if open, err := r.opened(); !open {
		return err
	}
	return r.show("textbooks.html", page{Title: r.words.T("nav.textbooks"), Body: r.textbooks(), Course: r.coursePart("textbooks")})
}
