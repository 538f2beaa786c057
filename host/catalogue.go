package host

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/people"
)

// card is a course run as lists show it.
type card struct {
	Key, Title, Org, Number, Link, Picture, Description string
	Starts, Ends                                        *instant
	Enrolled                                            bool
}

// catalogueBody is the list of courses. The address alone says what is looked for.
type catalogueBody struct {
	Cards []card
	// Query is what is searched for, Filters are the ways to narrow it down, Sorts the orders.
	Query   string
	Filters []catalogueFilter
	Sorts   []choice
	// Found says how many there are, in words; All is how many there would be without search and filters.
	Found string
	All   int
	// Narrowed says that something is searched or filtered for.
	Narrowed       bool
	Previous, Next string
	Place          string
}

// catalogueFilter is one select: the name of its parameter and its choices.
type catalogueFilter struct {
	Name, Label string
	Choices     []choice
}

const (
	// perPage is how many course runs one page of the catalogue lists.
	perPage = 24
	// maxQuery bounds what is searched for, in bytes.
	maxQuery = 200
)

// listed is a course run that the reader may find, with what filters ask of it.
type listed struct {
	*course.Entry
	enrolled                    bool
	org, language, status, pace string
}

// catalogueFilters are the parameters that narrow the list down: of each, what a run has.
var catalogueFilters = []struct {
	name string
	of   func(*listed) string
}{
	{"org", func(l *listed) string { return l.org }},
	{"language", func(l *listed) string { return l.language }},
	{"status", func(l *listed) string { return l.status }},
	{"pace", func(l *listed) string { return l.pace }},
}

func (r *request) catalogue() error {
	all, err := r.listed()
	if err != nil {
		return err
	}
	body := &catalogueBody{Query: strings.TrimSpace(clip(r.Query("q"), maxQuery)), All: len(all)}
	wanted := url.Values{}
	if body.Query != "" {
		wanted.Set("q", body.Query)
	}
	found := all
	if body.Query != "" {
		found = slices.DeleteFunc(slices.Clone(all), func(l *listed) bool { return !l.Matches(body.Query) })
	}
	for _, f := range catalogueFilters {
		chosen := clip(r.Query(f.name), maxQuery)
		body.Filters = append(body.Filters, r.filter(f.name, f.of, all, chosen))
		if chosen != "" {
			wanted.Set(f.name, chosen)
			found = slices.DeleteFunc(slices.Clone(found), func(l *listed) bool { return f.of(l) != chosen })
		}
	}
	body.Narrowed = len(wanted) > 0
	body.Found = r.words.T("catalogue.found", len(found))
	newest := r.Query("sort") == "newest"
	body.Sorts = []choice{{"", r.words.T("catalogue.sort_title"), !newest}, {"newest", r.words.T("catalogue.sort_newest"), newest}}
	if newest {
		wanted.Set("sort", "newest")
	}
	order(found, newest)
	r.paged(body, found, wanted)
	return r.show("catalogue.html", page{Title: r.words.T("catalogue.title"), Body: body})
}

// listed gives the runs that the reader may find. One look-up tells of all his courses.
func (r *request) listed() ([]*listed, error) {
	entries, err := r.site().Courses.Catalogue(r.ctx())
	if err != nil {
		return nil, err
	}
	member := map[string]people.Member{}
	asks := access.Person{}
	if r.user != nil {
		asks.User, asks.Admin = r.user.ID, r.user.Has(people.SiteAdmin)
		members, err := r.site().People.Runs(r.ctx(), r.user.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			member[m.Run] = m
		}
	}
	out := make([]*listed, 0, len(entries))
	for _, entry := range entries {
		p, m := asks, member[entry.Run.Key]
		p.Run, p.Enrolled, p.Roles = entry.Key, m.Enrolled, m.RoleNames()
		if access.Listed(&p, &entry.Run) {
			out = append(out, r.listing(entry, m.Enrolled))
		}
	}
	return out, nil
}

// listing reads of a run what the filters ask.
func (r *request) listing(entry *course.Entry, enrolled bool) *listed {
	run := &entry.Run
	l := &listed{
		Entry: entry, enrolled: enrolled, org: run.Text("display_organization", run.Org), language: run.Text("language", "en"),
		status: "open", pace: "instructor",
	}
	if over(run.Time("end"), r.now()) {
		l.status = "archived"
	} else if run.Time("start").After(r.now()) {
		l.status = "upcoming"
	}
	if run.Bool("self_paced") {
		l.pace = "self"
	}
	return l
}

// filter lists what can be chosen of one kind, with how many runs have it.
func (r *request) filter(name string, of func(*listed) string, all []*listed, chosen string) catalogueFilter {
	counts := map[string]int{}
	for _, l := range all {
		counts[of(l)]++
	}
	if chosen != "" && counts[chosen] == 0 {
		counts[chosen] = 0 // what the address asks for is shown, though nothing has it
	}
	f := catalogueFilter{Name: name, Label: r.words.T("catalogue." + name)}
	for value, n := range counts {
		f.Choices = append(f.Choices, choice{value, r.words.T("catalogue.choice", r.filterText(name, value), n), value == chosen})
	}
	slices.SortFunc(f.Choices, func(a, b choice) int { return cmp.Compare(course.Fold(a.Text), course.Fold(b.Text)) })
	f.Choices = slices.Insert(f.Choices, 0, choice{"", r.words.T("catalogue.any"), chosen == ""})
	return f
}

func (r *request) filterText(name, value string) string {
	switch name {
	case "language":
		return r.words.LanguageName(value)
	case "status", "pace":
		key := "catalogue." + name + "_" + value
		if text := r.words.T(key); text != key {
			return text
		}
	}
	return value
}

// order sorts runs by title, or the ones that start last first.
func order(found []*listed, newest bool) {
	slices.SortStableFunc(found, func(a, b *listed) int {
		if newest {
			if c := b.Run.Time("start").Compare(a.Run.Time("start")); c != 0 {
				return c
			}
		}
		return cmp.Compare(course.Fold(a.Run.Title), course.Fold(b.Run.Title))
	})
}

// paged fills in the cards of the page that the address names; one that there is not is the last.
func (r *request) paged(body *catalogueBody, found []*listed, wanted url.Values) {
	pages := max(1, (len(found)+perPage-1)/perPage)
	number, err := strconv.Atoi(r.Query("page"))
	if err != nil {
		number = 1
	}
	number = min(max(number, 1), pages)
	for _, l := range found[(number-1)*perPage : min(number*perPage, len(found))] {
		c := r.card(&l.Run)
		c.Enrolled, c.Description = l.enrolled, l.Summary
		body.Cards = append(body.Cards, c)
	}
	link := func(n int) string {
		values := url.Values{}
		for name, list := range wanted {
			values[name] = list
		}
		if n > 1 {
			values.Set("page", strconv.Itoa(n))
		}
		return "/courses?" + values.Encode()
	}
	if number > 1 {
		body.Previous = link(number - 1)
	}
	if number < pages {
		body.Next = link(number + 1)
	}
	if pages > 1 {
		body.Place = r.words.T("catalogue.place", number, pages)
	}
}
