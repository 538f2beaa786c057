package host

import (
	"html/template"
	"log/slog"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// appRoutes are the addresses of app blocks. An app of a run has its own usage, so its handlers, frames and mounts are where
// every block's are; an app of the site has the same below its own name.
func appRoutes() []Route {
	const app = "/apps/:app"
	routes := []Route{
		{Method: "GET", Path: "/courses/:course/apps/:app", Who: Course, Kind: Page, Handle: (*request).courseApp},
		{Method: "GET", Path: "/courses/:course/staff/apps", Who: CourseStaff, Kind: Page, Handle: (*request).staffApps},
		{Method: "POST", Path: "/courses/:course/staff/apps", Who: CourseStaff, Kind: Page, Handle: (*request).switchApp},

		{Method: "GET", Path: app, Who: Anyone, Kind: Page, Handle: (*request).siteApp},
		{Method: "POST", Path: app, Who: Anyone, Kind: Page, Handle: (*request).blockForm},
	}
	for _, base := range []string{"/courses/:course/blocks/:usage", app} {
		who := Course
		if base == app {
			who = Anyone
			routes = append(
				routes,
				Route{Method: "GET", Path: base + "/view", Who: who, Kind: Data, Handle: (*request).blockView},
				Route{Method: "GET", Path: base + "/frame", Who: who, Kind: File, Handle: (*request).blockFrame},
				Route{Method: "GET", Path: base + "/handlers/:handler", Who: who, Kind: Data, Handle: (*request).blockHandler},
				Route{Method: "POST", Path: base + "/handlers/:handler", Who: who, Kind: Data, Handle: (*request).blockHandler},
			)
		}
		routes = append(
			routes,
			Route{Method: "GET", Path: base + "/view/*", Who: who, Kind: Page, Handle: (*request).blockPage},
			Route{Method: "GET", Path: base + "/frame/*", Who: who, Kind: File, Handle: (*request).blockFrame},
		)
	}
	return routes
}

// viewAt names a view of a block, and the place in it. The zero value is the view of the unit page.
type viewAt struct {
	// View is a view's name, or "@" and a slot's: the view that stands there.
	View, Path string
	Query      url.Values
}

// readViewAt reads NAME/PATH?QUERY, as it follows /view/ and /frame/ in addresses.
func readViewAt(text string) viewAt {
	text, query, _ := strings.Cut(text, "?")
	at := viewAt{}
	var below bool
	if at.View, at.Path, below = strings.Cut(text, "/"); below {
		at.Path = "/" + at.Path
	}
	at.Query, _ = url.ParseQuery(query) // pairs that cannot be read are left out
	return at
}

// String is what follows /view/ in the address, "" for the zero value.
func (v viewAt) String() string {
	if v.View == "" {
		return ""
	}
	text := (&url.URL{Path: v.View + v.Path}).EscapedPath()
	if len(v.Query) > 0 {
		text += "?" + v.Query.Encode()
	}
	return text
}

// below is the address of the view below one of the block's: "/view" or "/frame".
func (v viewAt) below(address string) string {
	if v.View == "" {
		return address
	}
	return address + "/" + v.String()
}

// viewAsked is the view that the address names: in its path, or for a form in the parameter view, or for a script's call in the
// header beside the sitting's.
func (r *request) viewAsked() viewAt {
	if unsafeMethod(r.Method()) {
		if r.param("handler") != "" {
			return readViewAt(r.Get("X-Quoin-View"))
		}
		return readViewAt(r.Query("view"))
	}
	at := readViewAt(r.param("*"))
	if at.View != "" {
		at.Query = r.queries()
	}
	return at
}

// viewName is the view to ask the block for.
func (r *request) viewName(block *course.Block, at viewAt) (string, error) {
	slot, stands := strings.CutPrefix(at.View, "@")
	switch {
	case at.View == "":
		return wire.ViewLearner, nil
	case !stands:
		return at.View, nil
	case !kernel.IsApp(block):
		return "", errNotFound
	}
	return r.kernel().SlotView(r.ctx(), r.published, block.Usage.Type, slot)
}

// renderAt asks for a block's view.
func (r *request) renderAt(block *course.Block, at viewAt) (*kernel.Shown, error) {
	name, err := r.viewName(block, at)
	if err != nil {
		return nil, err
	}
	visit, err := r.kernel().Visit(r.ctx(), r.person, r.published, block)
	if err != nil {
		return nil, err
	}
	return visit.RenderAt(r.ctx(), block, name, at.Path, at.Query)
}

// inSite makes the request one about the site as a whole, where everybody who is signed in may do what a learner may.
func (r *request) inSite() {
	r.published, r.person = kernel.Site(), &access.Person{}
	if r.user != nil {
		r.person = r.site().SitePerson(r.user)
	}
	r.person.Locale, r.person.Zone = r.words.Language, r.words.Zone.String()
}

// appBlock finds the app that the address names, in the course or on the site.
func (r *request) appBlock() (*course.Block, error) {
	if !r.course.IsZero() {
		if err := r.outsider(); err != nil {
			return nil, err
		}
	}
	block, err := r.kernel().AppBlock(r.ctx(), r.published, r.param("app"))
	if isNotFound(err) {
		return nil, errNotFound
	}
	if err != nil {
		return nil, err
	}
	return block, r.mayKnow(block)
}

// mayKnow says "not found" of what the person must not know of, else why it is closed; nil where it is open.
func (r *request) mayKnow(block *course.Block) error {
	verdict := access.Content(r.person, r.published, block, r.now())
	switch {
	case verdict.Hidden:
		return errNotFound
	case !verdict.Allowed:
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", verdict.Why)
	}
	return nil
}

// appLink is the page of a run's app.
func (r *request) appLink(block *course.Block) string {
	if block.Usage.Course.IsZero() {
		return "/apps/" + block.Usage.Type
	}
	return "/courses/" + r.course.String() + "/apps/" + block.Usage.Type
}

// appPageBody is the page of one view.
type appPageBody struct {
	Title, BackLink, BackText string
	HTML                      template.HTML
	Styles, Scripts           []string
}

// courseApp shows the view that an app of the course has for its tab.
func (r *request) courseApp() error {
	if open, err := r.opened(); !open {
		return err
	}
	return r.showApp(wire.SlotCourseTab)
}

// siteApp shows the view that an app of the site has for its page.
func (r *request) siteApp() error { return r.showApp(wire.SlotSitePage) }

func (r *request) showApp(slot string) error {
	block, err := r.appBlock()
	if err != nil {
		return err
	}
	return r.showBlockPage(block, viewAt{View: "@" + slot, Query: r.queries()})
}

// blockPage shows one view of a block on a page of its own; a script gets the view alone.
func (r *request) blockPage() error {
	block, err := r.block()
	if err != nil {
		if r.user != nil && !r.wantsData() && !r.course.IsZero() && r.outsider() != nil {
			return r.toAbout(err)
		}
		return err
	}
	at := r.viewAsked()
	if !r.wantsData() {
		return r.showBlockPage(block, at)
	}
	html, err := r.freshView(block, at)
	if err != nil {
		return err
	}
	return r.data(fiber.StatusOK, fiber.Map{"html": html})
}

func (r *request) showBlockPage(block *course.Block, at viewAt) error {
	shown, err := r.renderAt(block, at)
	if err != nil {
		return err
	}
	if shown.Failure != nil && (shown.Failure.Code == wire.CodeRefused || shown.Failure.Code == wire.CodeNotFound) {
		if r.user == nil {
			return errSignIn
		}
		return shown.Failure
	}
	html, err := r.blockHTMLAt(shown, r.token(), at)
	if err != nil {
		return err
	}
	assets := &unitBody{}
	collectAssets(shown, assets)
	body := &appPageBody{Title: r.pageTitle(block), HTML: html, Styles: assets.Styles, Scripts: assets.Scripts}
	p := page{Title: body.Title, Body: body, Embeds: assets.embeds}
	if p.Elements, err = r.elementsOf(assets); err != nil {
		return err
	}
	switch {
	case block.Unit != nil:
		body.BackLink, body.BackText = r.replyLink(block, ""), block.Unit.Title()
		p.Course = r.coursePart("unit")
	case !r.course.IsZero():
		p.Course = r.coursePart("app " + block.Usage.Type)
	}
	return r.show("app.html", p)
}

// pageTitle is a block's title; an app's is in the reader's language where the app has words for it.
func (r *request) pageTitle(block *course.Block) string {
	if block.Unit == nil && block.Usage.ID == block.Usage.Type {
		if version, err := r.server.config.Site.Registry.LookupIn(block.Usage.Type, block.Usage.Course.String()); err == nil {
			return version.Title(block.Usage.Type, r.words.Language)
		}
	}
	return r.blockTitle(block)
}

// appTabs are the links of the apps that have a page in this course, for who may open them.
func (r *request) appTabs() []courseLink {
	var links []courseLink
	for _, app := range r.apps(wire.SlotCourseTab) {
		links = append(links, courseLink{Name: "app " + app.Type, Link: "/courses/" + r.course.String() + "/apps/" + app.Type, Text: app.Title})
	}
	return links
}

// apps are those that stand in a slot here. Without them a page is whole, so their trouble is the log's matter.
func (r *request) apps(slot string) []kernel.App {
	if !access.Content(r.person, r.published, r.published.Root, r.now()).Allowed {
		return nil
	}
	all, err := r.kernel().Apps(r.ctx(), r.course)
	if err != nil {
		r.server.config.Log.LogAttrs(r.ctx(), slog.LevelWarn, "a page is shown without its apps", slog.String("request", r.id), slog.Any("error", err))
		return nil
	}
	var here []kernel.App
	for _, app := range all {
		if app.Shows(slot) {
			app.Title = app.Version.Title(app.Type, r.words.Language)
			here = append(here, app)
		}
	}
	return here
}

// late lays an app's view out that is loaded after the page, in a frame whoever made it: it costs the page nothing.
func (r *request) late(app *kernel.App, slot, path, id string) (template.HTML, error) {
	block, err := r.kernel().AppBlock(r.ctx(), r.published, app.Type)
	if err != nil {
		return "", err
	}
	at := viewAt{View: "@" + slot, Path: path}
	address := r.blockAddress(block)
	part := &blockPart{
		W: r.words, ID: id, Usage: block.Usage.String(), Title: app.Title, ShowTitle: true, Handlers: address + "/handlers/",
		Frame: at.below(address + "/frame"), Sandbox: frameSandbox(false), Height: lateHeight,
	}
	r.addForm(part, block, at, r.token(), "")
	return r.blockTemplate(part)
}

// lateHeight is how high a frame is before it tells, in CSS pixels.
const lateHeight = 120

// sidebar lays out what apps show beside a unit.
func (r *request) sidebar(unit *course.Block) ([]template.HTML, error) {
	var parts []template.HTML
	for _, app := range r.apps(wire.SlotUnitSidebar) {
		html, err := r.late(&app, wire.SlotUnitSidebar, "/"+unit.Usage.ID, "beside-"+app.Type)
		if err != nil {
			return nil, err
		}
		parts = append(parts, html)
	}
	return parts, nil
}
