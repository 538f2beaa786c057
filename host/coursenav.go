package host

import "slices"

// courseLink is one place of a course's navigation. A layout shows the first ones in a row and the others in a menu.
type courseLink struct {
	// Name says which page it is: a page gives it to coursePart to have its link marked.
	Name, Link, Text string
	// External leads off the site, and says nothing of where the reader comes from.
	External bool
}

// courseLinks lists a course's places in the order of the navigation. What is to stand there is added here: a line gives
// its links, or none for who has no business there. They are asked for on every page of a course, so they read nothing
// but the course's settings, which are at hand.
func (r *request) courseLinks() []courseLink {
	base := "/courses/" + r.course.String()
	links := []courseLink{{Name: "home", Link: base, Text: r.words.T("nav.outline")}}
	if r.person.Enrolled {
		if r.showsProgress() {
			links = append(links, courseLink{Name: "progress", Link: base + "/progress", Text: r.words.T("nav.progress")})
		}
		links = append(links, courseLink{Name: "dates", Link: base + "/dates", Text: r.words.T("nav.dates")})
	}
	if r.mayBookmark() {
		links = append(links, courseLink{Name: "bookmarks", Link: base + "/bookmarks", Text: r.words.T("nav.bookmarks")})
	}
	links = append(links, courseLink{Name: "search", Link: base + "/search", Text: r.words.T("nav.search")})
	links = append(r.tabLinks(links), r.appTabs()...)
	switch { // what staff come for most stands in the row on phones too
	case r.person.Staff():
		links = slices.Insert(links, 1, courseLink{Name: "staff", Link: base + "/staff", Text: r.words.T("nav.staff")})
	case r.person.Reports():
		links = slices.Insert(links, 1, courseLink{Name: "staff", Link: base + "/staff/gradebook", Text: r.words.T("staff.tab.gradebook")})
	}
	return links
}

// In a row stand as many links as fit: few on a phone, more on a wide window. The menu behind it holds the rest.
const (
	rowNarrow = 3
	rowWide   = 7
)

// placedLink is a link and where it stands: in the row, in the menu, or in the one on a wide window and in the other on a
// narrow one.
type placedLink struct {
	courseLink
	Current           bool
	InRow, InMenu     bool
	WideRow, ThinMenu bool
}

// placed lays the links out.
func placed(links []courseLink, active string) []placedLink {
	out := make([]placedLink, len(links))
	for i, link := range links {
		out[i] = placedLink{courseLink: link, Current: link.Name != "" && link.Name == active}
		out[i].InRow, out[i].WideRow = i < rowWide, i >= rowNarrow
		out[i].InMenu, out[i].ThinMenu = i >= rowNarrow, i < rowWide
	}
	return out
}

// More reports whether a narrow window needs the menu, MoreWide whether a wide one does.
func (c *coursePart) More() bool { return len(c.Links) > rowNarrow }

// MoreWide is More for a wide window.
func (c *coursePart) MoreWide() bool { return len(c.Links) > rowWide }
