package host

import (
	"github.com/gofiber/fiber/v2"
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
}

// table lists every address.
func (s *Server) table() []Route {
	const course = "/courses/:course"
	const block = course + "/blocks/:usage"
	routes := []Route{
		{"GET", "/", Anyone, Page, (*request).front, false},
		{"GET", "/courses", Anyone, Page, (*request).catalogue, false},
		{"GET", "/signin", Anyone, Page, (*request).signInPage, false},
		{"POST", "/signin", Anyone, Page, (*request).signIn, false},
		{"GET", "/signup", Anyone, Page, (*request).signUpPage, false},
		{"POST", "/signup", Anyone, Page, (*request).signUp, false},
		{"POST", "/signout", SignedIn, Page, (*request).signOut, false},

		{"GET", course, Course, Page, (*request).outline, false},
		{"GET", course + "/about", Course, Page, (*request).about, false},
		{"POST", course + "/enrol", SignedIn, Page, (*request).enrol, false},
		{"POST", course + "/unenrol", SignedIn, Page, (*request).unenrol, false},
		{"GET", course + "/progress", Course, Page, (*request).progress, false},
		{"GET", course + "/units/:id", Course, Page, (*request).unit, false},
		{"GET", course + "/jump_to_id/:id", Course, Page, (*request).jump, false},
		{"GET", course + "/static/*", Course, File, (*request).courseFile, false},
		{"GET", course + "/events", Course, Data, (*request).events, false},
		{"POST", course + "/completion", Course, Data, (*request).completion, false},

		{"POST", block, Course, Page, (*request).blockForm, false},
		{"GET", block + "/view", Course, Data, (*request).blockView, false},
		{"GET", block + "/frame", Course, File, (*request).blockFrame, false},
		{"GET", block + "/handlers/:handler", Course, Data, (*request).blockHandler, false},
		{"POST", block + "/handlers/:handler", Course, Data, (*request).blockHandler, false},

		{"GET", "/blocks/:package/:digest/*", Anyone, File, (*request).blockAsset, false},
		{"GET", "/web/:file", Anyone, File, (*request).webAsset, false},
		{"GET", "/healthz", Anyone, Data, (*request).healthy, false},
		{"GET", "/readyz", Anyone, Data, (*request).ready, false},
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		routes = append(routes, Route{method, block + "/mount/*", Course, Data, (*request).mount, true})
	}
	return routes
}

// serve makes a fiber handler of a route.
func (s *Server) serve(route Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r, err := s.newRequest(c, route)
		if err != nil {
			return err
		}
		if err := r.allowed(route); err != nil {
			return err
		}
		return route.Handle(r)
	}
}
