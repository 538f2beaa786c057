package host

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Who says who may use an address at all; what a course allows is asked of package access besides.
type Who int

// The audiences.
const (
	// Anyone, signed in or not.
	Anyone Who = iota
	// SignedIn people.
	SignedIn
	// Course is anyone whom the named course lets in: the handler asks package access about the very thing.
	Course
	// CourseStaff are the named course's staff in the LMS; to everybody else these addresses do not exist.
	CourseStaff
	// CourseReports are the named course's staff and data researchers; to everybody else these addresses do not exist.
	CourseReports
	// SiteAdmin are the site's administrators; to everybody else these addresses do not exist.
	SiteAdmin
	// Authors are those who may change the named course in Studio; to everybody else these addresses do not exist. Nothing of
	// the course needs to be published.
	Authors
)

// Kind says what an address answers with, for what an error looks like.
type Kind int

// The kinds of answers.
const (
	Page Kind = iota
	Data
	File
)

// Route is one address.
type Route struct {
	Method, Path string
	Who          Who
	Kind         Kind
	Handle       func(r *request) error
	// Outside marks addresses that callers without a login may send to: no token is asked for, and no cookie's rights count.
	Outside bool
	// Free marks a page that is open to people who have not accepted the terms.
	Free bool
	// Secret marks an address that is a secret by itself: the log shows its pattern alone.
	Secret bool
	// Looks marks an address that is sent to and may be by staff who look as somebody else: nothing with effects comes of it.
	Looks bool
	// Uploads marks an address that takes forms with large files, as far as the block that it names does.
	Uploads bool
	// Takes says what files the address takes from the person, nil for none; it is nil itself where a block says so.
	Takes func(r *request) *wire.Uploads
	// Stream marks an address whose answer does not end by itself.
	Stream bool
}

// table lists every address.
func (s *Server) table() []Route {
	const course = "/courses/:course"
	const block = course + "/blocks/:usage"
	routes := []Route{
		{Method: "GET", Path: "/", Who: Anyone, Kind: Page, Handle: (*request).front},
		{Method: "GET", Path: "/courses", Who: Anyone, Kind: Page, Handle: (*request).catalogue},
		{Method: "GET", Path: "/signin", Who: Anyone, Kind: Page, Handle: (*request).signInPage, Free: true},
		{Method: "POST", Path: "/signin", Who: Anyone, Kind: Page, Handle: (*request).signIn},
		{Method: "GET", Path: "/signup", Who: Anyone, Kind: Page, Handle: (*request).signUpPage, Free: true},
		{Method: "POST", Path: "/signup", Who: Anyone, Kind: Page, Handle: (*request).signUp},
		{Method: "POST", Path: "/signout", Who: SignedIn, Kind: Page, Handle: (*request).signOut},

		{Method: "GET", Path: course, Who: Course, Kind: Page, Handle: (*request).outline},
		{Method: "GET", Path: course + "/about", Who: Course, Kind: Page, Handle: (*request).about},
		{Method: "POST", Path: course + "/enrol", Who: SignedIn, Kind: Page, Handle: (*request).enrol},
		{Method: "POST", Path: course + "/unenrol", Who: SignedIn, Kind: Page, Handle: (*request).unenrol},
		{Method: "GET", Path: course + "/progress", Who: Course, Kind: Page, Handle: (*request).progress},
		{Method: "GET", Path: course + "/dates", Who: Course, Kind: Page, Handle: (*request).dates},
		{Method: "GET", Path: course + "/search", Who: Course, Kind: Page, Handle: (*request).search},
		{Method: "GET", Path: course + "/units/:id", Who: Course, Kind: Page, Handle: (*request).unit},
		{Method: "GET", Path: course + "/view-as", Who: CourseStaff, Kind: Page, Handle: (*request).viewAsPage},
		{Method: "POST", Path: course + "/timed/:id/begin", Who: Course, Kind: Page, Handle: (*request).beginTimed},
		{Method: "POST", Path: course + "/timed/:id/end", Who: Course, Kind: Page, Handle: (*request).endTimed},
		{Method: "GET", Path: course + "/jump_to_id/:id", Who: Course, Kind: Page, Handle: (*request).jump},
		{Method: "GET", Path: course + "/static/*", Who: Course, Kind: File, Handle: (*request).courseFile},
		{Method: "GET", Path: course + "/events", Who: Course, Kind: Data, Handle: (*request).events, Stream: true},
		{Method: "POST", Path: course + "/completion", Who: Course, Kind: Data, Handle: (*request).completion},

		{Method: "POST", Path: block, Who: Course, Kind: Page, Handle: (*request).blockForm, Looks: true, Uploads: true},
		{Method: "GET", Path: block + "/files/:hash", Who: Course, Kind: File, Handle: (*request).ownFile},
		{Method: "GET", Path: block + "/view", Who: Course, Kind: Data, Handle: (*request).blockView},
		{Method: "GET", Path: block + "/frame", Who: Course, Kind: File, Handle: (*request).blockFrame},
		{Method: "GET", Path: block + "/answer", Who: Course, Kind: File, Handle: (*request).answerFrame},
		{Method: "GET", Path: block + "/handlers/:handler", Who: Course, Kind: Data, Handle: (*request).blockHandler},
		{Method: "POST", Path: block + "/handlers/:handler", Who: Course, Kind: Data, Handle: (*request).blockHandler, Looks: true},

		{Method: "GET", Path: "/blocks/:package/:digest/*", Who: Anyone, Kind: File, Handle: (*request).blockAsset},
		{Method: "GET", Path: "/web/:file", Who: Anyone, Kind: File, Handle: (*request).webAsset},
		{Method: "GET", Path: "/healthz", Who: Anyone, Kind: Data, Handle: (*request).healthy},
		{Method: "GET", Path: "/metrics", Who: Anyone, Kind: File, Handle: (*request).metrics},
		{Method: "GET", Path: "/readyz", Who: Anyone, Kind: Data, Handle: (*request).ready},
	}
	routes = slices.Concat(routes, accountRoutes(), calendarRoutes(), joiningRoutes(), signWithRoutes(), profileRoutes(), staffRoutes(), bookmarkRoutes(), pageRoutes(), operatorRoutes(), blockRoutes(), appRoutes(), noticeRoutes(), galleryRoutes(), docsRoutes(), studioRoutes(), s.mailRoutes())
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		routes = append(
			routes,
			Route{Method: method, Path: block + "/mount/*", Who: Course, Kind: Data, Handle: (*request).mount, Outside: true, Looks: true},
			Route{Method: method, Path: "/apps/:app/mount/*", Who: Anyone, Kind: Data, Handle: (*request).mount, Outside: true},
		)
	}
	return routes
}

// answer lets the route answer, unless something else has to be asked first.
func (r *request) answer(route Route) error {
	if asked, err := r.asked(route); asked {
		return err
	}
	return route.Handle(r)
}

// serve makes a fiber handler of a route.
func (s *Server) serve(route Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := s.newRequest(c, route)
		if err != nil {
			return err
		}
		if err = r.takeBody(); err == nil {
			err = r.allowed(route)
		}
		if r.uploaded != nil {
			defer r.uploaded.close()
		}
		if err == nil {
			err = r.answer(route)
		}
		if err != nil && r.viewing != nil {
			err = s.fail(c, err) // its page keeps the look, too
		}
		r.keepMode()
		return err
	}
}
