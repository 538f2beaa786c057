package host

import (
	"encoding/json"
	"net/url"
	"path"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course"
)

// courseTab is one of the pages that a course lists for its navigation (Open edX: tabs of policy.json).
type courseTab struct {
	Type      string `json:"type"`
	Name      string `json:"name"`
	Slug      string `json:"url_slug"`
	Link      string `json:"link"`
	StaffOnly bool   `json:"course_staff_only"`
	Hidden    bool   `json:"is_hidden"`
}

// textbook is a book of the course: its title and its chapters, which are files of the course or pages of the web.
type textbook struct {
	Title    string         `json:"tab_title"`
	URL      string         `json:"url"`
	Chapters []bookChapter  `json:"chapters"`
	Links    []resolvedLink `json:"-"`
}

type bookChapter struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// resolvedLink is a chapter as pages show it.
type resolvedLink struct {
	Title, Link string
	External    bool
}

// entries reads a setting that is a list. Entries that are not of this kind are left out: the list came with an archive.
func entries[T any](run *course.Run, setting string) []T {
	var raw []json.RawMessage
	if run.Settings[setting] == "" || json.Unmarshal([]byte(run.Settings[setting]), &raw) != nil {
		return nil
	}
	var list []T
	for _, data := range raw {
		var entry T
		if json.Unmarshal(data, &entry) == nil {
			list = append(list, entry)
		}
	}
	return list
}

// courseTabs are the course's own pages that the person may open, in the course's order.
func (r *request) courseTabs() []courseTab {
	var list []courseTab
	for _, tab := range entries[courseTab](&r.published.Run, "tabs") {
		if (tab.Hidden || tab.StaffOnly) && !r.person.Staff() {
			continue
		}
		list = append(list, tab)
	}
	return list
}

// tabLinks lays the course's order over the platform's links: own pages, books and addresses elsewhere stand where the course
// puts them, and its names for the platform's pages count. Links that the course does not mention follow.
func (r *request) tabLinks(platform []courseLink) []courseLink {
	base := "/courses/" + r.course.String()
	var links []courseLink
	placed := map[string]bool{}
	own := func(name, title, usual string) {
		for _, link := range platform {
			if link.Name != name || placed[name] {
				continue
			}
			if title != "" && title != usual {
				link.Text = title
			}
			placed[name] = true
			links = append(links, link)
		}
	}
	add := func(link courseLink) {
		if link.Text != "" && !placed[link.Link] {
			placed[link.Link] = true
			links = append(links, link)
		}
	}
	own("home", "", "")
	for _, tab := range entries[courseTab](&r.published.Run, "tabs") {
		if (tab.Hidden || tab.StaffOnly) && !r.person.Staff() {
			placed[tab.Type] = placed[tab.Type] || tab.Type == "progress" || tab.Type == "dates" // these are there without being listed
			continue
		}
		switch tab.Type {
		case "progress":
			own("progress", tab.Name, "Progress")
		case "dates":
			own("dates", tab.Name, "Dates")
		case "static_tab":
			if tab.Slug != "" {
				add(courseLink{Name: "page " + tab.Slug, Link: base + "/pages/" + url.PathEscape(tab.Slug), Text: tab.Name})
			}
		case "external_link":
			if webAddress(tab.Link) {
				add(courseLink{Link: tab.Link, Text: tab.Name, External: true})
			}
		case "textbooks", "pdf_textbooks", "html_textbooks":
			if books := r.textbooks(); len(books) > 0 {
				add(courseLink{Name: "textbooks", Link: base + "/textbooks", Text: r.words.T("nav.textbooks")})
			}
		}
	}
	for _, link := range platform {
		if !placed[link.Name] {
			links = append(links, link)
		}
	}
	return links
}

// webAddress reports whether a link leads to a page of the web.
func webAddress(link string) bool {
	parsed, err := url.Parse(link)
	return err == nil && (parsed.Scheme == "https" || parsed.Scheme == "http") && parsed.Host != ""
}

// textbooks are the course's books with chapters that lead somewhere.
func (r *request) textbooks() []textbook {
	var books []textbook
	for _, setting := range []string{"pdf_textbooks", "html_textbooks"} {
		for _, book := range entries[textbook](&r.published.Run, setting) {
			chapters := book.Chapters
			if len(chapters) == 0 {
				chapters = []bookChapter{{book.Title, book.URL}}
			}
			for _, chapter := range chapters {
				if link, external := r.bookAddress(chapter.URL); link != "" {
					book.Links = append(book.Links, resolvedLink{firstOf(chapter.Title, path.Base(link)), link, external})
				}
			}
			if len(book.Links) > 0 {
				book.Title = firstOf(book.Title, r.words.T("textbook.untitled"))
				books = append(books, book)
			}
		}
	}
	return books
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}
	return ""
}

// bookAddress reads a chapter's address: a page of the web, or a file of the course in any of Open edX's ways of writing it;
// "" for everything else.
func (r *request) bookAddress(text string) (link string, external bool) {
	text = strings.TrimSpace(text)
	if webAddress(text) {
		return text, true
	}
	name := text
	if _, after, ok := strings.Cut(text, "type@asset+block@"); ok {
		name = after
	} else if _, after, ok := strings.Cut(text, "/asset/"); ok && strings.Contains(text, "c4x/") {
		name = after
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "/"), "static/")
	if unescaped, err := url.PathUnescape(name); err == nil {
		name = unescaped
	}
	if name == "" || strings.ContainsAny(name, ":?#\\") || path.Clean("/"+name) != "/"+name {
		return "", false
	}
	return (&url.URL{Path: "/courses/" + r.course.String() + "/static/" + name}).EscapedPath(), false
}
