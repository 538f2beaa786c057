package host

import (
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// unitBody is the page that people learn on.
type unitBody struct {
	Title, Section, Subsection string
	SubsectionLink             string
	Units                      []unitTab
	Blocks                     []template.HTML
	Styles, Scripts            []string
	Previous, Next             string
	Due                        *instant
	Place, Count               int
	// Timer counts the learner's own time down; nil where none runs.
	Timer *timer
	// Usage names the unit for its bookmark, "" for who has none; Marked says that it is bookmarked.
	Usage  string
	Marked bool
	// Unread are the texts that a browser without scripts marks as read by a button.
	Unread []string
	// Sections are the course's outline, for finding one's way beside the unit.
	Sections []sideSection
	// Beside is what apps show beside the unit.
	Beside []template.HTML
	embeds []string
	// elements says that a view on the page is built from the SDK's elements.
	elements bool
}

type unitTab struct {
	Title, Link, Icon string
	Current, Done     bool
	Marked            bool
	Number            int
	usage             key.Usage
}

// unit shows one unit; an id that names what stands above or inside one leads there.
func (r *request) unit() error {
	if err := r.outsider(); err != nil {
		return r.toAbout(err)
	}
	block, err := r.published.FindID(r.ctx(), r.param("id"))
	if isNotFound(err) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	if block.Unit != block {
		return r.toUnit(block)
	}
	verdict := access.Content(r.person, r.published, block, r.now())
	switch {
	case verdict.Hidden:
		return errNotFound
	case verdict.Why == wire.WhyTimed || verdict.Why == wire.WhyTimeUp:
		return r.showTimed(block.Subsection.Block, verdict)
	case !verdict.Allowed:
		return r.showStatus(fiber.StatusForbidden, "closed.html", page{
			Title: block.Subsection.Title(), Course: r.coursePart(""), Body: &closedBody{Text: r.why(verdict), Link: r.whyLink(verdict)},
		})
	}
	return r.showUnit(block)
}

// toUnit leads from a section, a subsection or a component to the unit that one reads it in.
func (r *request) toUnit(block *course.Block) error {
	anchor := ""
	switch {
	case block.Unit != nil:
		anchor = "#" + r.elementID(block)
		block = block.Unit
	default:
		if first := r.firstUnit(block); first != nil {
			block = first
			break
		}
		for len(block.Children) > 0 && block.Unit == nil { // a unit that is not open yet says when it will be
			block = block.Children[0]
		}
	}
	if block.Unit == nil || access.Content(r.person, r.published, block, r.now()).Hidden {
		return errNotFound
	}
	return r.Redirect(r.unitLink(block)+anchor, fiber.StatusSeeOther)
}

// firstUnit is the first unit in a section or subsection that the person may see, nil when there is none.
func (r *request) firstUnit(block *course.Block) *course.Block {
	if block.Unit == block {
		if access.Content(r.person, r.published, block, r.now()).Allowed {
			return block
		}
		return nil
	}
	for _, child := range block.Children {
		if first := r.firstUnit(child); first != nil {
			return first
		}
	}
	return nil
}

// toAbout leads who is signed in, but not in the course, to where one enrols.
func (r *request) toAbout(err error) error {
	if r.user == nil {
		return err
	}
	return r.Redirect("/courses/"+r.course.String()+"/about", fiber.StatusSeeOther)
}

// jump follows a link that names a block by its id alone.
func (r *request) jump() error {
	if err := r.outsider(); err != nil {
		return r.toAbout(err)
	}
	block, err := r.published.FindID(r.ctx(), r.param("id"))
	if isNotFound(err) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	return r.toUnit(block)
}

func (r *request) showUnit(unit *course.Block) error {
	parts := topBlocks(unit)
	visit, err := r.kernel().Visit(r.ctx(), r.person, r.published, parts...)
	if err != nil {
		return err
	}
	done, err := r.done()
	if err != nil {
		return err
	}
	body := &unitBody{Title: unit.Title(), Section: unit.Subsection.Section.Title(), Subsection: unit.Subsection.Title()}
	if due := access.Due(r.person, unit); !due.IsZero() {
		body.Due = r.instant(due)
	}
	body.Timer = r.timer(unit)
	if r.mayBookmark() && r.person.Enrolled {
		if err := r.site().Bookmarks.Here(r.ctx(), r.person.Learner, unit.Usage, r.now()); err != nil {
			return err
		}
	}
	if err := r.tabs(body, unit, done); err != nil {
		return err
	}
	body.Sections = r.side(unit)
	if err := r.marks(body, unit); err != nil {
		return err
	}
	if body.Beside, err = r.sidebar(unit); err != nil {
		return err
	}
	token := r.token()
	view := wire.ViewLearner
	if r.person.Role() == wire.RoleVisitor {
		view = wire.ViewVisitor
	}
	for _, part := range parts {
		if !access.Content(r.person, r.published, part, r.now()).Allowed {
			continue
		}
		shown, err := visit.Render(r.ctx(), part, view)
		if err != nil {
			return err
		}
		html, err := r.blockHTML(shown, token)
		if err != nil {
			return err
		}
		body.Blocks = append(body.Blocks, html)
		collectAssets(shown, body)
		r.unread(body, shown, done)
	}
	p := page{Title: unit.Title(), Body: body, Course: r.coursePart("unit"), Embeds: body.embeds}
	if p.Elements, err = r.elementsOf(body); err != nil {
		return err
	}
	return r.show("unit.html", p)
}

// unread lists what completes by being seen and was not, with what a block shows of its children.
func (r *request) unread(body *unitBody, shown *kernel.Shown, done completed) {
	if usage := shown.Block.Usage.String(); shown.Block.Facts.Completion == wire.CompleteOnView && done[usage] < 1 && r.person.Enrolled {
		body.Unread = append(body.Unread, usage)
	}
	for _, child := range shown.Children {
		r.unread(body, child, done)
	}
}

// topBlocks are what a unit's page shows one below the other: its children, or itself where a component stands for a unit.
func topBlocks(unit *course.Block) []*course.Block {
	if course.Structural(unit.Usage.Type) {
		return unit.Children
	}
	return []*course.Block{unit}
}

// tabs lists the subsection's units, and finds the pages before and after, across subsections.
func (r *request) tabs(body *unitBody, unit *course.Block, done completed) error {
	sub := unit.Subsection
	loaded, err := sub.Load(r.ctx())
	if err != nil {
		return err
	}
	for _, other := range loaded.Units {
		if !access.Content(r.person, r.published, other, r.now()).Allowed {
			continue
		}
		complete, err := r.unitDone(other, done)
		if err != nil {
			return err
		}
		body.Count++
		tab := unitTab{usage: other.Usage, Title: other.Title(), Link: r.unitLink(other), Number: body.Count, Icon: other.Facts.Icon, Done: complete}
		if other == unit {
			tab.Current, body.Place = true, body.Count
		}
		body.Units = append(body.Units, tab)
	}
	for i, tab := range body.Units {
		if !tab.Current {
			continue
		}
		if i > 0 {
			body.Previous = body.Units[i-1].Link
		}
		if i+1 < len(body.Units) {
			body.Next = body.Units[i+1].Link
		}
	}
	if body.Previous == "" {
		body.Previous = r.neighbour(sub.Index, -1)
	}
	if body.Next == "" {
		body.Next = r.neighbour(sub.Index, 1)
	}
	return nil
}

// sideSection and sideEntry are the outline as it stands beside a unit.
type sideSection struct {
	Title   string
	Open    bool
	Entries []sideEntry
}

type sideEntry struct {
	Title, Link string
	Current     bool
}

// side lists what the person may know of the course. It looks at no subsection's content, so it costs no questions.
func (r *request) side(unit *course.Block) []sideSection {
	var sections []sideSection
	for _, section := range r.published.Root.Children {
		if !access.Listing(r.person, r.published, section, r.now()).Allowed {
			continue
		}
		s := sideSection{Title: section.Title(), Open: section == unit.Subsection.Section}
		for _, sub := range section.Children {
			if !access.Listing(r.person, r.published, sub, r.now()).Allowed {
				continue
			}
			entry := sideEntry{Title: sub.Title(), Current: sub.Usage == unit.Subsection.Usage}
			if verdict := access.Content(r.person, r.published, sub, r.now()); verdict.Allowed || verdict.Why == wire.WhyTimed || verdict.Why == wire.WhyTimeUp {
				entry.Link = r.unitLink(sub)
			}
			s.Entries = append(s.Entries, entry)
		}
		if len(s.Entries) > 0 {
			sections = append(sections, s)
		}
	}
	return sections
}

// neighbour finds the nearest unit that the person may see in the subsections before or after.
func (r *request) neighbour(from, step int) string {
	for i := from + step; i >= 0 && i < len(r.published.Subsections); i += step {
		units := r.published.Subsections[i].Children
		for n := range units {
			unit := units[n]
			if step < 0 {
				unit = units[len(units)-1-n]
			}
			if access.Content(r.person, r.published, unit, r.now()).Allowed {
				return r.unitLink(unit)
			}
		}
	}
	return ""
}

// collectAssets gathers what inline fragments name, each once: styles, scripts, and the hosts that their package may embed.
func collectAssets(shown *kernel.Shown, body *unitBody) {
	if shown.Rendered != nil && shown.Inline {
		body.elements = body.elements || usesElements(shown)
		for _, name := range shown.Styles {
			body.Styles = addOnce(body.Styles, assetAddress(shown.Version, name))
		}
		for _, name := range shown.Scripts {
			body.Scripts = addOnce(body.Scripts, assetAddress(shown.Version, name))
		}
		for _, host := range framedHosts(shown) {
			body.embeds = addOnce(body.embeds, host)
		}
	}
	for _, child := range shown.Children {
		collectAssets(child, body)
	}
}

// embedded are the hosts whose pages a package's fragments may frame.
func embedded(version *kernel.Version) []string {
	for _, permission := range version.Manifest.Permissions {
		if permission.Name == "embed" {
			return permission.Values
		}
	}
	return nil
}

// framedHosts are the hosts whose pages a view may frame: its package's, and those that an author names in a block of the binary.
func framedHosts(shown *kernel.Shown) []string {
	hosts := embedded(shown.Version)
	if shown.Version.BuiltIn && shown.Facts != nil {
		hosts = slices.Concat(hosts, shown.Facts.Frames)
	}
	return hosts
}

func addOnce(list []string, entry string) []string {
	for _, e := range list {
		if e == entry {
			return list
		}
	}
	return append(list, entry)
}
