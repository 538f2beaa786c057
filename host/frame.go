package host

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/kernel"
)

// frameBody is a sandboxed document: one block's view, alone.
type frameBody struct {
	Language, Direction, Title string
	Style, Runtime             template.HTML
	HTML                       template.HTML
	Styles, Scripts            []string
	Form                       string
	NoScript                   string
	Element                    string
	Init                       template.JS
	// Theme is light or dark where the reader chose one; the page tells of a change.
	Theme string
	// Elements are the SDK's, nil where the view uses none.
	Elements *framedElements
	// Editor says that it is an author's editor, which takes fields from the page and gives them back.
	Editor bool
}

// framePolicy gives a frame's document an opaque origin wherever it is opened, so it holds no rights of the site (security R1
// to R3). Where a frame holds what an author wrote and nothing of the learner, it may load what authors' pages load; another
// frame may load its own assets alone.
func (s *Server) framePolicy(shown *kernel.Shown) string {
	if impersonal(shown) {
		return s.impersonalPolicy()
	}
	frames := "frame-src 'none'"
	if hosts := framedHosts(shown); len(hosts) > 0 {
		frames = "frame-src https://" + strings.Join(hosts, " https://")
	}
	if shown.Version.BuiltIn { // a script of ours shows activities of the course
		own := s.origin() + "/courses/" + shown.Block.Usage.Course.String() + "/static/"
		frames = strings.TrimSuffix(frames, " 'none'") + " " + own
	}
	return s.sandboxPolicy(false, s.origin(), frames)
}

// impersonalPolicy is the policy of a frame that holds nothing of its reader.
func (s *Server) impersonalPolicy() string {
	return s.sandboxPolicy(true, s.origin()+" https:", "frame-src https:")
}

func (s *Server) sandboxPolicy(impersonal bool, sources, frames string) string {
	return strings.Join([]string{
		"sandbox " + frameSandbox(impersonal), "default-src 'none'",
		"script-src 'unsafe-inline' 'unsafe-eval' " + sources, "style-src 'unsafe-inline' " + sources, "img-src data: blob: " + sources,
		"media-src blob: " + sources, "font-src data: " + sources, frames, "form-action 'none'", "base-uri 'none'",
		"frame-ancestors " + s.framers(s.origin()),
	}, "; ")
}

// impersonal reports whether a frame shows the same to everybody: a built-in block that takes nothing from its reader has
// nothing of him to show. In a problem's frame an author's script stands beside the learner's answers.
func impersonal(shown *kernel.Shown) bool {
	return shown.Version.BuiltIn && len(shown.Description.Handlers) == 0
}

// frameSandbox are the rights of a frame. Links in authors' texts open new windows; a frame that knows its learner gets none,
// since a window can carry away what the frame knows.
func frameSandbox(impersonal bool) string {
	if impersonal {
		return "allow-scripts allow-popups allow-popups-to-escape-sandbox"
	}
	return "allow-scripts"
}

// blockFrame serves the document of a block's frame.
func (r *request) blockFrame() error {
	block, err := r.block()
	if err != nil {
		return err
	}
	shown, err := r.renderAt(block, r.viewAsked())
	if err != nil {
		return err
	}
	if shown.Failure != nil {
		return shown.Failure
	}
	return r.sendFramed(shown)
}

// declaredShadow is how markup makes a shadow root, into which the first script of a frame's document could not look.
var declaredShadow = regexp.MustCompile(`(?i)shadowroot`)

// sendFrame answers with a frame's document under its policy.
func (r *request) sendFrame(body *frameBody, policy string) error {
	var out bytes.Buffer
	body.HTML = template.HTML(declaredShadow.ReplaceAllString(string(body.HTML), "shadow-root"))
	if err := r.server.templates.ExecuteTemplate(&out, "frame.html", body); err != nil {
		return fmt.Errorf("laying a frame out: %w", err)
	}
	r.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	r.Set(fiber.HeaderContentSecurityPolicy, policy)
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.Send(out.Bytes())
}

// frameLook puts the platform's style and runtime into a frame's document, and the colours that the reader chose.
func (r *request) frameLook(body *frameBody) error {
	style, err := r.server.config.Assets.Text("site.css")
	if err != nil {
		return err
	}
	runtime, err := r.server.config.Assets.Text("frame.js")
	if err != nil {
		return err
	}
	body.Style = template.HTML("<style>" + style + "</style>")
	body.Runtime = template.HTML("<script type=\"module\">" + runtime + "</script>")
	if r.user != nil {
		body.Theme = r.user.Theme
	}
	return nil
}

// sendFramed answers with the document of a view in its frame.
func (r *request) sendFramed(shown *kernel.Shown) error {
	body, err := r.framedBody(shown, r.elementID(shown.Block))
	if err != nil {
		return err
	}
	return r.sendFrame(body, r.server.framePolicy(shown))
}

// framedBody is the document of a view, whose ids begin with the given one.
func (r *request) framedBody(shown *kernel.Shown, id string) (*frameBody, error) {
	part := &blockPart{ID: id, framed: true}
	body := &frameBody{
		Language: r.words.Language, Direction: r.words.Direction(), Title: r.blockTitle(shown.Block),
		HTML: template.HTML(r.fill(shown, part)), Form: part.ID + "-form", NoScript: r.words.T("frame.noscript"),
		Element: shown.Element,
	}
	if err := r.frameLook(body); err != nil {
		return nil, err
	}
	if usesElements(shown) {
		var err error
		if body.Elements, err = r.framedElements(); err != nil {
			return nil, err
		}
	}
	if shown.Init != nil {
		body.Init = template.JS(escapeScript(shown.Init))
	}
	own := r.server.origin()
	for _, name := range shown.Styles {
		body.Styles = append(body.Styles, own+assetAddress(shown.Version, name))
	}
	for _, name := range shown.Scripts {
		body.Scripts = append(body.Scripts, own+assetAddress(shown.Version, name))
	}
	return body, nil
}
