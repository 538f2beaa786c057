// Package host is the web server: the LMS's pages, the handlers of blocks, files, live updates. Fiber lives here and nowhere
// else.
//
// Every address stands in one table (routes.go) with who may use it; a test sweeps that table. A handler gets a [request]:
// who asks, in which language, in which course. Pages are html/template (templates/), lively through host/web.
//
//	server.go    setting up, serving, stopping        security.go  headers, origin and token checks
//	request.go   who asks, what, in which language    page.go      templates and what every page has
//	accounts.go  signing up, in and out               catalogue.go the site's first page, about, enrolling
//	outline.go   a course's home                      unit.go      the page that people learn on
//	block.go     one block's place on a page          handlers.go  what pages and scripts send to blocks
//	reply.go     what handlers answer                 mount.go     what stands under a block's own path
//	frame.go     sandboxed frames                     assets.go    files of the host, of blocks and of courses
//	stream.go    live updates                         progress.go  grades and completion
//
// What the first words of files' names mean, studio or staff, stands in CONTRIBUTING.md.
package host
