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
	parts := r.differenceParts(all)
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

// sentText is what the editor's form holds, in the form's own line ends.
func (r *request) sentText() textState {
	clean := func(name string, most int) string { return strings.ReplaceAll(clip(r.form(name), most), "\r\n", "\n") }
	return textState{strings.TrimSpace(clean("date", 200)), clean("text", maxCourseText)}
}

func (r *request) studioTextSave() error {
	text, err := r.textNamed(r.starName())
	if err != nil {
		return err
	}
	switch r.form("do") {
	case "restore", "undo":
		return r.textBack(text)
	case "remove":
		return r.updateRemove(text)
	case "save":
		return r.textSave(text)
	}
	return fiber.ErrBadRequest
}

// textBack brings an earlier state of a text back, or takes its last change back.
func (r *request) textBack(text *studioText) error {
	b, name := r.site().Beside, text.kind+"/"+text.slug
	entry, err := b.Find(r.ctx(), r.course, beside.Page, name, clip(r.form("op"), 100))
	if errors.Is(err, beside.ErrNotFound) || text.item == updateNew {
		return errNotFound
	}
	if err != nil {
		return err
	}
	wanted, did := entry.After.Page, "restore"
	if r.form("do") == "undo" {
		wanted, did = entry.Before.Page, "undo"
	}
	if !text.there(wanted) {
		return errNotFound
	}
	state := text.read(wanted)
	_, err = b.EditPage(r.ctx(), b.Begin(r.course, r.user.ID, did), text.kind, text.slug, func(now *course.Page) (*course.Page, error) {
		return text.write(now, state, false)
	})
	if err != nil {
		return err
	}
	return r.Redirect(text.link+"?did=restored", fiber.StatusSeeOther)
}

// updateRemove takes a message away; the page that follows can bring it back.
func (r *request) updateRemove(text *studioText) error {
	if text.item < 0 {
		return errNotFound
	}
	b := r.site().Beside
	op := b.Begin(r.course, r.user.ID, "delete")
	_, err := b.EditPage(r.ctx(), op, text.kind, text.slug, func(now *course.Page) (*course.Page, error) {
		if !text.there(now) {
			return nil, errNotFound
		}
		return text.write(now, text.read(now), true)
	})
	if err != nil {
		return err
	}
	body := &studioPagesBody{Undo: &pageUndo{r.studioPath() + "/pages/undo", r.words.T("files.bring_back"), [][2]string{{"op", op.ID}}}}
	return r.showPages(fiber.StatusOK, body, &notice{Kind: "good", Text: r.words.T("pages.update_gone")})
}

// conflictError is what another author saved meanwhile.
type conflictError struct{ now course.Page }

func (*conflictError) Error() string { return "another author saved meanwhile" }

// textSave saves what was typed over what its author saw. Where another author saved meanwhile, both are put together line by line, or
// nothing is saved and both are shown.
func (r *request) textSave(text *studioText) error {
	sent, base, merged := r.sentText(), r.form("base"), false
	if len(r.form("text")) > maxCourseText {
		return fiber.NewError(fiber.StatusRequestEntityTooLarge, r.words.T("pages.too_long", r.words.Bytes(maxCourseText)))
	}
	name := strings.Join(strings.Fields(clip(r.form("name"), maxTitle)), " ")
	if text.kind == pageTab && name == "" {
		return r.textRefused(text, sent, map[string]string{"name": r.words.T("pages.no_name")})
	}
	if text.item != notUpdate && !visible(sent.Text) {
		return r.textRefused(text, sent, map[string]string{"text": r.words.T("pages.no_text")})
	}
	saw := r.textSeen(text, clip(r.form("op"), 100), base)
	b := r.site().Beside
	op := b.Begin(r.course, r.user.ID, "write")
	_, err := b.EditPage(r.ctx(), op, text.kind, text.slug, func(now *course.Page) (*course.Page, error) {
		want, current := sent, text.read(now)
		merged = false
		if !text.there(now) {
			return nil, errNotFound
		}
		if current.hash() != base && current != sent && text.item != updateNew {
			if want, merged = mergeTexts(saw, sent, current); !merged {
				return nil, &conflictError{orNone(now)}
			}
		}
		return text.write(now, want, false)
	})
	var conflict *conflictError
	switch {
	case errors.As(err, &conflict):
		return r.textConflicted(text, sent, name, &conflict.now)
	case errors.Is(err, errUpdates):
		return fiber.NewError(fiber.StatusConflict, r.words.T("pages.bad_updates"))
	case err != nil:
		return err
	}
	if text.kind == pageTab && name != text.title {
		if err := r.renameTab(text.slug, name); err != nil {
			return err
		}
	}
	return r.textSaved(text, merged)
}

func orNone(doc *course.Page) course.Page {
	if doc == nil {
		return course.Page{}
	}
	return *doc
}

// textSeen is the state that an author saw, as far as the history still has it.
func (r *request) textSeen(text *studioText, op, base string) *textState {
	if (textState{}).hash() == base {
		return &textState{}
	}
	entry, err := r.site().Beside.Find(r.ctx(), r.course, beside.Page, text.kind+"/"+text.slug, op)
	if err != nil {
		return nil // then nothing is put together, and both are shown
	}
	if state := text.read(entry.After.Page); state.hash() == base {
		return &state
	}
	return nil
}

// mergeTexts puts two states together that were made of one.
func mergeTexts(base *textState, sent, now textState) (textState, bool) {
	if base == nil {
		return sent, false
	}
	date, ok := authoring.MergeText(base.Date, sent.Date, now.Date)
	if !ok {
		return sent, false
	}
	text, ok := authoring.MergeText(base.Text, sent.Text, now.Text)
	return textState{date, text}, ok
}

// textSaved says that learners see it now.
func (r *request) textSaved(text *studioText, merged bool) error {
	said := r.words.T("pages.saved")
	if merged {
		said = r.words.T("pages.merged")
	}
	if !r.wantsData() {
		if text.item == updateNew {
			return r.showPages(fiber.StatusOK, &studioPagesBody{}, &notice{Kind: "good", Text: said})
		}
		return r.Redirect(text.link, fiber.StatusSeeOther)
	}
	done := studioDone{Did: "saved", Message: said}
	if text.item == updateNew || merged {
		done.Location = text.link // the text is another one than what stands in the form
		if text.item == updateNew {
			done.Location = r.studioPath() + "/pages"
		}
		return r.data(fiber.StatusOK, done)
	}
	doc, err := r.textDoc(text)
	if err != nil {
		return err
	}
	now := orNone(doc)
	done.Was = map[string]string{"base": text.read(&now).hash(), "op": now.Op}
	return r.data(fiber.StatusOK, done)
}

func (r *request) textRefused(text *studioText, sent textState, wrong map[string]string) error {
	return r.refuseForm(wrong, nil, func(status int) error {
		body := &studioTextBody{State: sent, Base: clip(r.form("base"), 100), Op: clip(r.form("op"), 100), Name: clip(r.form("name"), maxTitle), Errors: wrong}
		return r.showText(status, text, body, &notice{Kind: "bad", Text: r.words.T("form.problems", len(wrong))})
	})
}

// textConflicted shows both texts: what was typed stays in the editor, what another author saved beside it. Saving again puts it over
// that knowingly; the other one stays in the history.
func (r *request) textConflicted(text *studioText, sent textState, name string, now *course.Page) error {
	by, err := r.nameOf(map[string]string{}, now.By)
	if err != nil {
		return err
	}
	stored := text.read(now)
	conflict := &textConflict{By: by, Text: stored.Text, At: r.instant(now.At), Differences: r.textDifferences(sent, stored)}
	said := r.words.T("pages.conflict", firstOf(by, r.words.T("files.somebody")))
	if r.wantsData() {
		html, err := r.studioTemplate("studio-text-conflict", page{W: r.words, Body: conflict})
		if err != nil {
			return err
		}
		return r.data(fiber.StatusConflict, fiber.Map{"error": said, "html": html, "was": map[string]string{"base": stored.hash(), "op": now.Op}})
	}
	body := &studioTextBody{State: sent, Base: stored.hash(), Op: now.Op, Name: name, Conflict: conflict}
	return r.showText(fiber.StatusConflict, text, body, &notice{Kind: "bad", Text: said})
}
