package host

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/search"
)

// searchBody is what was looked for in a course and what was found.
type searchBody struct {
	Query, Error string
	// Asked says that something was looked for; Total counts what was found.
	Asked bool
	Total int
	Hits  []searchHit
	// Apps are texts that blocks put into the search themselves, such as posts; they stand on the first page.
	Apps           []searchHit
	Page           int
	Earlier, Later string
	Most           int
}

// searchHit is one place where the words stand.
type searchHit struct {
	Link, Kind, Path string
	Title, Text      []search.Part
}

// hitsPerPage is how many places one page of results shows, mostTexts how many texts of blocks besides.
const (
	hitsPerPage = 20
	mostTexts   = 10
)

// search looks for words in what the person may see of the course now.
func (r *request) search() error {
	if err := r.outsider(); err != nil {
		return r.toAbout(err)
	}
	body := &searchBody{Query: strings.TrimSpace(r.Query("q")), Most: search.MaxQuery}
	if !utf8.ValidString(body.Query) {
		body.Query = strings.ToValidUTF8(body.Query, "")
	}
	status := fiber.StatusOK
	words := search.Words(body.Query)
	switch {
	case utf8.RuneCountInString(body.Query) > search.MaxQuery:
		status, body.Error = fiber.StatusUnprocessableEntity, r.words.T("search.too_long", search.MaxQuery)
	case body.Query != "" && len(words) == 0:
		status, body.Error = fiber.StatusUnprocessableEntity, r.words.T("search.no_words")
	case len(words) > 0:
		if err := r.searchFor(body, words); err != nil {
			return err
		}
	}
	title := r.words.T("search.title")
	return r.showStatus(status, "search.html", page{Title: title, Body: body, Course: r.coursePart("search")})
}

func (r *request) searchFor(body *searchBody, words []string) error {
	index, err := r.site().SearchIndex(r.ctx(), r.published)
	if err != nil {
		return err
	}
	body.Asked, body.Page = true, max(1, r.QueryInt("page", 1))
	const farthest = 10_000 // of pages: nobody turns to it, and no number that comes overflows
	body.Page = min(body.Page, farthest)
	found := index.Find(words, r.findable(), (body.Page-1)*hitsPerPage, hitsPerPage)
	body.Total = found.Total
	for i := range found.Hits {
		hit := &found.Hits[i]
		body.Hits = append(body.Hits, searchHit{
			Link: r.hitLink(hit.Block), Kind: r.words.T("search.kind_" + kindOf(hit.Block)), Path: pathOf(hit.Block), Title: hit.Title, Text: hit.Text,
		})
	}
	if body.Page > 1 {
		body.Earlier = r.searchLink(body.Query, body.Page-1)
	} else if err := r.searchTexts(body, words); err != nil {
		return err
	}
	if found.Total > body.Page*hitsPerPage {
		body.Later = r.searchLink(body.Query, body.Page+1)
	}
	return nil
}

// searchTexts looks in what blocks put into the search.
func (r *request) searchTexts(body *searchBody, words []string) error {
	texts, err := r.site().FindTexts(r.ctx(), r.person, r.published, words, mostTexts)
	for i := range texts {
		t := &texts[i]
		body.Apps = append(body.Apps, searchHit{
			Link: belowBlock(r.published, t.Block, t.Path), Path: t.Block.Title(), Title: t.Title, Text: t.Text,
		})
	}
	return err
}

func (r *request) searchLink(query string, page int) string {
	values := url.Values{"q": {query}, "page": {strconv.Itoa(page)}}
	return "/courses/" + r.course.String() + "/search?" + values.Encode()
}

// findable says of a block whether the person may find it, and whether it leads somewhere.
func (r *request) findable() func(*course.Block) bool {
	allowed := r.site().Findable(r.person, r.published)
	leads := map[*course.Block]bool{}
	return func(block *course.Block) bool {
		above := block
		if block.Subsection != nil {
			above = block.Subsection.Block
		}
		if _, known := leads[above]; !known {
			leads[above] = r.firstUnit(above) != nil
		}
		return leads[above] && allowed(block)
	}
}

// hitLink leads to a block where one reads it.
func (r *request) hitLink(block *course.Block) string {
	switch block.Unit {
	case nil, block:
		return r.unitLink(block) // which leads to the first unit in it
	}
	return r.unitLink(block.Unit) + "#" + r.elementID(block)
}

// kindOf says what a block is in the words of a list: a problem, video, text, unit or part of the course, or other.
func kindOf(block *course.Block) string {
	switch {
	case block.Unit == nil:
		return "part"
	case course.Structural(block.Usage.Type):
		return "unit"
	}
	switch icon := block.Facts.Icon; icon {
	case "problem", "video", "text", "discussion":
		return icon
	}
	return "other"
}

// pathOf names what a block stands in, from the course downwards.
func pathOf(block *course.Block) string {
	var names []string
	for above := block.Parent; above != nil && above.Parent != nil; above = above.Parent {
		if title := above.Title(); title != "" {
			names = append([]string{title}, names...)
		}
	}
	return strings.Join(names, " › ")
}
