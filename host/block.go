package host

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// blockPart is one block's place on a page.
type blockPart struct {
	W         *words.Reader
	ID, Usage string
	Title     string
	ShowTitle bool
	// Form is the id of the form that the block's controls join, "" when nobody may send anything.
	Form, Action, View, Handlers string
	Token, Request, Sitting      string
	CompleteOnView               bool
	HTML                         template.HTML
	Element                      string
	Init                         template.JS
	// Frame is the address of the sandboxed frame that shows the block instead of HTML.
	Frame   string
	Sandbox string
	Height  int
	// Waiting says that an answer is being graded.
	Waiting bool
	// Failure says why there is nothing to show; Missing names the type that is not installed, Staff adds how to mend it.
	Failure, Missing, Details string
	// framed says that this is the inside of a frame: its links stay in it.
	framed bool
}

// elementID names a block's element on every page that shows it; links to a place on a page end in it.
func (r *request) elementID(block *course.Block) string {
	if r.published == nil { // an app of the site
		return "block-" + block.Usage.ID
	}
	return "block-" + r.published.ElementName(block)
}

func (r *request) blockAddress(block *course.Block) string {
	if block.Usage.Course.IsZero() {
		return "/apps/" + block.Usage.Type
	}
	if r.working != nil {
		return r.working.Base + "/blocks/" + block.Usage.String()
	}
	return "/courses/" + r.course.String() + "/blocks/" + block.Usage.String()
}

// blockHTML lays one rendered block and its children out for the page.
func (r *request) blockHTML(shown *kernel.Shown, token string) (template.HTML, error) {
	return r.blockHTMLAt(shown, token, viewAt{})
}

// blockHTMLAt is blockHTML for another view than the unit page's.
func (r *request) blockHTMLAt(shown *kernel.Shown, token string, at viewAt) (template.HTML, error) {
	block := shown.Block
	part := &blockPart{W: r.words, ID: r.elementID(block), Usage: block.Usage.String(), Title: block.Title()}
	part.ShowTitle = block.Settings.DisplayName != "" || shown.Facts != nil && shown.Facts.MaxScore != nil
	if block.Unit != nil && block.Unit.Title() == part.Title || at.View != "" { // the page's heading says it already
		part.ShowTitle = false
	}
	address := r.blockAddress(block)
	if shown.Failure != nil {
		r.explainBlock(part, shown)
	} else {
		part.Waiting = shown.Waiting
		part.View, part.Handlers = at.below(address+"/view"), address+"/handlers/"
		part.CompleteOnView = block.Subsection != nil && shown.Facts.Completion == wire.CompleteOnView && r.person.Enrolled && !r.person.ReadOnly &&
			r.finished[part.Usage] < 1
		if len(shown.Description.Handlers) > 0 {
			r.addForm(part, block, at, token, shown.Sitting)
		}
		if err := r.fragment(part, shown, token, at); err != nil {
			return "", err
		}
	}
	html, err := r.blockTemplate(part)
	if err != nil || !r.staffSees(shown, at) {
		return html, err
	}
	below, err := r.staffView(block)
	return html + below, err
}

// staffSees reports whether the block has a view for the course's staff that belongs below this one.
func (r *request) staffSees(shown *kernel.Shown, at viewAt) bool {
	return r.working == nil && r.person.May(wire.RoleStaff) && !r.person.ReadOnly && shown.Failure == nil && shown.Description != nil &&
		(at.View == "" || at.View == "@"+wire.SlotCourseTab || at.View == "@"+wire.SlotSitePage) &&
		slices.ContainsFunc(shown.Description.Views, func(v wire.View) bool { return v.Name == wire.ViewStaff && v.Slot == "" })
}

// staffView lays the view for the course's staff out, closed, in a frame that is loaded when it is opened.
func (r *request) staffView(block *course.Block) (template.HTML, error) {
	at := viewAt{View: wire.ViewStaff}
	address := r.blockAddress(block)
	part := &blockPart{
		W: r.words, ID: r.elementID(block) + "-staff", Usage: block.Usage.String(), Title: r.words.T("staffview.title"), Handlers: address + "/handlers/",
		Frame: at.below(address + "/frame"), Sandbox: frameSandbox(false), Height: lateHeight,
	}
	r.addForm(part, block, at, r.token(), "")
	html, err := r.blockTemplate(part)
	if err != nil {
		return "", err
	}
	summary := template.HTMLEscapeString(r.words.T("staffview.title"))
	return `<details class="staff-view"><summary>` + template.HTML(summary) + `</summary>` + html + `</details>`, nil
}

// addForm gives a block the form that its controls join, where the reader may send anything.
func (r *request) addForm(part *blockPart, block *course.Block, at viewAt, token, sitting string) {
	if r.person.Role() != wire.RoleLearner || r.person.ReadOnly {
		return
	}
	part.Form, part.Action, part.Token, part.Request, part.Sitting = part.ID+"-form", r.blockAddress(block), token, newRequestID(), sitting
	if at.View != "" {
		part.Action += "?view=" + url.QueryEscape(at.String())
	}
}

func (r *request) blockTemplate(part *blockPart) (template.HTML, error) {
	var out bytes.Buffer
	if err := r.server.templates.ExecuteTemplate(&out, "block", part); err != nil {
		return "", err
	}
	return template.HTML(out.String()), nil
}

// fragment puts the block's own markup in, inline or framed.
func (r *request) fragment(part *blockPart, shown *kernel.Shown, token string, at viewAt) error {
	if !shown.Inline {
		part.Frame, part.Height = at.below(r.blockAddress(shown.Block)+"/frame"), max(shown.Height, 200)
		part.Sandbox = frameSandbox(impersonal(shown))
		return nil
	}
	html := r.fill(shown, part)
	for _, child := range shown.Children {
		below, err := r.blockHTML(child, token)
		if err != nil {
			return err
		}
		html = place(html, child.Block.Usage.ID, string(below))
	}
	part.HTML, part.Element = template.HTML(html), shown.Element
	if shown.Init != nil {
		part.Init = template.JS(escapeScript(shown.Init))
	}
	return nil
}

// escapeScript makes JSON safe to stand inside a script element.
func escapeScript(data json.RawMessage) string {
	var out bytes.Buffer
	json.HTMLEscape(&out, data)
	return out.String()
}

// place puts a child's markup where its parent left room for it.
func place(html, id, child string) string {
	mark := `<` + wire.PlaceTag + ` name="` + template.HTMLEscapeString(id) + `"></` + wire.PlaceTag + `>`
	return strings.Replace(html, mark, child, 1)
}

// fill replaces what a fragment leaves to the host: ids, the form's name, addresses; and the course's own links.
func (r *request) fill(shown *kernel.Shown, part *blockPart) string {
	address := r.blockAddress(shown.Block)
	html := replaceValues(r.formulas(shown.HTML), func(name, rest string) string {
		switch name {
		case "form":
			return part.ID + "-form"
		case "id":
			return part.ID + "-" + rest
		case "asset":
			return assetAddress(shown.Version, rest)
		case "handler":
			return address + "/handlers/" + rest
		case "file":
			return address + "/files/" + rest
		case "view":
			if part.framed {
				return address + "/frame/" + rest
			}
			return address + "/view/" + rest
		}
		return ""
	})
	return r.rewrite(r.pictures(html, len(shown.Scripts) > 0))
}

// replaceValues replaces attribute values of the form "quoin:NAME/REST".
func replaceValues(html string, value func(name, rest string) string) string {
	const mark = `"quoin:`
	if !strings.Contains(html, mark) {
		return html
	}
	var b strings.Builder
	b.Grow(len(html) + 256)
	for {
		before, after, found := strings.Cut(html, mark)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		text, rest, closed := strings.Cut(after, `"`)
		if !closed {
			b.WriteString(mark + after)
			return b.String()
		}
		b.WriteByte('"')
		// Several values may stand in one attribute, such as aria-describedby.
		for i, word := range strings.Fields(text) {
			if i > 0 {
				b.WriteByte(' ')
			}
			name, tail, _ := strings.Cut(strings.TrimPrefix(word, "quoin:"), "/")
			b.WriteString(template.HTMLEscapeString(value(name, tail)))
		}
		b.WriteByte('"')
		html = rest
	}
}

// rewrite turns the links that authors write into addresses of this course.
func (r *request) rewrite(html string) string {
	if r.course.IsZero() || !strings.Contains(html, "/static/") && !strings.Contains(html, "/jump_to_id/") && !strings.Contains(html, "/course/") {
		return html
	}
	base, static := "/courses/"+r.course.String(), r.staticBase()
	pairs := make([]string, 0, 24)
	for _, open := range []string{`"`, `'`, `(`, `&quot;`, `&#34;`, `&#39;`} {
		pairs = append(pairs,
			open+"/static/", open+static+"/static/",
			open+"/jump_to_id/", open+base+"/jump_to_id/",
			open+"/course/", open+base+"/",
		)
	}
	return strings.NewReplacer(pairs...).Replace(html)
}

func assetAddress(version *kernel.Version, name string) string {
	return "/blocks/" + version.Manifest.Name + "/" + version.Digest + "/" + name
}

// explainBlock says what is wrong instead of a view: honest to learners, helpful to staff.
func (r *request) explainBlock(part *blockPart, shown *kernel.Shown) {
	failure := shown.Failure
	if failure.Code == wire.CodeMissing {
		part.Missing = shown.Block.Usage.Type
		part.Failure = r.words.T("block.missing", part.Missing)
		if r.person.Staff() {
			part.Details = r.words.T("block.install", part.Missing)
		}
		return
	}
	part.Failure = r.words.T("block.broken")
	if failure.Code == wire.CodeNotFound && failure.Blame == wire.BlameBlock {
		part.Failure = r.words.T("block.no_view")
	}
	if r.person.Staff() {
		part.Details = failure.Message
	}
}

// blockTitle is what people call a block: its own name or, for one without, that of its kind.
func (r *request) blockTitle(block *course.Block) string {
	return firstOf(block.Title(), r.kindText(block.Usage.Type))
}
