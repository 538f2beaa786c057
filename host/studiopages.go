package host

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
)

// studioPageRoutes are the addresses of what stands beside a course's outline: texts, pages, tabs, books. What is saved there holds
// at once.
func studioPageRoutes() []Route {
	const pages = studioPages + "/pages"
	return []Route{
		{Method: "GET", Path: pages, Who: Authors, Kind: Page, Handle: (*request).studioPages},
		{Method: "GET", Path: pages + "/places", Who: Authors, Kind: Data, Handle: (*request).sendPlaces},
		{Method: "POST", Path: pages + "/undo", Who: Authors, Kind: Page, Handle: atOnce((*request).studioPageUndo)},
		{Method: "POST", Path: pages + "/tabs", Who: Authors, Kind: Page, Handle: atOnce((*request).studioTabs)},
		{Method: "GET", Path: pages + "/text/*", Who: Authors, Kind: Page, Handle: (*request).studioText},
		{Method: "POST", Path: pages + "/text/*", Who: Authors, Kind: Page, Handle: atOnce((*request).studioTextSave)},
		{Method: "GET", Path: pages + "/books/*", Who: Authors, Kind: Page, Handle: (*request).studioBook},
		{Method: "POST", Path: pages + "/books/*", Who: Authors, Kind: Page, Handle: atOnce((*request).studioBookSave)},
	}
}

// studioPagesBody is what stands beside the outline.
type studioPagesBody struct {
	Path    string
	Updates []textCard
	Texts   []textCard
	Tabs    []tabRow
	Books   []bookRow
	Undo    *pageUndo
	// NewTab is what somebody typed for a page that could not be made.
	NewTab, TabError string
}

// textCard is a text in the list.
type textCard struct {
	Title, Excerpt, Link, By string
	At                       *instant
}

// pageUndo takes back what was done a moment ago; Values are the inputs of its form.
type pageUndo struct {
	Action, Text string
	Values       [][2]string
}

// excerptLength bounds what a list shows of a text, in bytes.
const excerptLength = 280

func excerpt(html string) string {
	text := strings.Join(strings.Fields(course.Plain(html)), " ")
	if len(text) <= excerptLength {
		return text
	}
	return strings.TrimSpace(clip(text, excerptLength)) + "…"
}

func (r *request) studioPages() error { return r.showPages(fiber.StatusOK, &studioPagesBody{}, nil) }

func (r *request) showPages(status int, body *studioPagesBody, focus *notice) error {
	body.Path = r.studioPath() + "/pages"
	names := map[string]string{}
	for _, name := range studioTexts {
		text, err := r.textNamed(name)
		if err != nil {
			return err
		}
		card, err := r.textCard(text, names)
		if err != nil {
			return err
		}
		body.Texts = append(body.Texts, card)
	}
	var err error
	if body.Updates, err = r.updateCards(); err != nil {
		return err
	}
	if body.Tabs, err = r.tabRows(); err != nil {
		return err
	}
	if body.Books, err = r.bookRows(); err != nil {
		return err
	}
	return r.showStudio(status, "studio_pages.html", "pages", page{Title: r.words.T("pages.title"), Body: body, Focus: focus, Bundle: "studiopages"})
}

// textCard shows a text in the list.
func (r *request) textCard(text *studioText, names map[string]string) (textCard, error) {
	doc, err := r.textDoc(text)
	if err != nil {
		return textCard{}, err
	}
	card := textCard{Title: text.title, Excerpt: excerpt(text.read(doc).Text), Link: text.link}
	if doc != nil && doc.By != "" {
		card.At = r.instant(doc.At)
		card.By, err = r.nameOf(names, doc.By)
	}
	return card, err
}

// updateCards are the team's messages, the newest first.
func (r *request) updateCards() ([]textCard, error) {
	doc, err := r.site().Courses.Page(r.ctx(), r.course, pageInfo, slugUpdates)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var cards []textCard
	list := listedUpdates(&doc)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Status != updateDeleted {
			cards = append(cards, textCard{Title: firstOf(list[i].Date, r.words.T("pages.undated")), Excerpt: excerpt(list[i].Content), Link: r.textLink("update/" + strconv.Itoa(i))})
		}
	}
	if visible(doc.HTML) {
		cards = append(cards, textCard{Title: r.words.T("pages.old_updates"), Excerpt: excerpt(doc.HTML), Link: r.textLink("info/updates")})
	}
	return cards, nil
}

// studioPageUndo takes a change of a page back.
func (r *request) studioPageUndo() error {
	op := clip(r.form("op"), 100)
	_, left, err := r.site().Beside.Undo(r.ctx(), r.course, r.user.ID, op)
	if errors.Is(err, beside.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	focus := &notice{Kind: "good", Text: r.words.T("files.undone")}
	if len(left) > 0 {
		focus = &notice{Kind: "warn", Text: r.words.T("pages.left")}
	}
	return r.showPages(fiber.StatusOK, &studioPagesBody{}, focus)
}

// richScript is the editor of texts, "" where the build goes without it.
func (r *request) richScript() string {
	name, err := r.server.config.Assets.Name("studiotext.js")
	if err != nil {
		return ""
	}
	return "/web/" + name
}

// studioTexts are the texts that every course may have, in the order of the page.
var studioTexts = []string{"info/handouts", "about/overview", "about/short_description", "about/effort"}

func studioTextKnown(name string) bool {
	return slices.Contains(studioTexts, name) || name == "info/updates"
}
