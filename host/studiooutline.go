package host

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/review"
)

// outlineWhole is how many rows an outline may have and be shown as a whole. Of a bigger course the sections come shut, and what
// is in one when it is opened.
const outlineWhole = 300

// outlineBody is the outline of a course in Studio.
type outlineBody struct {
	Path, Course, Root, Last, Version string
	Big                               bool
	Rows                              []outlineRow
	Note                              string
	Query                             string
	Shows                             []choice
	Filtered                          bool
	// Updates says how many copies are behind their libraries, "" for none.
	Updates string
	// Changes says how much is not published, "" for nothing.
	Changes string
	Keys    []outlineKey
	// UndoOp is the operation that the page before did, "" for none.
	UndoOp string
	// Deeds are what the reader may take back and do again, as JSON.
	Deeds string
}

// outlineKey is a line of the list of keys.
type outlineKey struct {
	Keys []string
	Text string
}

// outlineKeys are the keys of the outline: the words are "studio_key." with the name.
var outlineKeys = [][2]string{
	{"walk", "↑ ↓ Home End"},
	{"open", "← →"},
	{"enter", "Enter"},
	{"rename", "F2"},
	{"add", "n"},
	{"inside", "a"},
	{"reorder", "Alt+↑ Alt+↓"},
	{"move", "m"},
	{"select", "Space"},
	{"all", "Ctrl+A"},
	{"settings", "s"},
	{"publish", "p"},
	{"history", "h"},
	{"duplicate", "Ctrl+D"},
	{"copy", "Ctrl+C Ctrl+V"},
	{"remove", "Delete"},
	{"undo", "Ctrl+Z Ctrl+Y"},
}

// outlineRow is one section, subsection or unit.
type outlineRow struct {
	Usage, Title, Link, Kind, Label string
	Level, Pos, Size                int
	// Expanded is "true" or "false", "" for what has nothing under it.
	Expanded string
	// Unfetched says that the rows under it are not here, Found that a search goes through it.
	Unfetched, Found bool
	Toggle, Last     string
	State, StateKind string
	Icon             string
	Facts            []outlineFact
	// Add says what can be added in it, "" for nothing.
	Add, Settings string
}

// outlineFact is one thing that matters of a row: a date, a limit, who sees it.
type outlineFact struct {
	Kind, Text string
	At         *instant
}

// outlineFilter is what of the outline is to be shown.
type outlineFilter struct {
	words []string
	show  string
	// opened are the rows of a big course that the reader has opened.
	opened map[string]bool
	broken map[key.Usage]bool
}

var outlineShows = []string{"", "unpublished", "broken", "dates", "graded", "hidden"}

func (f *outlineFilter) active() bool { return len(f.words) > 0 || f.show != "" }

// matches reports whether a row is what is looked for.
func (f *outlineFilter) matches(node *authoring.Node) bool {
	if len(f.words) > 0 {
		said := course.Fold(node.Title)
		for _, word := range f.words {
			if !strings.Contains(said, word) {
				return false
			}
		}
	}
	switch f.show {
	case "unpublished":
		return node.State != authoring.StateLive || node.Below > 0 && len(node.Children) == 0
	case "broken":
		return f.broken[node.Usage] || node.Conflicts > 0
	case "dates":
		return node.Fields["start"] != nil || node.Fields["due"] != nil || node.Fields["relative_weeks_due"] != nil
	case "graded":
		return string(node.Fields["graded"]) == "true"
	case "hidden":
		return string(node.Fields["visible_to_staff_only"]) == "true" || string(node.Fields["hide_from_toc"]) == "true"
	}
	return true
}

func (r *request) outlineFilter() (*outlineFilter, error) {
	f := &outlineFilter{words: strings.Fields(course.Fold(clip(r.Query("q"), 200))), show: r.Query("show"), opened: map[string]bool{}}
	if !slices.Contains(outlineShows, f.show) {
		f.show = ""
	}
	for _, open := range r.Context().QueryArgs().PeekMulti("open") {
		f.opened[string(open)] = true
	}
	if f.show != "broken" {
		return f, nil
	}
	report, err := r.lookThrough()
	if err != nil {
		return nil, err
	}
	if report.Waiting > 0 {
		r.site().Review.Begin(r.course) // the next look knows more
	}
	f.broken = map[key.Usage]bool{}
	for i := range report.Findings {
		if found := &report.Findings[i]; found.Kind == review.KindBlocks {
			at := found.Usage
			if found.Unit.ID != "" {
				at = found.Unit
			}
			f.broken[at] = true
		}
	}
	return f, nil
}

func (r *request) studioOutline() error {
	if r.course.Library() {
		return r.studioLibrary()
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	if r.wantsData() && r.Query("version") == tree.Version {
		return r.data(fiber.StatusOK, fiber.Map{"version": tree.Version})
	}
	body, err := r.outlineBody(tree)
	if err != nil {
		return err
	}
	if r.wantsData() {
		var out bytes.Buffer
		if err := r.server.templates.ExecuteTemplate(&out, "studio-rows", page{W: r.words, Token: r.token(), Body: body}); err != nil {
			return err
		}
		return r.data(fiber.StatusOK, fiber.Map{"html": out.String(), "version": tree.Version, "note": body.Note, "changes": body.Changes, "deeds": json.RawMessage(body.Deeds)})
	}
	body.UndoOp = clip(r.Query("op"), 100)
	return r.showStudio(fiber.StatusOK, "studio_outline.html", "outline", page{Title: r.words.T("studio.tab.outline"), Body: body, Focus: r.didNotice()})
}

func (r *request) outlineBody(tree *authoring.Tree) (*outlineBody, error) {
	filter, err := r.outlineFilter()
	if err != nil {
		return nil, err
	}
	body := &outlineBody{
		Path: r.studioPath(), Course: r.course.String(), Root: tree.Course.Usage.String(), Last: lastChild(tree.Course), Version: tree.Version,
		Query: clip(r.Query("q"), 200), Filtered: filter.active(),
	}
	for _, show := range outlineShows {
		body.Shows = append(body.Shows, choice{Value: show, Text: r.words.T("studio_show." + firstOf(show, "all")), Chosen: show == filter.show})
	}
	if body.Deeds, err = r.deedsText(key.Usage{}); err != nil {
		return nil, err
	}
	body.Big = countNodes(tree.Course) > outlineWhole
	found := 0
	w := &rowWriting{r: r, body: body, filter: filter, found: &found, talks: map[string]int{}}
	if w.behind, err = r.unitsBehind(); err != nil {
		return nil, err
	}
	updates := 0
	for _, n := range w.behind {
		updates += n
	}
	if updates > 0 {
		body.Updates = r.words.T("library.updates", updates)
	}
	talks, err := r.site().Remarks.Open(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	for i := range talks {
		w.talks[talks[i].Unit]++
	}
	w.under(tree.Course, 1)
	body.Note = r.words.T("studio.outline_size", countNodes(tree.Course)-1)
	if filter.active() {
		body.Note = r.words.T("studio.outline_found", found)
	}
	if tree.Changed > 0 {
		body.Changes = r.words.T("studio.changes_waiting", tree.Changed)
	}
	for _, k := range outlineKeys {
		body.Keys = append(body.Keys, outlineKey{strings.Fields(k[1]), r.words.T("studio_key." + k[0])})
	}
	return body, nil
}

func countNodes(node *authoring.Node) int {
	n := 1
	for _, child := range node.Children {
		n += countNodes(child)
	}
	return n
}

func lastChild(node *authoring.Node) string {
	if len(node.Children) == 0 {
		return ""
	}
	return node.Children[len(node.Children)-1].Usage.String()
}

// rowWriting lays rows out.
type rowWriting struct {
	r      *request
	body   *outlineBody
	filter *outlineFilter
	found  *int
	// talks counts the open talks about each unit.
	talks map[string]int
	// behind counts the copies in a unit that are behind their libraries.
	behind map[key.Usage]int
}

// under adds the rows under a container and reports whether there is any.
func (w *rowWriting) under(parent *authoring.Node, level int) bool {
	shown := false
	for i, node := range parent.Children {
		at := len(w.body.Rows)
		hit := w.filter.active() && w.filter.matches(node)
		w.body.Rows = append(w.body.Rows, outlineRow{})
		fetched := !w.body.Big || w.filter.active() || w.filter.opened[node.Usage.String()]
		below := false
		if fetched && level < levelUnit {
			below = w.under(node, level+1)
		}
		if w.filter.active() && !hit && !below {
			w.body.Rows = w.body.Rows[:at]
			continue
		}
		if hit {
			*w.found++
		}
		shown = true
		row := w.row(node, level)
		row.Pos, row.Size, row.Found = i+1, len(parent.Children), w.filter.active()
		if len(node.Children) > 0 && level < levelUnit {
			row.Expanded, row.Unfetched = "true", !fetched
			if !fetched {
				row.Expanded = "false"
			}
			if w.body.Big {
				row.Toggle = w.toggle(node.Usage.String())
			}
		}
		w.body.Rows[at] = row
	}
	return shown
}

// toggle is the address at which a row of a big course is open, or shut.
func (w *rowWriting) toggle(usage string) string {
	values := url.Values{}
	for open := range w.filter.opened {
		if open != usage {
			values.Add("open", open)
		}
	}
	if !w.filter.opened[usage] {
		values.Add("open", usage)
	}
	return link(w.body.Path, values)
}

func (w *rowWriting) row(node *authoring.Node, level int) outlineRow {
	r := w.r
	usage := node.Usage.String()
	row := outlineRow{
		Usage: usage, Title: node.Title, Level: level, Last: lastChild(node), Kind: r.words.T("studio.kind_" + node.Usage.Type),
		Settings: w.body.Path + "/blocks/" + url.PathEscape(usage) + "/settings",
	}
	if row.Title == "" {
		row.Title = r.words.T("studio.new_" + node.Usage.Type)
	}
	row.Link = row.Settings
	if level == levelUnit {
		row.Link = w.body.Path + "/units/" + url.PathEscape(node.Usage.ID)
	}
	if child := outlineChild[node.Usage.Type]; child != "" && level < levelUnit {
		row.Add = r.words.T("studio.add_" + child)
	}
	w.state(&row, node)
	w.facts(&row, node, level)
	row.Label = r.words.T("studio.row_label", row.Kind, row.Title, row.State)
	return row
}

// state says how a row stands, in a word and a sign.
func (w *rowWriting) state(row *outlineRow, node *authoring.Node) {
	T := w.r.words.T
	switch {
	case node.Conflicts > 0:
		row.StateKind, row.Icon, row.State = "bad", "!", T("studio.state_conflict")
	case w.filter.broken[node.Usage]:
		row.StateKind, row.Icon, row.State = "bad", "!", T("studio.state_broken")
	case node.State == authoring.StateNew:
		row.StateKind, row.Icon, row.State = "new", "+", T("studio.state_new")
	case node.State == authoring.StateChanged || node.Below > 0:
		row.StateKind, row.Icon, row.State = "changed", "●", T("studio.state_changed")
		if node.Below > 0 && len(node.Children) > 0 {
			row.State = T("studio.state_below", node.Below)
		}
	default:
		row.StateKind, row.Icon, row.State = "live", "✓", T("studio.state_live")
		if s := node.Resolved; s != nil && s.Start != nil && s.Start.After(w.r.now()) {
			row.StateKind, row.Icon, row.State = "later", "◷", T("studio.state_later")
		}
	}
}

// facts are what matters of a row at a glance.
func (w *rowWriting) facts(row *outlineRow, node *authoring.Node, level int) {
	T := w.r.words.T
	add := func(kind, text string) { row.Facts = append(row.Facts, outlineFact{Kind: kind, Text: text}) }
	if n := w.talks[row.Usage]; n > 0 {
		add("talk", T("studio_talk.count", n))
	}
	if n := w.behind[node.Usage]; n > 0 {
		add("changed", T("library.updates", n))
	}
	if forGroups(node.Fields["group_access"]) {
		add("staff", T("studio.fact_groups"))
	}
	s := node.Resolved
	if s == nil {
		return
	}
	on := func(value *bool) bool { return value != nil && *value }
	if on(s.StaffOnly) {
		add("staff", T("studio.fact_staff"))
	} else if on(s.HideFromTOC) {
		add("staff", T("studio.fact_unlisted"))
	}
	if node.Fields["start"] != nil && s.Start != nil {
		row.Facts = append(row.Facts, outlineFact{Kind: "date", Text: T("studio.fact_opens"), At: w.r.instant(*s.Start)})
	}
	if level != levelSubsection {
		return
	}
	if on(s.Graded) {
		add("graded", firstOf(s.Format, T("studio.fact_graded")))
	}
	switch {
	case on(s.SelfPaced) && s.RelativeWeeksDue != nil:
		add("date", T("studio.fact_weeks", *s.RelativeWeeksDue))
	case s.Due != nil:
		row.Facts = append(row.Facts, outlineFact{Kind: "date", Text: T("studio.fact_due"), At: w.r.instant(*s.Due)})
	}
	if s.TimeLimited && s.TimeLimitMinutes != nil {
		add("timed", T("studio.fact_timed", int(*s.TimeLimitMinutes)))
	}
	if s.RequiredContent != "" {
		add("timed", T("studio.fact_prerequisite"))
	}
}
