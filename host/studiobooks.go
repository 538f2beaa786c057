package host

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/fieldform"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// bookSetting is the course setting that lists books of PDF files.
const bookSetting = "pdf_textbooks"

// maxBooks bounds the books of a course.
const maxBooks = 100

// bookRow is a book in the list.
type bookRow struct{ Title, Chapters, Link string }

// studioBookBody is the editor of one book.
type studioBookBody struct {
	Path, Action, Title, Base, Upload string
	New                               bool
	Chapters                          template.HTML
	Errors                            map[string]string
}

// bookEntry is a book of the setting, all that it says.
type bookEntry map[string]json.RawMessage

func (e bookEntry) hash() string {
	data, err := json.Marshal(e) // the keys of a map are sorted
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

func (e bookEntry) title() string {
	var title string
	_ = json.Unmarshal(e["tab_title"], &title) // no text is no title
	return title
}

// books are the course's books as its team has them.
func (r *request) books() ([]bookEntry, error) {
	run, err := r.settingsRun()
	if err != nil {
		return nil, err
	}
	var list []bookEntry
	if text := run.Settings[bookSetting]; text != "" && json.Unmarshal([]byte(text), &list) != nil {
		return nil, fiber.NewError(fiber.StatusConflict, r.words.T("pages.bad_books"))
	}
	return list, nil
}

func (r *request) bookRows() ([]bookRow, error) {
	run, err := r.settingsRun()
	if err != nil {
		return nil, err
	}
	var rows []bookRow
	for i, book := range entries[textbook](run, bookSetting) {
		rows = append(rows, bookRow{
			firstOf(book.Title, r.words.T("textbook.untitled")), r.words.T("pages.chapters", max(1, len(book.Chapters))), r.studioPath() + "/pages/books/" + strconv.Itoa(i),
		})
	}
	return rows, nil
}

// bookNamed is the book of the address: its place, -1 for a new one.
func (r *request) bookNamed(list []bookEntry) (int, error) {
	name := r.starName()
	if name == "new" {
		return -1, nil
	}
	at, err := strconv.Atoi(name)
	if err != nil || at < 0 || at >= len(list) || strconv.Itoa(at) != name || list[at] == nil {
		return 0, errNotFound
	}
	return at, nil
}

func (r *request) chapterField(now json.RawMessage) []fieldform.Field {
	return []fieldform.Field{{Field: wire.Field{
		Name: "chapters", Scope: wire.ScopeSettings, Type: wire.TypeList, Title: r.words.T("pages.book_chapters"), Help: r.words.T("pages.book_help"),
		Items: []wire.Item{{Name: "title", Type: wire.TypeString, Title: r.words.T("pages.chapter_title")}, {Name: "url", Type: wire.TypeFile, Title: r.words.T("pages.chapter_file")}},
	}, Now: now}}
}

func (r *request) studioBook() error {
	list, err := r.books()
	if err != nil {
		return err
	}
	at, err := r.bookNamed(list)
	if err != nil {
		return err
	}
	body := &studioBookBody{New: at < 0}
	var chapters json.RawMessage
	if at >= 0 {
		body.Title, body.Base, chapters = list[at].title(), list[at].hash(), list[at]["chapters"]
		if link := list[at]["url"]; len(chapters) == 0 && len(link) > 0 { // a book of one file
			chapters = json.RawMessage(`[{"title":` + string(jsonOf(body.Title)) + `,"url":` + string(link) + `}]`)
		}
	}
	return r.showBook(fiber.StatusOK, body, chapters, nil)
}

func (r *request) showBook(status int, body *studioBookBody, chapters json.RawMessage, focus *notice) error {
	body.Path, body.Upload = r.studioPath()+"/pages", r.studioPath()+"/files/upload"
	body.Action = body.Path + "/books/" + url.PathEscape(r.starName())
	var err error
	if body.Chapters, err = fieldform.Draw(r.words, "book-", r.chapterField(chapters), nil); err != nil {
		return err
	}
	title := firstOf(body.Title, r.words.T("pages.new_book"))
	return r.showStudio(status, "studio_book.html", "pages", page{Title: title, Body: body, Focus: focus, Bundle: "studiopages"})
}

func (r *request) studioBookSave() error {
	list, err := r.books()
	if err != nil {
		return err
	}
	switch r.form("do") {
	case "back":
		return r.bookBack(list)
	case "save", "remove":
	default:
		return fiber.ErrBadRequest
	}
	at, err := r.bookNamed(list)
	if err != nil {
		return err
	}
	if at >= 0 && list[at].hash() != r.form("base") {
		return fiber.NewError(fiber.StatusConflict, r.words.T("pages.book_changed"))
	}
	if r.form("do") == "remove" {
		return r.bookRemove(list, at)
	}
	return r.bookSave(list, at)
}

func (r *request) bookSave(list []bookEntry, at int) error {
	sent := url.Values{}
	r.Request().PostArgs().VisitAll(func(name, value []byte) { sent.Add(string(name), string(value)) })
	chapters := fieldform.Read(r.chapterField(json.RawMessage("[]")), sent)["chapters"]
	title := strings.Join(strings.Fields(clip(r.form("title"), maxTitle)), " ")
	if wrong := r.wrongBook(title, chapters, at, len(list)); len(wrong) > 0 {
		return r.refuseForm(wrong, nil, func(status int) error {
			return r.showBook(status, &studioBookBody{Title: title, Base: clip(r.form("base"), 100), New: at < 0, Errors: wrong}, chapters, &notice{Kind: "bad", Text: r.words.T("form.problems", len(wrong))})
		})
	}
	entry := bookEntry{}
	if at >= 0 {
		entry = maps.Clone(list[at])
	}
	entry["tab_title"], entry["chapters"] = jsonOf(title), chapters
	delete(entry, "url")
	if at < 0 {
		list = append(list, entry)
	} else {
		list[at] = entry
	}
	if err := r.putBooks(list); err != nil {
		return err
	}
	if r.wantsData() {
		return r.data(fiber.StatusOK, studioDone{Did: "saved", Message: r.words.T("pages.saved"), Location: r.studioPath() + "/pages"})
	}
	return r.showPages(fiber.StatusOK, &studioPagesBody{}, &notice{Kind: "good", Text: r.words.T("pages.saved")})
}

// wrongBook says what is wrong with a book, by input.
func (r *request) wrongBook(title string, chapters json.RawMessage, at, count int) map[string]string {
	wrong := map[string]string{}
	if title == "" {
		wrong["title"] = r.words.T("pages.no_name")
	}
	if at < 0 && count >= maxBooks {
		wrong["title"] = r.words.T("pages.many_books", maxBooks)
	}
	var list []bookChapter
	if json.Unmarshal(chapters, &list) != nil || len(list) == 0 {
		wrong["chapters"] = r.words.T("pages.no_chapters")
	}
	for i, chapter := range list {
		if link, _ := r.bookAddress(chapter.URL); link == "" {
			wrong["chapters"] = r.words.T("pages.bad_chapter", i+1)
		}
	}
	return wrong
}

// putBooks makes a list of books hold at once, with a tab that leads to them.
func (r *request) putBooks(list []bookEntry) error {
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	if err := r.putSetting(bookSetting, data); err != nil || len(list) == 0 {
		return err
	}
	run, err := r.settingsRun()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(entries[courseTab](run, "tabs"), func(t courseTab) bool { return isBooks(t.Type) }) {
		return nil
	}
	tabs, err := r.pageTabs() // they have the books' tab now
	if err != nil {
		return nil //nolint:nilerr // a list of tabs that cannot be read stays; the books are saved
	}
	return r.putTabs(tabs)
}

func (r *request) bookRemove(list []bookEntry, at int) error {
	if at < 0 {
		return errNotFound
	}
	data, err := json.Marshal(list[at])
	if err != nil {
		return err
	}
	title := list[at].title()
	if err := r.putBooks(slices.Delete(slices.Clone(list), at, at+1)); err != nil {
		return err
	}
	undo := &pageUndo{r.studioPath() + "/pages/books/new", r.words.T("files.bring_back"), [][2]string{{"do", "back"}, {"place", strconv.Itoa(at)}, {"book", string(data)}}}
	return r.showPages(fiber.StatusOK, &studioPagesBody{Undo: undo}, &notice{Kind: "good", Text: r.words.T("pages.deleted", title)})
}

// bookBack brings a removed book back to its place.
func (r *request) bookBack(list []bookEntry) error {
	var entry bookEntry
	place, err := strconv.Atoi(r.form("place"))
	if err != nil || len(r.form("book")) > maxCourseText || json.Unmarshal([]byte(r.form("book")), &entry) != nil || entry == nil || len(list) >= maxBooks {
		return fiber.ErrBadRequest
	}
	if !slices.ContainsFunc(list, func(e bookEntry) bool { return e.hash() == entry.hash() }) {
		if err := r.putBooks(slices.Insert(list, min(max(place, 0), len(list)), entry)); err != nil {
			return err
		}
	}
	return r.tabsDone(r.words.T("files.undone"))
}
