package host

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// The types of tabs that this platform shows; of others the course keeps what an archive brought.
const (
	tabStatic   = "static_tab"
	tabExternal = "external_link"
	tabBooks    = "textbooks"
)

// maxTabs bounds the tabs of a course.
const maxTabs = 100

// tabEntry is a tab of the course's setting: what pages read of it, and all of it.
type tabEntry struct {
	tab courseTab
	raw map[string]json.RawMessage
}

// key names a tab among the others.
func (e *tabEntry) key() string {
	return e.tab.Type + "/" + firstOf(e.tab.Slug, e.tab.Link)
}

type tabList []tabEntry

func (l tabList) find(key string) int {
	return slices.IndexFunc(l, func(e tabEntry) bool { return e.key() == key })
}

func newTab(tab courseTab) tabEntry {
	e := tabEntry{tab, map[string]json.RawMessage{}}
	for name, value := range map[string]string{"type": tab.Type, "name": tab.Name, "url_slug": tab.Slug, "link": tab.Link} {
		if value != "" {
			e.raw[name] = jsonOf(value)
		}
	}
	return e
}

// with is the tab with one thing said of it, nil takes that away.
func (e *tabEntry) with(name string, value any) (tabEntry, error) {
	out := tabEntry{raw: maps.Clone(e.raw)}
	delete(out.raw, name)
	if value != nil {
		data, err := json.Marshal(value)
		if err != nil {
			return out, err
		}
		out.raw[name] = data
	}
	data, err := json.Marshal(out.raw)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(data, &out.tab)
}

// errTabs says that the setting is no list of tabs, so nothing is written over it.
var errTabs = errors.New("the list of tabs cannot be read")

// pageTabs are the course's tabs as its team has them, with those of the platform that it does not mention at their usual place.
func (r *request) pageTabs() (tabList, error) {
	run, err := r.settingsRun()
	if err != nil {
		return nil, err
	}
	var raw []json.RawMessage
	if text := run.Settings["tabs"]; text != "" && text != "null" && json.Unmarshal([]byte(text), &raw) != nil {
		return nil, errTabs
	}
	var list tabList
	for _, data := range raw {
		var e tabEntry
		if json.Unmarshal(data, &e.raw) != nil || json.Unmarshal(data, &e.tab) != nil || e.raw == nil {
			return nil, errTabs
		}
		list = append(list, e)
	}
	if len(list) == 0 {
		list = append(list, newTab(courseTab{Type: "courseware", Name: "Course"}))
	}
	for _, tab := range []courseTab{{Type: "progress", Name: "Progress"}, {Type: "dates", Name: "Dates"}} {
		if !slices.ContainsFunc(list, func(e tabEntry) bool { return e.tab.Type == tab.Type }) {
			list = append(list, newTab(tab))
		}
	}
	if books, err := r.books(); err == nil && len(books) > 0 && !slices.ContainsFunc(list, func(e tabEntry) bool { return isBooks(e.tab.Type) }) {
		list = append(list, newTab(courseTab{Type: tabBooks, Name: "Textbooks"}))
	}
	return list, nil
}

func isBooks(kind string) bool {
	return kind == tabBooks || kind == "pdf_textbooks" || kind == "html_textbooks"
}

// tabRow is a tab in the list.
type tabRow struct {
	Key, Name, Kind, Edit, Live string
	// Own tabs can be renamed and deleted; Shown says that this platform shows such a tab, Fixed that it is always the first.
	Own, Shown, Fixed, Hidden bool
	Place                     int
	First, Last               bool
	// Up and Down are what it stands behind when it is moved, "" for the beginning.
	Up, Down string
}

func (r *request) tabRows() ([]tabRow, error) {
	list, err := r.pageTabs()
	if errors.Is(err, errTabs) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []tabRow
	for i := range list {
		tab := &list[i].tab
		row := tabRow{Key: list[i].key(), Name: tab.Name, Hidden: tab.Hidden, Place: i + 1, First: i == 0, Last: i == len(list)-1, Shown: true}
		switch {
		case tab.Type == tabStatic:
			row.Own, row.Kind, row.Edit = true, r.words.T("pages.kind_page"), r.textLink(pageTab+"/"+url.PathEscape(tab.Slug))
			if r.published != nil {
				row.Live = "/courses/" + r.course.String() + "/pages/" + url.PathEscape(tab.Slug)
			}
		case tab.Type == tabExternal:
			row.Own, row.Kind = true, tab.Link
		case tab.Type == "courseware" || tab.Type == "course_info":
			row.Fixed, row.Kind = true, r.words.T("pages.kind_first")
		case tab.Type == "progress" || tab.Type == "dates":
			row.Kind = r.words.T("pages.kind_" + tab.Type)
		case isBooks(tab.Type):
			row.Kind = r.words.T("pages.kind_books")
		default:
			row.Shown, row.Kind = false, r.words.T("pages.kind_other")
		}
		row.Name = firstOf(usualName(r.words, tab), row.Name, tab.Type)
		if i > 1 {
			row.Up = list[i-2].key()
		}
		if i+1 < len(list) {
			row.Down = list[i+1].key()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// usualName is the reader's word for a page of the platform that has its usual name, "" for others.
func usualName(w *words.Reader, tab *courseTab) string {
	for _, usual := range [][3]string{{"progress", "Progress", "nav.progress"}, {"dates", "Dates", "nav.dates"}, {"courseware", "Course", "nav.outline"}, {tabBooks, "Textbooks", "nav.textbooks"}} {
		if tab.Type == usual[0] && tab.Name == usual[1] {
			return w.T(usual[2])
		}
	}
	return ""
}

// putTabs makes a list of tabs hold at once.
func (r *request) putTabs(list tabList) error {
	raw := make([]map[string]json.RawMessage, len(list))
	for i := range list {
		raw[i] = list[i].raw
	}
	data, err := json.Marshal(raw)
	if err != nil {
		return err
	}
	return r.putSetting("tabs", data)
}

func (r *request) putSetting(name string, value json.RawMessage) error {
	_, err := r.authoring().PublishSettings(r.ctx(), r.author(), r.course, authoring.Settings{Fields: wire.Fields{name: value}})
	if err != nil {
		return r.studioFailure(err)
	}
	// What follows shows the course as it is now.
	if r.run, err = r.site().Courses.Run(r.ctx(), r.course); err != nil || r.run.Head.Root == "" {
		return err
	}
	r.published, err = r.site().Courses.Published(r.ctx(), r.course)
	return err
}

// studioTabs does what a form of the list asks for.
func (r *request) studioTabs() error {
	list, err := r.pageTabs()
	if errors.Is(err, errTabs) {
		return fiber.NewError(fiber.StatusConflict, r.words.T("pages.bad_tabs"))
	}
	if err != nil {
		return err
	}
	switch r.form("do") {
	case "add":
		return r.addTab(list)
	case "back":
		return r.tabBack(list)
	}
	at := list.find(r.form("tab"))
	if at < 0 {
		return errNotFound
	}
	var said string
	switch r.form("do") {
	case "hide", "show":
		said = r.words.T("pages.shown_now", list[at].tab.Name)
		hidden := any(nil)
		if r.form("do") == "hide" {
			hidden, said = true, r.words.T("pages.hidden_now", list[at].tab.Name)
		}
		if list[at], err = list[at].with("is_hidden", hidden); err != nil {
			return err
		}
	case "move":
		said = r.words.T("pages.moved", list[at].tab.Name)
		if list, err = moved(list, at, r.form("after")); err != nil {
			return err
		}
	case "delete":
		return r.deleteTab(list, at)
	default:
		return fiber.ErrBadRequest
	}
	if err := r.putTabs(list); err != nil {
		return err
	}
	return r.tabsDone(said)
}

func (r *request) tabsDone(said string) error {
	if r.wantsData() {
		return r.data(fiber.StatusOK, studioDone{Did: "saved", Message: said})
	}
	return r.showPages(fiber.StatusOK, &studioPagesBody{}, &notice{Kind: "good", Text: said})
}

// moved puts a tab behind another, "" puts it first.
func moved(list tabList, at int, after string) (tabList, error) {
	tab := list[at]
	list = slices.Delete(slices.Clone(list), at, at+1)
	to := 0
	if after != "" {
		if to = list.find(after); to < 0 {
			return nil, errNotFound
		}
		to++
	}
	return slices.Insert(list, to, tab), nil
}

// addTab makes a page, or a tab that leads elsewhere.
func (r *request) addTab(list tabList) error {
	name, link := strings.Join(strings.Fields(clip(r.form("name"), maxTitle)), " "), strings.TrimSpace(clip(r.form("link"), 1000))
	wrong := ""
	switch {
	case name == "":
		wrong = r.words.T("pages.no_name")
	case link != "" && !webAddress(link):
		wrong = r.words.T("pages.bad_link", link)
	case len(list) >= maxTabs:
		wrong = r.words.T("pages.many_tabs", maxTabs)
	case link != "" && list.find(tabExternal+"/"+link) >= 0:
		wrong = r.words.T("pages.link_there")
	}
	if wrong != "" {
		return r.showPages(fiber.StatusUnprocessableEntity, &studioPagesBody{NewTab: name, TabError: wrong}, &notice{Kind: "bad", Text: wrong, To: "new-tab"})
	}
	tab := courseTab{Type: tabExternal, Name: name, Link: link}
	if link == "" {
		var random [8]byte
		rand.Read(random[:]) // never fails
		tab = courseTab{Type: tabStatic, Name: name, Slug: hex.EncodeToString(random[:])}
		b := r.site().Beside
		// The page first: a tab without a page would lead nowhere.
		if _, err := b.PutPage(r.ctx(), b.Begin(r.course, r.user.ID, "write"), course.Page{Kind: pageTab, Slug: tab.Slug}); err != nil {
			return err
		}
	}
	if err := r.putTabs(append(list, newTab(tab))); err != nil {
		return err
	}
	if link == "" {
		return r.Redirect(r.textLink(pageTab+"/"+tab.Slug), fiber.StatusSeeOther)
	}
	return r.tabsDone(r.words.T("pages.added", name))
}

// deleteTab takes a page out of the navigation and away; the page that follows can bring both back.
func (r *request) deleteTab(list tabList, at int) error {
	e := list[at]
	if e.tab.Type != tabStatic && e.tab.Type != tabExternal {
		return errNotFound
	}
	undo := &pageUndo{r.studioPath() + "/pages/tabs", r.words.T("files.bring_back"), [][2]string{
		{"do", "back"}, {"name", e.tab.Name}, {"place", strconv.Itoa(at)}, {"slug", e.tab.Slug}, {"link", e.tab.Link},
	}}
	if err := r.putTabs(slices.Delete(slices.Clone(list), at, at+1)); err != nil {
		return err
	}
	if e.tab.Type == tabStatic {
		b := r.site().Beside
		op := b.Begin(r.course, r.user.ID, "delete")
		if err := b.DeletePage(r.ctx(), op, pageTab, e.tab.Slug); err != nil {
			return err
		}
		undo.Values = append(undo.Values, [2]string{"op", op.ID})
	}
	return r.showPages(fiber.StatusOK, &studioPagesBody{Undo: undo}, &notice{Kind: "good", Text: r.words.T("pages.deleted", e.tab.Name)})
}

// tabBack brings a deleted page back to its place.
func (r *request) tabBack(list tabList) error {
	tab := courseTab{Type: tabExternal, Name: clip(r.form("name"), maxTitle), Slug: clip(r.form("slug"), 200), Link: clip(r.form("link"), 1000)}
	place, err := strconv.Atoi(r.form("place"))
	if err != nil || tab.Link != "" && !webAddress(tab.Link) || tab.Link == "" && tab.Slug == "" {
		return fiber.ErrBadRequest
	}
	if tab.Link == "" {
		tab.Type = tabStatic
		b := r.site().Beside
		_, err := b.Find(r.ctx(), r.course, beside.Page, pageTab+"/"+tab.Slug, clip(r.form("op"), 100))
		if err == nil {
			_, _, err = b.Undo(r.ctx(), r.course, r.user.ID, clip(r.form("op"), 100))
		}
		if errors.Is(err, beside.ErrNotFound) {
			return errNotFound
		}
		if err != nil {
			return err
		}
	}
	e := newTab(tab)
	if list.find(e.key()) < 0 {
		if err := r.putTabs(slices.Insert(list, min(max(place, 0), len(list)), e)); err != nil {
			return err
		}
	}
	return r.tabsDone(r.words.T("files.undone"))
}

// renameTab gives a page of the course another name.
func (r *request) renameTab(slug, name string) error {
	list, err := r.pageTabs()
	if err != nil {
		return fmt.Errorf("renaming a page: %w", err)
	}
	at := list.find(tabStatic + "/" + slug)
	if at < 0 {
		return errNotFound
	}
	if list[at], err = list[at].with("name", name); err != nil {
		return err
	}
	return r.putTabs(list)
}
