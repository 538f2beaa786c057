package host

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// request is one request: who asks, in which language, in which course. It belongs to its handler's goroutine and must not
// outlive it.
type request struct {
	*fiber.Ctx
	server *Server
	route  Route
	words  *words.Reader
	// id names the request in logs and on error pages.
	id   string
	span trace.Span
	// binding is what the browser's cookie holds, which tokens are bound to; user is nil for visitors.
	binding string
	user    *people.User
	session people.Session
	// course, published and person are set by inCourse, and by inStudio.
	course    key.Course
	published *course.Published
	person    *access.Person
	// run is the course's own document; Studio's pages have it where nothing is published, and published is nil.
	run course.Run
	// uploaded is a form that may carry files, where it was read.
	uploaded *uploaded
	// viewing is how staff look at the course as somebody else; nil when they do not.
	viewing *viewing
	// working is how an author looks at the working copy; nil outside of Studio.
	working *studioLook
	// finished is what the person has completed, where a page has asked.
	finished completed
	// keys are the names of all fields that hold keys, where a page has asked.
	keys map[string]bool
}

// Cookies. The session's is a host cookie where the site has https.
const (
	sessionCookie  = "quoin_session"
	deviceCookie   = "quoin_device"
	languageCookie = "quoin_language"
)

// Errors that pages know words for.
var (
	errNotFound  = fiber.NewError(fiber.StatusNotFound, "not found")
	errSignIn    = fiber.NewError(fiber.StatusUnauthorized, "sign in first")
	errStaleForm = fiber.NewError(fiber.StatusForbidden, "the form is too old or from another sign-in")
	errElsewhere = fiber.NewError(fiber.StatusForbidden, "the request does not come from a page of this site")
	errPacked    = fiber.NewError(fiber.StatusUnsupportedMediaType, "send the body unpacked, without Content-Encoding")
	errOtherHost = fiber.NewError(fiber.StatusMisdirectedRequest, "a development site answers under its own name alone")
)

func (s *Server) newRequest(c *fiber.Ctx, route Route) (*request, error) {
	r := &request{Ctx: c, server: s, route: route, id: requestID()}
	c.Set("X-Request-Id", r.id)
	c.Locals(localRequest, r)
	c.SetUserContext(withRequest(c.UserContext(), r.id))
	r.follow()
	r.words = s.words.For(nil, c.Get(fiber.HeaderAcceptLanguage)) // for what goes wrong before the reader is known
	if !route.Outside || c.Get(fiber.HeaderAuthorization) == "" {
		if err := r.findSession(); err != nil {
			return nil, err
		}
	}
	zone, wishes := time.UTC, []string{r.language(), "", c.Get(fiber.HeaderAcceptLanguage)}
	if r.user != nil {
		wishes[1] = r.user.Locale
		if named, err := time.LoadLocation(r.user.Zone); err == nil && r.user.Zone != "" {
			zone = named
		}
	}
	r.words = s.words.For(zone, wishes...)
	return r, nil
}

// language is the language that the reader chose at the foot of a page, for this browser; "" when he did not. What a page fetches
// has parameters of its own, such as the language of a video's captions.
func (r *request) language() string {
	chosen := r.Query("lang")
	if r.route.Kind != Page || !slices.Contains(r.server.words.Languages(), chosen) {
		return r.Cookies(r.server.cookieName(languageCookie))
	}
	r.setCookie(languageCookie, chosen, r.now().Add(365*24*time.Hour))
	return chosen
}

// localRequest is where the running request stands among fiber's locals.
const localRequest = "quoin.request"

func requestID() string { return strings.TrimRight(newNonce(), "=")[:16] }

func (r *request) site() *site.Site { return r.server.config.Site }

func (r *request) kernel() *kernel.Kernel { return r.server.config.Site.Kernel }

// now is the instant that the page is about: this one, or another one that staff look at the course at.
func (r *request) now() time.Time {
	clock := r.server.config.Now().UTC()
	if r.working != nil {
		return r.person.Now(clock)
	}
	if r.viewing == nil {
		return clock
	}
	return r.viewing.now(clock)
}

// ctx is the request's context, with a deadline so that nothing is waited for without end.
func (r *request) ctx() context.Context { return r.UserContext() }

// findSession reads who asks. A visitor's browser gets a random binding when the first form is made for it.
func (r *request) findSession() error {
	token := r.Cookies(r.server.cookieName(sessionCookie))
	r.binding = token
	if token == "" {
		return nil
	}
	session, user, err := r.site().People.FindSession(r.ctx(), token)
	if errors.Is(err, people.ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	r.session, r.user = session, &user
	return nil
}

// cookieName binds the cookie to this host where the site has https.
func (s *Server) cookieName(name string) string {
	if s.public.Scheme == "https" {
		return "__Host-" + name
	}
	return name
}

// setCookie stores a cookie that scripts cannot read; until zero ends with the browser, the past takes it away.
func (r *request) setCookie(name, value string, until time.Time) {
	r.Cookie(&fiber.Cookie{
		Name: r.server.cookieName(name), Value: value, Path: "/", Expires: until, SessionOnly: until.IsZero(),
		Secure: r.server.public.Scheme == "https", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// token makes the token that a form of ours carries.
func (r *request) token() string {
	if r.binding == "" {
		r.binding = people.NewToken()
		r.setCookie(sessionCookie, r.binding, time.Time{})
	}
	return r.site().People.CSRF(r.binding)
}

// allowed applies what the table says of the route.
func (r *request) allowed(route Route) error {
	if unsafeMethod(r.Method()) && !route.Outside {
		if err := r.checkForgery(); err != nil {
			return err
		}
	}
	if route.Who == SiteAdmin && (r.user == nil || !r.user.Has(people.SiteAdmin)) {
		return errNotFound
	}
	if (route.Who == SignedIn || route.Who == CourseStaff || route.Who == CourseReports || route.Who == Authors) && r.user == nil {
		return errSignIn
	}
	if r.param("course") == "" {
		if r.param("app") != "" {
			r.inSite()
		}
		return nil
	}
	if route.Who == Authors {
		return r.inStudio()
	}
	if err := r.inCourse(); err != nil {
		return err
	}
	if route.Who == CourseStaff && !r.person.Staff() || route.Who == CourseReports && !r.person.Reports() {
		return errNotFound
	}
	return nil
}

// inCourse finds the course that the address names and who the person is there. What nobody published is not found.
func (r *request) inCourse() error {
	name, view, looks := strings.Cut(r.param("course"), ";")
	parsed, err := key.ParseCourse(name)
	if err != nil || parsed.Library() { // which no learner sees
		return errNotFound
	}
	published, err := r.site().Courses.Published(r.ctx(), parsed)
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
	r.course, r.published, r.person = parsed, published, person
	if looks {
		return r.viewAs(view)
	}
	return nil
}

// personIn is who the reader is in a course, as blocks hear of it.
func (r *request) personIn(run key.Course) (*access.Person, error) {
	person, err := r.site().Person(r.ctx(), r.user, run)
	if err != nil {
		return nil, err
	}
	person.Locale, person.Zone = r.words.Language, r.words.Zone.String()
	return person, nil
}

// param is a part of the path, with its escapes read. Fiber's own reading would turn the + of course keys into spaces.
func (r *request) param(name string) string {
	text, err := url.PathUnescape(r.Params(name))
	if err != nil {
		return ""
	}
	return text
}

// shownPath is the request's path as logs may show it.
func (r *request) shownPath() string {
	if r.route.Secret {
		return r.route.Path
	}
	return r.Path()
}

// form is a value of the request's body. Fiber's FormValue would take one from the address as well.
func (r *request) form(name string) string {
	if !r.multipart() {
		return string(r.Request().PostArgs().Peek(name))
	}
	values, err := r.multipartValues()
	if err != nil || len(values[name]) == 0 {
		return ""
	}
	return values[name][0]
}

// client is who asks, as far as proxies can be trusted.
func (r *request) client() netip.Addr {
	addr, err := netip.ParseAddr(r.IP())
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}

// wantsData reports whether the caller is a script that wants JSON.
func (r *request) wantsData() bool {
	return r.route.Kind == Data || strings.Contains(r.Get(fiber.HeaderAccept), "application/json")
}

// block finds the block that the address names, if the person may see it now.
func (r *request) block() (*course.Block, error) {
	if r.course.IsZero() {
		return r.appBlock()
	}
	return r.blockNamed(r.param("usage"))
}

// outsider refuses who may see nothing of the course's content, before anything is looked up: what there is in a course is
// no business of his.
func (r *request) outsider() error {
	verdict := access.Content(r.person, r.published, r.published.Root, r.now())
	switch {
	case verdict.Why != wire.WhyVisitor:
		return nil
	case r.user == nil:
		return errSignIn
	}
	return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", verdict.Why)
}

// blockNamed finds a block of the address's course by its usage key, if the person may see it now: "not found" when he must
// not know of it, else the reason.
func (r *request) blockNamed(text string) (*course.Block, error) {
	if err := r.outsider(); err != nil {
		return nil, err
	}
	usage, err := key.ParseUsage(text)
	if err != nil || usage.Course != r.course {
		return nil, errNotFound
	}
	block, err := r.kernel().Find(r.ctx(), r.published, usage)
	if errors.Is(err, course.ErrNotFound) {
		return nil, errNotFound
	}
	if err == nil {
		err = r.mayKnow(block)
	}
	if err != nil {
		return nil, err
	}
	return block, nil
}
