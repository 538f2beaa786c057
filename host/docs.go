package host

import (
	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/guide"
)

// docsRoutes are the addresses of the guide for block developers, which holds nothing of this site.
func docsRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/docs", Who: Anyone, Kind: Page, Handle: (*request).docs, Free: true},
		{Method: "GET", Path: "/docs/:page", Who: Anyone, Kind: Page, Handle: (*request).docsPage, Free: true},
	}
}

// docsBody is a page of the guide with the list of all.
type docsBody struct {
	Parts          []docsPart
	Page           *guide.Page
	Previous, Next *guide.Page
	// Query and Hits are what was searched for and found.
	Query string
	Hits  []guide.Hit
}

// docsPart is a heading in the list of pages with what stands under it.
type docsPart struct {
	Title string
	Pages []docsLink
}

type docsLink struct {
	Slug, Title string
	Current     bool
}

// longestQuery bounds what is searched for, in characters.
const longestQuery = 200

// docs shows what a search found, or sends to the first page.
func (r *request) docs() error {
	query := []rune(r.Query("q"))
	pages, err := guide.Pages()
	if err != nil {
		return err
	}
	if len(query) == 0 {
		return r.Redirect("/docs/"+pages[0].Slug, fiber.StatusSeeOther)
	}
	body := &docsBody{Parts: docsParts(pages, -1), Query: string(query[:min(len(query), longestQuery)])}
	body.Hits = guide.Search(pages, body.Query)
	return r.show("docs.html", page{Title: r.words.T("docs.search"), Bundle: "docs", Body: body})
}

func (r *request) docsPage() error {
	pages, err := guide.Pages()
	if err != nil {
		return err
	}
	at := guide.Find(pages, r.param("page"))
	if at < 0 {
		return errNotFound
	}
	body := &docsBody{Parts: docsParts(pages, at), Page: &pages[at]}
	if at > 0 {
		body.Previous = &pages[at-1]
	}
	if at+1 < len(pages) {
		body.Next = &pages[at+1]
	}
	return r.show("docs.html", page{Title: pages[at].Title, Bundle: "docs", Body: body})
}

// docsParts lists the pages by their parts; current is the place of the shown one.
func docsParts(pages []guide.Page, current int) []docsPart {
	var parts []docsPart
	for n := range pages {
		if len(parts) == 0 || parts[len(parts)-1].Title != pages[n].Part {
			parts = append(parts, docsPart{Title: pages[n].Part})
		}
		last := &parts[len(parts)-1]
		last.Pages = append(last.Pages, docsLink{pages[n].Slug, pages[n].Title, n == current})
	}
	return parts
}
