package host

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/store"
)

// noticeRoutes are the addresses of what blocks told people.
func noticeRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/notifications", Who: SignedIn, Kind: Page, Handle: (*request).notifications},
		{Method: "POST", Path: "/notifications", Who: SignedIn, Kind: Page, Handle: (*request).readNotices},
		{Method: "GET", Path: "/notifications/settings", Who: SignedIn, Kind: Page, Handle: (*request).noticeSettings},
		{Method: "POST", Path: "/notifications/settings", Who: SignedIn, Kind: Page, Handle: (*request).saveNoticeSettings},
		{Method: "GET", Path: "/notifications/stop", Who: Anyone, Kind: Page, Handle: (*request).stopPage, Free: true},
		{Method: "POST", Path: "/notifications/stop", Who: Anyone, Kind: Page, Handle: (*request).stopMails, Free: true},
	}
}

// bellOf puts a count into words.
func (r *request) bellOf(count int) *bell {
	b := &bell{Label: r.words.T("notices.title")}
	if count > 0 {
		b.Count, b.Label = r.words.Number(int64(count)), r.words.T("notices.unread", count)
	}
	if count >= notices.CountUpTo {
		b.Count = r.words.T("notices.many", notices.CountUpTo-1)
	}
	return b
}

// noticesBody is the list of a reader's notices.
type noticesBody struct {
	Notices []noticeEntry
	// Unread says that there is something to mark as read.
	Unread bool
	// Next leads to older ones, First back to the newest; "" for neither.
	Next, First string
}

type noticeEntry struct {
	ID, Title, Text, Course string
	When                    *instant
	Unread                  bool
}

// noticesPerPage is how many stand on a page.
const noticesPerPage = 30

func (r *request) notifications() error {
	after := store.Cursor(r.Query("after"))
	list, next, err := r.kernel().Notices().Of(r.ctx(), r.inbox(), after, noticesPerPage)
	if errors.Is(err, store.ErrInvalid) { // a place that somebody made up
		return r.Redirect("/notifications", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	body := &noticesBody{}
	titles := map[string]string{}
	for i := range list {
		n := &list[i]
		title, err := r.runTitle(titles, n.Run)
		if err != nil {
			return err
		}
		body.Notices = append(body.Notices, noticeEntry{ID: n.ID, Title: noticeTitle(r.words, &n.Notice), Text: n.Text, Course: title, When: r.instant(n.At), Unread: n.Unread})
		body.Unread = body.Unread || n.Unread
	}
	if b := r.bell(r.ctx()); b != nil && b.Count != "" {
		body.Unread = true
	}
	if next != "" {
		body.Next = "/notifications?" + url.Values{"after": {string(next)}}.Encode()
	}
	if after != "" {
		body.First = "/notifications"
	}
	return r.show("notifications.html", page{Title: r.words.T("notices.title"), Body: body})
}

// noticeTitle is what a notice says first: the sender's words, or the site's own in the reader's language.
func noticeTitle(w *words.Reader, n *notices.Notice) string {
	switch n.About {
	case notices.AboutMark:
		return w.T("notices.graded", n.Title)
	case notices.AboutRemark:
		return w.T("notices.remark", n.Title)
	case notices.AboutReview:
		return w.T("notices.review", n.Title)
	case notices.AboutVerdict:
		return w.T("notices.verdict", n.Title)
	}
	return n.Title
}

// runTitle is a run's name, "" for one that is gone; each is looked up once.
func (r *request) runTitle(known map[string]string, name string) (string, error) {
	if title, ok := known[name]; ok {
		return title, nil
	}
	in, err := r.within(name)
	if err != nil {
		return "", err
	}
	known[name] = ""
	if in != nil {
		known[name] = in.published.Run.Title
	}
	return known[name], nil
}

// readNotices marks one notice as read and goes where it leads, or marks all.
func (r *request) readNotices() error {
	inbox := r.inbox()
	defer r.server.bells.forget(inbox)
	if r.form("do") == "all" {
		if err := r.kernel().Notices().ReadAll(r.ctx(), inbox); err != nil {
			return err
		}
		return r.Redirect("/notifications", fiber.StatusSeeOther)
	}
	notice, err := r.kernel().Notices().Read(r.ctx(), inbox, r.form("id"))
	if errors.Is(err, notices.ErrNotFound) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	link, err := r.noticeLink(&notice)
	if err != nil {
		return err
	}
	return r.Redirect(link, fiber.StatusSeeOther)
}

// noticeLink is where a notice leads: a view of its block, a page below its mounts, or where it stands. What is gone leads to
// its course.
func (r *request) noticeLink(n *notices.Notice) (string, error) {
	usage, err := key.ParseUsage(n.Usage)
	if err != nil {
		return "/notifications", nil //nolint:nilerr // what is no usage leads nowhere
	}
	studio := "/studio/courses/" + usage.Course.String()
	switch n.About {
	case notices.AboutMark: // its block
	case notices.AboutRemark:
		return localPath(studio + "/units/" + url.PathEscape(usage.ID) + "/remarks"), nil
	case notices.AboutReview, notices.AboutVerdict:
		return localPath(link(studio+"/changes", url.Values{"within": {n.Usage}})), nil
	}
	base, below := "/apps/"+usage.Type, n.Path
	if !usage.Course.IsZero() {
		in, err := r.within(usage.Course.String())
		if in == nil || err != nil {
			return "/notifications", err
		}
		block, err := r.kernel().Find(r.ctx(), in.published, usage)
		switch {
		case isNotFound(err):
			return "/courses/" + usage.Course.String(), nil
		case err != nil:
			return "", err
		}
		return belowBlock(in.published, block, below), nil
	}
	return localPath(base + mounted(below)), nil
}

// belowBlock is where a block's page stands in a course: one of its views, one below its mounts, or where the block itself is.
func belowBlock(in *course.Published, block *course.Block, below string) string {
	base := "/courses/" + in.Key.String()
	switch {
	case below == "" && kernel.IsApp(block):
		return base + "/apps/" + block.Usage.Type
	case below == "":
		return base + "/jump_to_id/" + in.Name(block)
	}
	return localPath(base + "/blocks/" + block.Usage.String() + mounted(below))
}

// mounted is a page of a block below the block's address.
func mounted(below string) string {
	if below != "" && !strings.HasPrefix(below, "/view/") {
		return "/mount" + below
	}
	return below
}

// waysBody is the page on which people choose how they are told.
type waysBody struct {
	// Rest is about everything that has no row of its own.
	Rest wayRow
	Rows []wayRow
	// Mails says that the site sends any, Confirmed that it may send some to the reader.
	Mails, Confirmed bool
	Address          string
}

// wayRow is one choice.
type wayRow struct {
	Name, Course, Kind string
	Ways               []choice
}

func (r *request) noticeSettings() error { return r.showWays(fiber.StatusOK, nil) }

func (r *request) showWays(status int, focus *notice) error {
	chosen, err := r.kernel().Notices().Choices(r.ctx(), r.inbox())
	if err != nil {
		return err
	}
	kinds, err := r.noticeKinds()
	if err != nil {
		return err
	}
	body := &waysBody{Mails: r.kernel().Notices().Mails(), Confirmed: r.user.Confirmed, Address: r.user.Email}
	rest := cmp.Or(chosen.Way(notices.Kind{}), notices.WayPage)
	body.Rest = wayRow{Name: wayName(notices.Kind{}), Ways: r.ways(string(rest), body.Mails)}
	choose(body.Rest.Ways, string(rest))
	titles := map[string]string{}
	for _, kind := range kinds {
		title, err := r.runTitle(titles, kind.Run)
		if err != nil {
			return err
		}
		row := wayRow{Name: wayName(kind), Course: title, Kind: r.kindTitle(kind.Type)}
		row.Ways = append([]choice{{Value: "", Text: r.words.T("notices.as_rest")}}, r.ways(string(chosen.Way(kind)), body.Mails)...)
		choose(row.Ways, string(chosen.Way(kind)))
		body.Rows = append(body.Rows, row)
	}
	if r.Query("saved") != "" && focus == nil {
		focus = &notice{Kind: "good", Text: r.words.T("notices.saved")}
	}
	return r.showStatus(status, "noticeways.html", page{Title: r.words.T("notices.settings"), Body: body, Focus: focus})
}

// ways are the choices that there are; without mail there are fewer, but for what was chosen before.
func (r *request) ways(chosen string, mails bool) []choice {
	var list []choice
	for _, way := range notices.Ways() {
		if mails || way == notices.WayPage || way == notices.WayNone || string(way) == chosen {
			list = append(list, choice{Value: string(way), Text: r.words.T("notices.way_" + string(way))})
		}
	}
	return list
}

// wayName is what a choice is called in the form.
func wayName(k notices.Kind) string { return "way " + k.Run + " " + k.Type }

// recentNotices is how many notices are looked at to find what kinds there are.
const recentNotices = 300

// noticeKinds are what the reader may choose about: what he was told of, and the apps of his courses that tell.
func (r *request) noticeKinds() ([]notices.Kind, error) {
	var kinds []notices.Kind
	add := func(k notices.Kind) {
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	list, _, err := r.kernel().Notices().Of(r.ctx(), r.inbox(), "", recentNotices)
	if err != nil {
		return nil, err
	}
	for i := range list {
		add(notices.Kind{Run: list[i].Run, Type: list[i].Type})
	}
	members, err := r.site().People.Runs(r.ctx(), r.user.ID)
	if err != nil {
		return nil, err
	}
	for i := range members {
		run, err := key.ParseCourse(members[i].Run)
		if err != nil || !members[i].Enrolled {
			continue
		}
		apps, err := r.kernel().Apps(r.ctx(), run)
		if err != nil {
			return nil, err
		}
		for _, app := range apps {
			if app.Version.Manifest.Has("notify", "") {
				add(notices.Kind{Run: members[i].Run, Type: app.Type})
			}
		}
	}
	slices.SortFunc(kinds, func(a, b notices.Kind) int { return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Type, b.Type)) })
	return kinds, nil
}

// kindTitle is what a kind of block is called, its type where it is gone.
func (r *request) kindTitle(name string) string {
	if name == notices.TypeMarks {
		return r.words.T("notices.kind_marks")
	}
	if name == notices.TypeTeam {
		return r.words.T("notices.kind_team")
	}
	for _, status := range r.kernel().Blocks() {
		if status.Version == nil {
			continue
		}
		if t, ok := status.Version.Manifest.Type(name); ok {
			return t.Title
		}
	}
	return name
}

func (r *request) saveNoticeSettings() error {
	kinds, err := r.noticeKinds()
	if err != nil {
		return err
	}
	ways := map[notices.Kind]notices.Way{{}: notices.Way(r.form(wayName(notices.Kind{})))}
	for _, kind := range kinds {
		ways[kind] = notices.Way(r.form(wayName(kind)))
	}
	err = r.kernel().Notices().Choose(r.ctx(), r.inbox(), ways)
	if errors.Is(err, notices.ErrInvalid) {
		return r.showWays(fiber.StatusUnprocessableEntity, &notice{Kind: "bad", Text: r.words.T("notices.no_way")})
	}
	if err != nil {
		return err
	}
	return r.Redirect("/notifications/settings?saved=1", fiber.StatusSeeOther)
}

// stopBody is the page that a mail's link leads to.
type stopBody struct {
	Link      string
	Done, Bad bool
}

// stopPage asks before anything changes: mail programs open links by themselves.
func (r *request) stopPage() error {
	link := r.Query("link")
	_, ok := r.kernel().Notices().ReadStop(link)
	return r.showStop(&stopBody{Link: link, Bad: !ok})
}

func (r *request) showStop(body *stopBody) error {
	status := fiber.StatusOK
	if body.Bad {
		status = fiber.StatusGone
	}
	return r.showStatus(status, "stopmails.html", page{Title: r.words.T("notices.stop_title"), Body: body})
}

// stopMails ends the mails of whom the link was made for, whoever is signed in.
func (r *request) stopMails() error {
	inbox, ok := r.kernel().Notices().ReadStop(r.form("link"))
	if !ok {
		return r.showStop(&stopBody{Bad: true})
	}
	if err := r.kernel().Notices().StopMail(r.ctx(), inbox); err != nil {
		return err
	}
	return r.showStop(&stopBody{Done: true})
}
