package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	pageInfo, pageAbout, pageTab = "info", "about", "tabs"
	slugUpdates                  = "updates"
	updateDeleted                = "deleted"
	updateNew                    = -1
	// notUpdate says that a text is a page of its own.
	notUpdate = -2
	// maxUpdates bounds the messages of a course.
	maxUpdates = 2000
)

// studioText is a text beside the outline: a page of its own, or one of the messages that stand in a page together.
type studioText struct {
	kind, slug string
	// item is the place of a message among the others, updateNew for one to be written, notUpdate for a page.
	item        int
	title, link string
	// rich texts are HTML; of the others each is a line or a few.
	rich bool
}

// textState is a text as one author sees it. Date is written as the team wrote it.
type textState struct{ Date, Text string }

// hash tells states apart: what an author saw is known by it.
func (s textState) hash() string {
	sum := sha256.Sum256([]byte(s.Date + "\x00" + s.Text))
	return hex.EncodeToString(sum[:16])
}

func (r *request) textLink(name string) string { return r.studioPath() + "/pages/text/" + name }

// textNamed is the text of an address, or not found.
func (r *request) textNamed(name string) (*studioText, error) {
	kind, slug, _ := strings.Cut(name, "/")
	text := &studioText{kind: kind, slug: slug, item: notUpdate, link: r.textLink(name), rich: true}
	switch {
	case studioTextKnown(name):
		text.title = r.words.T("pages.text_" + slug)
		text.rich = slug != "short_description" && slug != "effort"
	case kind == "update":
		text.kind, text.slug, text.item, text.title = pageInfo, slugUpdates, updateNew, r.words.T("pages.new_update")
		if slug == "new" {
			return text, nil
		}
		at, err := strconv.Atoi(slug)
		if err != nil || at < 0 || strconv.Itoa(at) != slug {
			return nil, errNotFound
		}
		text.item, text.title = at, r.words.T("pages.update")
	case kind == pageTab && slug != "":
		list, err := r.pageTabs()
		if err != nil {
			return nil, err
		}
		at := list.find("static_tab/" + slug)
		if at < 0 {
			return nil, errNotFound
		}
		text.title = list[at].tab.Name
	default:
		return nil, errNotFound
	}
	return text, nil
}

// read is what a page's document says of the text; nil is a page that is not written.
func (t *studioText) read(doc *course.Page) textState {
	switch {
	case doc == nil || t.item == updateNew:
		return textState{}
	case t.item == notUpdate:
		return textState{Text: doc.HTML}
	}
	list := listedUpdates(doc)
	if t.item >= len(list) || list[t.item].Status == updateDeleted {
		return textState{}
	}
	return textState{list[t.item].Date, list[t.item].Content}
}

// there reports whether the document has the text.
func (t *studioText) there(doc *course.Page) bool {
	if t.item < 0 || doc == nil {
		return t.item < 0
	}
	list := listedUpdates(doc)
	return t.item < len(list) && list[t.item].Status != updateDeleted
}

// errUpdates says that the list of messages cannot be read, so nothing is written over it.
var errUpdates = errors.New("the list of updates cannot be read")

// write makes the document with the text. gone takes a message away.
func (t *studioText) write(doc *course.Page, state textState, gone bool) (*course.Page, error) {
	after := course.Page{}
	if doc != nil {
		after = *doc
	}
	if t.item == notUpdate {
		after.HTML = state.Text
		return &after, nil
	}
	list := []map[string]json.RawMessage{}
	if text := after.Fields["items"]; text != "" && json.Unmarshal([]byte(text), &list) != nil {
		return nil, errUpdates
	}
	at, status := t.item, "visible"
	if at == updateNew {
		if len(list) >= maxUpdates {
			return nil, errUpdates
		}
		at = len(list)
		list = append(list, map[string]json.RawMessage{"id": json.RawMessage(strconv.Itoa(at + 1))})
	}
	if at >= len(list) || list[at] == nil {
		return nil, errNotFound
	}
	entry := maps.Clone(list[at])
	if gone {
		status = updateDeleted
	}
	for name, value := range map[string]string{"date": state.Date, "content": state.Text, "status": status} {
		data, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		entry[name] = data
	}
	list[at] = entry
	data, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	after.Fields = store.Map[string](maps.Clone(map[string]string(after.Fields)))
	if after.Fields == nil {
		after.Fields = store.Map[string]{}
	}
	after.Fields["items"] = string(data)
	return &after, nil
}

// studioTextBody is the editor of one text.
type studioTextBody struct {
	Path, Action, Live string
	// Name is the name of a page of the course; Named says that it is one.
	Name  string
	Named bool
	// Dated says that it is a message with a date.
	Dated, Rich, New bool
	State            textState
	Base, Op         string
	Script           string
	Conflict         *textConflict
	History          []textChange
	More             bool
	Errors           map[string]string
}

// textConflict is what another author saved meanwhile, where both could not be put together.
type textConflict struct {
	By, Text    string
	At          *instant
	Differences []differencePart
}

// textChange is one change in a text's history.
type textChange struct {
	Op, Text, By string
	At           *instant
	Differences  []differencePart
	Undo, Back   bool
}

func (r *request) studioText() error {
	text, err := r.textNamed(r.starName())
	if err != nil {
		return err
	}
	doc, err := r.textDoc(text)
	if err != nil {
		return err
	}
	if !text.there(doc) {
		return errNotFound
	}
	state := text.read(doc)
	body := &studioTextBody{State: state, Base: state.hash()}
	if text.item == updateNew {
		body.State.Date = r.now().In(r.words.Zone).Format(time.DateOnly)
	}
	if doc != nil {
		body.Op = doc.Op
	}
	return r.showText(fiber.StatusOK, text, body, nil)
}

// textDoc is the document that the text stands in, nil for none.
func (r *request) textDoc(text *studioText) (*course.Page, error) {
	doc, err := r.site().Courses.Page(r.ctx(), r.course, text.kind, text.slug)
	if isNotFound(err) {
		return nil, nil
	}
	return &doc, err
}

func (r *request) showText(status int, text *studioText, body *studioTextBody, focus *notice) error {
	body.Path, body.Action, body.Rich, body.Dated, body.New = r.studioPath()+"/pages", text.link, text.rich, text.item != notUpdate, text.item == updateNew
	body.Script = r.richScript()
	if body.Named = text.kind == pageTab; body.Named {
		body.Name = firstOf(body.Name, text.title)
	}
	if r.published != nil {
		body.Live = "/courses/" + r.course.String() + map[string]string{pageInfo: "", pageAbout: "/about", pageTab: "/pages/" + text.slug}[text.kind]
	}
	if text.item != updateNew {
		if err := r.textHistory(text, body); err != nil {
			return err
		}
	}
	if did := r.Query("did"); did == "restored" && focus == nil {
		focus = &notice{Kind: "good", Text: r.words.T("pages.restored")}
	}
	return r.showStudio(status, "studio_pagetext.html", "pages", page{Title: text.title, Body: body, Focus: focus, Bundle: "studiopages"})
}

// textHistory lists what was changed of the text.
func (r *request) textHistory(text *studioText, body *studioTextBody) error {
	entries, next, err := r.site().Beside.History(r.ctx(), r.course, beside.Page, text.kind+"/"+text.slug, "", shownChanges)
	if err != nil {
		return err
	}
	body.More = next != ""
	names := map[string]string{}
	for i := range entries {
		e := &entries[i]
		before, after := text.read(e.Before.Page), text.read(e.After.Page)
		if before == after && text.item != notUpdate {
			continue // of another message
		}
		change := textChange{Op: e.Op, Text: r.words.T("files.change_"+e.Did, e.Note), At: r.instant(e.At), Differences: r.textDifferences(before, after)}
		change.Undo = len(body.History) == 0 && text.there(e.Before.Page)
		change.Back = len(body.History) > 0 && e.After.Page != nil && text.there(e.After.Page)
		if change.By, err = r.nameOf(names, e.By); err != nil {
			return err
		}
		body.History = append(body.History, change)
	}
	return nil
}

// textDifferences compares two states of a text.
func (r *request) textDifferences(before, after textState) []differencePart {
	var all []authoring.Difference
	for _, one := range [][3]string{{"pages.date", before.Date, after.Date}, {"pages.content", before.Text, after.Text}} {
		if one[1] != one[2] {
			all = append(all, authoring.Difference{Field: one[0], Before: string(jsonOf(one[1])), After: string(jsonOf(one[2])), Lines: authoring.CompareText(one[1], one[2])})
		}
	}
	parts := r.differenceParts("", all)
	for i := range parts {
		parts[i].Name = r.words.T(all[i].Field)
	}
	return parts
}

func jsonOf(text string) json.RawMessage {
	data, err := json.Marshal(text)
	if err != nil { // a text always encodes
		return json.RawMessage(`""`)
	}
	return data
}
