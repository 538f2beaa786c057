package host

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// bookmarkRoutes are the addresses of a learner's bookmarks.
func bookmarkRoutes() []Route {
	const marks = "/courses/:course/bookmarks"
	return []Route{
		{Method: "GET", Path: marks, Who: Course, Kind: Page, Handle: (*request).bookmarks},
		{Method: "POST", Path: marks, Who: Course, Kind: Page, Handle: (*request).setBookmark},
	}
}

// bookmarksBody is the list of a learner's bookmarks.
type bookmarksBody struct {
	Marks []bookmarkEntry
	// ByPlace says that they stand in the order of the course, else the newest comes first.
	ByPlace bool
	// Removed is the one that was just taken away, nil when there is none.
	Removed *bookmarkEntry
}

type bookmarkEntry struct {
	Title, Link, Path, Usage string
	When                     *instant
	// At is when it was made, in milliseconds from 1970, for who wants it back at its place.
	At    int64
	place [2]int
}

// mayBookmark reports whether the person has bookmarks here: whoever learns, and staff who look around, but nobody who looks
// as somebody else.
func (r *request) mayBookmark() bool {
	return r.person.Learner != "" && r.person.Role() == wire.RoleLearner && !r.person.ReadOnly
}

// bookmarks lists what the learner marked and may see now. What is closed to him stays marked and comes back with it.
func (r *request) bookmarks() error {
	if err := r.outsider(); err != nil {
		return r.toAbout(err)
	}
	if r.person.Role() != wire.RoleLearner {
		return errSignIn
	}
	list, err := r.site().Bookmarks.Of(r.ctx(), r.person.Learner)
	if err != nil {
		return err
	}
	body := &bookmarksBody{ByPlace: r.Query("order") == orderByPlace}
	for _, mark := range list {
		entry, err := r.bookmarkEntry(mark.Usage, mark.At)
		if err != nil {
			return err
		}
		if entry != nil {
			body.Marks = append(body.Marks, *entry)
		}
	}
	if body.ByPlace {
		slices.SortStableFunc(body.Marks, func(a, b bookmarkEntry) int {
			return cmp.Or(cmp.Compare(a.place[0], b.place[0]), cmp.Compare(a.place[1], b.place[1]))
		})
	}
	if removed := r.Query("removed"); removed != "" && r.mayBookmark() {
		body.Removed, err = r.bookmarkEntry(removed, r.bookmarkTime(r.Query("at")))
		if err != nil {
			return err
		}
	}
	return r.show("bookmarks.html", page{Title: r.words.T("bookmark.title"), Body: body, Course: r.coursePart("bookmarks")})
}

// orderByPlace is how addresses ask for the course's order.
const orderByPlace = "course"

// bookmarkEntry is one line of the list; nil for what is no unit that the person may see.
func (r *request) bookmarkEntry(name string, at time.Time) (*bookmarkEntry, error) {
	usage, err := key.ParseUsage(name)
	if err != nil || usage.Course != r.course {
		return nil, nil //nolint:nilerr // what is no key marks nothing
	}
	unit, err := r.published.Find(r.ctx(), usage)
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if unit.Unit != unit || !access.Content(r.person, r.published, unit, r.now()).Allowed {
		return nil, nil
	}
	entry := &bookmarkEntry{
		Title: unit.Title(), Link: r.unitLink(unit), Path: pathOf(unit), Usage: name, When: r.instant(at), At: at.UnixMilli(),
	}
	entry.place = [2]int{unit.Subsection.Index, slices.IndexFunc(unit.Subsection.Children, func(b *course.Block) bool { return b.Usage == usage })}
	return entry, nil
}

// bookmarkTime reads when a bookmark was made that somebody wants back; now for what is none, or lies ahead.
func (r *request) bookmarkTime(text string) time.Time {
	milliseconds, err := strconv.ParseInt(text, 10, 64)
	if at := time.UnixMilli(milliseconds).UTC(); err == nil && milliseconds > 0 && at.Before(r.now()) {
		return at
	}
	return r.now()
}

// setBookmark marks a unit or takes its mark away. A script is told; a browser without one goes back where it came from.
func (r *request) setBookmark() error {
	unit, err := r.blockNamed(r.form("usage"))
	if err != nil {
		return err
	}
	if unit.Unit != unit {
		return errNotFound
	}
	if !r.mayBookmark() {
		return wire.Errorf(wire.CodeRefused, wire.BlameOutside, "%s", wire.WhyReadOnly)
	}
	marked := r.form("do") != "remove"
	var removed *bookmarks.Bookmark
	if marked {
		err = r.site().Bookmarks.Add(r.ctx(), r.person.Learner, unit.Usage, r.bookmarkTime(r.form("at")))
	} else {
		removed, err = r.site().Bookmarks.Remove(r.ctx(), r.person.Learner, unit.Usage)
	}
	if errors.Is(err, bookmarks.ErrFull) {
		return fiber.NewError(fiber.StatusConflict, r.words.T("bookmark.full", bookmarks.Most))
	}
	if err != nil {
		return err
	}
	switch {
	case r.wantsData():
		message := r.words.T("bookmark.added")
		if !marked {
			message = r.words.T("bookmark.removed", unit.Title())
		}
		return r.data(fiber.StatusOK, fiber.Map{"marked": marked, "message": message})
	case r.form("back") == "unit":
		return r.Redirect(r.unitLink(unit), fiber.StatusSeeOther)
	}
	return r.Redirect(r.bookmarksLink(r.form("order") == orderByPlace, removed), fiber.StatusSeeOther)
}

// bookmarksLink leads to the list, with what was just removed from it.
func (r *request) bookmarksLink(byPlace bool, removed *bookmarks.Bookmark) string {
	query := url.Values{}
	if byPlace {
		query.Set("order", orderByPlace)
	}
	if removed != nil {
		query.Set("removed", removed.Usage)
		query.Set("at", strconv.FormatInt(removed.At.UnixMilli(), 10))
	}
	link := "/courses/" + r.course.String() + "/bookmarks"
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	return link
}

// marks shows on a unit's page what is bookmarked of its subsection.
func (r *request) marks(body *unitBody, unit *course.Block) error {
	if !r.mayBookmark() {
		return nil
	}
	usages := []key.Usage{unit.Usage}
	for i := range body.Units {
		usages = append(usages, body.Units[i].usage)
	}
	marked, err := r.site().Bookmarks.Which(r.ctx(), r.person.Learner, usages)
	if err != nil {
		return err
	}
	body.Usage, body.Marked = unit.Usage.String(), marked[unit.Usage]
	for i := range body.Units {
		body.Units[i].Marked = marked[body.Units[i].usage]
	}
	return nil
}
