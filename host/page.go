package host

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"maps"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

//go:embed templates/*.html
var templateFiles embed.FS

func loadTemplates() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"percent": func(fraction float64) int { return int(math.Round(100 * fraction)) },
		"iso":     func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"with2":   func(w, it any) any { return map[string]any{"W": w, "It": it} },
		"with3":   func(w, it, more any) any { return map[string]any{"W": w, "It": it, "More": more} },
		"field":   formField, "answerOf": answerOf, "openTag": openTag, "closeTag": closeTag,
		"inner": func(p page, body any) page {
			p.Body = body
			return p
		},
		"act": actOf, "newRequest": newRequestID,
	}).ParseFS(templateFiles, "templates/*.html")
}

// inputPart is one input of a form with its words.
type inputPart struct{ Name, Type, Value, Complete, Label, Help, Error string }

func formField(p page, name, kind, value, complete string) inputPart {
	part := inputPart{
		Name: name, Type: kind, Value: value, Complete: complete, Label: p.W.T("signup." + name), Help: p.W.T("signup." + name + "_help"),
	}
	if form, ok := p.Body.(*account); ok {
		part.Error = form.Errors[name]
	}
	return part
}

func answerOf(p page) any {
	body, ok := p.Body.(*answerBody)
	if !ok {
		return nil
	}
	return map[string]any{"W": p.W, "Title": body.Title, "HTML": body.HTML}
}

// elementPattern is what a custom element of a block may be called.
var elementPattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)

// openTag and closeTag write the custom element that a block's script brings; a name that is none wraps nothing.
func openTag(name string) template.HTML { return tag("<", name) }

func closeTag(name string) template.HTML { return tag("</", name) }

func tag(open, name string) template.HTML {
	if !elementPattern.MatchString(name) {
		return ""
	}
	return template.HTML(open + name + ">")
}

// scriptWords gives the texts that page scripts need, as JSON, by language: those of all pages, and of the groups named.
func scriptWords(catalogue *words.Catalogue, groups ...string) (map[string]template.JS, error) {
	all := map[string]template.JS{}
	for _, name := range catalogue.Languages() {
		reader := catalogue.For(nil, name)
		said := reader.Script()
		for _, group := range groups {
			maps.Copy(said, reader.Group(group))
		}
		texts, err := json.Marshal(said)
		if err != nil {
			return nil, err
		}
		all[name] = template.JS(texts)
	}
	return all, nil
}

// page is what every template gets.
type page struct {
	W     *words.Reader
	Title string
	// User is nil for visitors.
	User  *people.User
	Token string
	Nonce string
	// Style and Script are the addresses of the host's bundles; Words are the scripts' texts as JSON.
	Style, Script string
	// Bundle names a script and a style that only such pages load, "" for none; BundleStyle and BundleScript are their
	// addresses.
	Bundle, BundleStyle, BundleScript string
	Words                             template.JS
	// Elements brings the SDK's elements, nil on pages that use none; Reader is whose things a browser keeps, "" for visitors.
	Elements  *elementsPart
	Reader    string
	Languages []languageLink
	// Embeds are the hosts whose pages this page's blocks may frame.
	Embeds []string
	// Framable says that another page of this site may show it in a frame.
	Framable bool
	// Studio says that it is one of Studio's pages; StudioLink leads there, "" for who has nothing there.
	Studio     bool
	StudioLink string
	// Course is the course whose pages these are, nil elsewhere.
	Course *coursePart
	// Bell says how much the reader has not read; nil for visitors.
	Bell *bell
	// Focus is shown above the page and takes the focus.
	Focus *notice
	// Held says why the page offers no change of what holds at once, "" where it does.
	Held string
	Body any
}

// coursePart is what pages of a course show of it.
type coursePart struct {
	Key, Title, Home string
	// Links are the course's navigation.
	Links []placedLink
	// Events and Completion are where scripts listen and tell; "" for those who are not learners.
	Events, Completion string
	Enrolled           bool
	// Viewing is the bar while staff look as somebody else, ViewForm what starts that; nil for others.
	Viewing  *viewBar
	ViewForm *viewForm
	// Language and Direction are the content's, where it is another than the page's; "" else.
	Language, Direction string
}

// instant is a moment as pages show it: in the reader's zone, which scripts turn into the browser's own way of writing it.
type instant struct {
	At   time.Time
	Text string
}

func (r *request) instant(at time.Time) *instant { return &instant{at, r.words.Time(at)} }

// languageLink leads to the same page in another language.
type languageLink struct{ Tag, Link string }

func (r *request) languageLinks() []languageLink {
	address, err := url.Parse(r.OriginalURL())
	switch sent := unsafeMethod(r.Method()); { // what was sent has no page to be shown again
	case err != nil || sent && r.param("course") != "":
		address = &url.URL{Path: "/"}
	case sent && strings.HasPrefix(address.Path, "/account/"):
		address = &url.URL{Path: "/account"}
	case strings.HasPrefix(address.Path, "/signin/with/"): // nor has another site's answer
		address = &url.URL{Path: "/signin"}
	}
	query := address.Query()
	var links []languageLink
	for _, tag := range r.server.words.Languages() {
		query.Set("lang", tag)
		links = append(links, languageLink{tag, (&url.URL{Path: address.Path, RawPath: address.RawPath, RawQuery: query.Encode()}).String()})
	}
	return links
}

// notice is a message with its kind: good, bad, warn or "".
type notice struct {
	Kind, Text string
	// Details are shown below, such as an id to quote.
	Details string
	// To is the id of the input that has to be mended first, on a long page.
	To string
}

// show renders a page.
func (r *request) show(name string, p page) error { return r.showStatus(fiber.StatusOK, name, p) }

func (r *request) showStatus(status int, name string, p page) error {
	p.W, p.User, p.Nonce, p.Token = r.words, r.user, newNonce(), r.token()
	p.Languages, p.Bell = r.languageLinks(), r.bell(r.ctx())
	style, err := r.server.config.Assets.Name("site.css")
	if err != nil {
		return err
	}
	script, err := r.server.config.Assets.Name("learner.js")
	if err != nil {
		return err
	}
	p.Style, p.Script = "/web/"+style, "/web/"+script
	if p.Bundle != "" {
		if style, err = r.server.config.Assets.Name(p.Bundle + ".css"); err != nil {
			return err
		}
		if script, err = r.server.config.Assets.Name(p.Bundle + ".js"); err != nil {
			return err
		}
		p.BundleStyle, p.BundleScript = "/web/"+style, "/web/"+script
	}
	p.Words, p.Reader = r.server.scriptWords[r.words.Language], r.reader()
	if p.Studio {
		p.Words = r.server.studioWords[r.words.Language]
	}
	if p.StudioLink, err = r.studioLink(); err != nil {
		return err
	}
	if r.published != nil && p.Course == nil && !r.course.IsZero() {
		p.Course = r.coursePart("")
	}
	var out bytes.Buffer
	if err := r.server.templates.ExecuteTemplate(&out, name, p); err != nil {
		return fmt.Errorf("rendering %s: %w", name, err)
	}
	r.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	r.Set(fiber.HeaderContentSecurityPolicy, r.server.pagePolicy(p.Nonce, p.Embeds, p.Framable))
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	r.Status(status)
	return r.Send(out.Bytes())
}

func (r *request) coursePart(active string) *coursePart {
	base := "/courses/" + r.course.String()
	part := &coursePart{
		Key: r.course.String(), Title: r.published.Run.Title, Home: base, Links: placed(r.courseLinks(), active), Enrolled: r.person.Enrolled,
	}
	if language := r.published.Run.Text("language", "en"); language != r.words.Language {
		part.Language, part.Direction = language, words.Direction(language)
	}
	if r.person.Role() == wire.RoleLearner && r.person.Learner != "" {
		part.Events = base + "/events"
		if !r.person.ReadOnly {
			part.Completion = base + "/completion"
		}
	}
	part.Viewing, part.ViewForm = r.viewBar(), r.viewForm()
	return part
}

// data answers with JSON.
func (r *request) data(status int, value any) error {
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.Status(status).JSON(value)
}

// fail turns an error into an answer: a page, JSON or a line, in the reader's words, with an id to quote for what was not
// his doing.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	r, ok := c.Locals(localRequest).(*request)
	if !ok {
		r = &request{Ctx: c, server: s, id: requestID(), words: s.words.For(nil, c.Get(fiber.HeaderAcceptLanguage)), route: Route{Kind: File}}
	}
	status, text := s.explain(r, err)
	if status == fiber.StatusUnauthorized && !r.wantsData() && r.route.Kind == Page {
		return r.Redirect("/signin?next="+escapeNext(r.OriginalURL(), r.Method()), fiber.StatusSeeOther)
	}
	details := ""
	if status >= 500 {
		s.config.Log.LogAttrs(r.ctx(), slog.LevelError, "a request failed", slog.String("request", r.id), slog.String("method", r.Method()),
			slog.String("path", r.shownPath()), slog.Any("error", err))
		details = r.words.T("error.quote", r.id)
	}
	switch {
	case r.wantsData():
		return r.data(status, fiber.Map{"error": text, "request": r.id})
	case r.route.Kind == File:
		return r.Status(status).SendString(text)
	case errors.Is(err, errStaleForm) && r.param("usage") != "" && r.route.Who != Authors:
		return r.refusedForm(status, text)
	}
	showErr := r.showStatus(status, "error.html", page{Title: text, Body: &notice{Kind: "bad", Text: text, Details: details}})
	if showErr != nil {
		s.config.Log.Error("an error page could not be shown", "request", r.id, "error", showErr)
		return r.Status(status).SendString(text)
	}
	return nil
}

// explain gives an error's status and words.
func (s *Server) explain(r *request, err error) (status int, text string) {
	var known *fiber.Error
	var failure *wire.Error
	switch {
	case errors.Is(err, errStaleForm):
		return fiber.StatusForbidden, r.words.T("error.stale_form")
	case errors.Is(err, errElsewhere):
		return fiber.StatusForbidden, r.words.T("error.elsewhere")
	case errors.Is(err, errPacked):
		return fiber.StatusUnsupportedMediaType, r.words.T("error.packed")
	case errors.As(err, &failure):
		return explainFailure(r, failure)
	case errors.As(err, &known):
		switch known.Code {
		case fiber.StatusNotFound:
			return known.Code, r.words.T("error.not_found")
		case fiber.StatusUnauthorized:
			return known.Code, r.words.T("error.sign_in")
		case fiber.StatusRequestEntityTooLarge:
			return known.Code, r.words.T("error.too_large")
		case fiber.StatusMethodNotAllowed:
			return known.Code, r.words.T("error.not_found")
		case fiber.StatusBadRequest:
			return known.Code, r.words.T("error.bad_request")
		}
		if known.Code < 500 {
			return known.Code, known.Message
		}
	}
	return fiber.StatusInternalServerError, r.words.T("error.ours")
}

// explainFailure puts an error of a block or of the kernel into words.
func explainFailure(r *request, failure *wire.Error) (int, string) {
	switch failure.Code {
	case wire.CodeNotFound, wire.CodeMissing:
		return fiber.StatusNotFound, r.words.T("error.not_found")
	case wire.CodeBadRequest:
		return fiber.StatusUnprocessableEntity, failure.Message
	case wire.CodeRefused:
		if text := r.words.T("why." + failure.Message); text != "why."+failure.Message {
			return fiber.StatusForbidden, text
		}
		return fiber.StatusForbidden, failure.Message
	case wire.CodeConflict:
		return fiber.StatusConflict, conflictText(r, failure)
	case wire.CodeForbidden:
		if !unsafeMethod(r.Method()) { // asking may change nothing (security R18)
			r.Set(fiber.HeaderAllow, fiber.MethodPost)
			return fiber.StatusMethodNotAllowed, r.words.T("error.method")
		}
		return fiber.StatusBadGateway, r.words.T("error.block")
	case wire.CodeTooLarge:
		return fiber.StatusRequestEntityTooLarge, r.words.T("error.too_large")
	case wire.CodeUnavailable, wire.CodeStopping:
		return fiber.StatusServiceUnavailable, r.words.T("error.unavailable")
	default:
		return fiber.StatusBadGateway, r.words.T("error.block")
	}
}

// conflictText says why something else was faster: in the kernel's words by the reader's language, or in the block's own.
func conflictText(r *request, failure *wire.Error) string {
	switch failure.Message {
	case kernel.OtherSitting:
		return r.words.T("error.sitting")
	case kernel.SameRequest:
		return r.words.T("error.sent_before")
	case kernel.NoneLeft:
		return r.words.T("error.none_left")
	case kernel.NameTaken:
		return r.words.T("error.name_taken")
	}
	if failure.Blame == wire.BlameHost {
		return r.words.T("error.busy")
	}
	return failure.Message
}

func notFound(*request) error { return errNotFound }
