package host

import (
	"errors"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/remarks"
	"github.com/quoin-lms/quoin/runtime/notices"
	"github.com/quoin-lms/quoin/runtime/people"
)

// studioRemarkRoutes are the addresses at which a team talks about what it works on.
func studioRemarkRoutes() []Route {
	return []Route{
		{Method: "GET", Path: studioPages + "/remarks", Who: Authors, Kind: Page, Handle: (*request).studioRemarks},
		{Method: "GET", Path: studioPages + "/units/:id/remarks", Who: Authors, Kind: Page, Handle: (*request).studioTalks},
		{Method: "POST", Path: studioPages + "/units/:id/remarks", Who: Authors, Kind: Page, Handle: (*request).beginTalk},
		{Method: "POST", Path: studioPages + "/remarks/:talk", Who: Authors, Kind: Page, Handle: (*request).continueTalk},
		{Method: "POST", Path: studioPages + "/reviews", Who: Authors, Kind: Page, Handle: (*request).studioReview},
	}
}

// talksBody is a list of talks: a unit's, or the open ones of the course.
type talksBody struct {
	Path, Back, Heading string
	// Begin is where a talk is begun, About the block that it is about; "" on the course's page.
	Begin  string
	Abouts []choice
	// Team are the colleagues whom a remark may name.
	Team    []choice
	Open    []talkPart
	Settled []talkPart
	Reviews []reviewLine
}

// talkPart is one talk.
type talkPart struct {
	Action, Title, Link, Back string
	// Settled says since when it is, "" while it is open.
	Settled string
	Remarks []remarkPart
	Team    []choice
}

type remarkPart struct {
	ID, By, Text string
	At           *instant
	Edited, Mine bool
}

// reviewLine is a review that waits, on the course's page.
type reviewLine struct {
	Title, Link, By, Note string
	At                    *instant
}

// contentTitles names the blocks of a unit by their keys.
func (r *request) contentTitles(content *authoring.Content, into map[string]string) {
	into[content.Usage.String()] = r.partTitle(content)
	for _, child := range content.Children {
		r.contentTitles(child, into)
	}
}

func (r *request) studioTalks() error {
	usage, content, err := r.unitContent()
	if err != nil {
		return err
	}
	titles := map[string]string{}
	r.contentTitles(content, titles)
	about := usage.String()
	if _, here := titles[r.Query("about")]; here {
		about = r.Query("about")
	}
	link := r.studioUnitLink(usage)
	body := &talksBody{Path: r.studioPath(), Back: link, Heading: titles[about], Begin: link + "/remarks"}
	all := []*authoring.Content{content}
	all = append(all, content.Children...)
	for _, part := range all {
		name := part.Usage.String()
		text := titles[name]
		if part == content {
			text = r.words.T("studio_talk.whole_unit")
		}
		body.Abouts = append(body.Abouts, choice{Value: name, Text: text, Chosen: name == about})
	}
	titles[usage.String()] = r.words.T("studio_talk.whole_unit")
	talks, err := r.site().Remarks.Of(r.ctx(), usage)
	if err != nil {
		return err
	}
	if err := r.putTalks(body, talks, func(t *remarks.Talk) (string, string) {
		return firstOf(titles[t.Usage], r.words.T("studio_talk.gone")), ""
	}, link+"/remarks"); err != nil {
		return err
	}
	return r.showStudio(fiber.StatusOK, "studio_talks.html", "remarks", page{Title: r.words.T("studio_talk.title"), Body: body, Focus: r.talkNotice()})
}

// unitContent is the unit that the address names.
func (r *request) unitContent() (key.Usage, *authoring.Content, error) {
	usage, err := r.studioUnitUsage()
	if err != nil {
		return key.Usage{}, nil, err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, usage)
	return usage, content, err
}

// putTalks lays talks out, the open ones before those that are settled.
func (r *request) putTalks(body *talksBody, talks []remarks.Talk, name func(*remarks.Talk) (title, link string), back string) error {
	names := map[string]string{}
	var err error
	if body.Team, err = r.teammates(); err != nil {
		return err
	}
	for i := range talks {
		t := &talks[i]
		part := talkPart{Team: body.Team, Action: r.studioPath() + "/remarks/" + url.PathEscape(t.ID), Back: back}
		part.Title, part.Link = name(t)
		for _, one := range t.Remarks {
			by, err := r.nameOf(names, one.By)
			if err != nil {
				return err
			}
			part.Remarks = append(part.Remarks, remarkPart{ID: one.ID, By: firstOf(by, r.words.T("studio_talk.nobody")), Text: one.Text, At: r.instant(one.At), Edited: one.Edited != nil && one.Text != "", Mine: one.By == r.user.ID && one.Text != ""})
		}
		if t.Settled == nil {
			body.Open = append(body.Open, part)
			continue
		}
		by, err := r.nameOf(names, t.SettledBy)
		if err != nil {
			return err
		}
		part.Settled = r.words.T("studio_talk.settled_by", firstOf(by, r.words.T("studio_talk.nobody")), r.words.Time(*t.Settled))
		body.Settled = append(body.Settled, part)
	}
	return nil
}

// studioRemarks lists what the team still has to talk about and to review.
func (r *request) studioRemarks() error {
	talks, err := r.site().Remarks.Open(r.ctx(), r.course)
	if err != nil {
		return err
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	body := &talksBody{Path: r.studioPath(), Heading: r.run.Title}
	err = r.putTalks(body, talks, func(t *remarks.Talk) (string, string) {
		unit, err := key.ParseUsage(t.Unit)
		node := nodeOf(tree, unit)
		if err != nil || node == nil {
			return r.words.T("studio_talk.gone"), ""
		}
		return firstOf(node.Title, r.words.T("studio_unit.untitled")), r.studioUnitLink(unit) + "/remarks?about=" + url.QueryEscape(t.Usage)
	}, r.studioPath()+"/remarks")
	if err != nil {
		return err
	}
	if body.Reviews, err = r.reviewLines(tree); err != nil {
		return err
	}
	return r.showStudio(fiber.StatusOK, "studio_talks.html", "remarks", page{Title: r.words.T("studio_talk.title"), Body: body, Focus: r.talkNotice()})
}

// reviewLines are the reviews that wait for an answer.
func (r *request) reviewLines(tree *authoring.Tree) ([]reviewLine, error) {
	waiting, err := r.site().Remarks.Reviews(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	var lines []reviewLine
	names := map[string]string{}
	for _, review := range waiting {
		within, err := key.ParseUsage(review.Within)
		if err != nil {
			continue // the key was read before it was written
		}
		by, err := r.nameOf(names, review.By)
		if err != nil {
			return nil, err
		}
		line := reviewLine{Title: r.words.T("studio.whole_course"), Link: link(r.studioPath()+"/changes", url.Values{"within": {review.Within}}), By: by, Note: review.Note, At: r.instant(review.At)}
		if node := nodeOf(tree, within); node != nil && node != tree.Course {
			line.Title = node.Title
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// talkWords are the outcomes that the pages of talks tell of: the words are "studio_talk.did_" with the name.
var talkWords = []string{"said", "settled", "opened", "gone"}

func (r *request) talkNotice() *notice {
	if did := r.Query("did"); slices.Contains(talkWords, did) {
		return &notice{Kind: "good", Text: r.words.T("studio_talk.did_" + did)}
	}
	return nil
}

// talkFailure puts an error of the talks into words.
func (r *request) talkFailure(err error) error {
	switch {
	case errors.Is(err, remarks.ErrNotFound):
		return errNotFound
	case errors.Is(err, remarks.ErrText):
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_talk.wrong_text", remarks.MaxText))
	case errors.Is(err, remarks.ErrFull):
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.words.T("studio_talk.wrong_full", remarks.MaxRemarks))
	}
	return err
}

func (r *request) beginTalk() error {
	usage, content, err := r.unitContent()
	if err != nil {
		return err
	}
	named, err := r.teammate(r.form("tell"))
	if err != nil {
		return err
	}
	about, err := r.ownUsage(r.form("about"))
	if err != nil {
		return err
	}
	titles := map[string]string{}
	r.contentTitles(content, titles)
	if titles[about.String()] == "" {
		return errNotFound
	}
	talk, err := r.site().Remarks.Begin(r.ctx(), r.user.ID, usage, about, r.form("text"))
	if err != nil {
		return r.talkFailure(err)
	}
	heard := []string{content.By, named}
	for _, child := range content.Children {
		if child.Usage == about {
			heard = append(heard, child.By)
		}
	}
	if err := r.tellTeam(talk.ID, notices.AboutRemark, usage, titles[about.String()], talk.Remarks[0].Text, heard); err != nil {
		return err
	}
	return r.studioAnswer(studioDone{Did: "said", Message: r.words.T("studio_talk.did_said")})
}

// continueTalk answers in a talk, settles it, opens it again, or changes a remark of one's own.
func (r *request) continueTalk() error {
	all, by, talk := r.site().Remarks, r.user.ID, r.param("talk")
	var changed remarks.Talk
	named, err := r.teammate(r.form("tell"))
	if err != nil {
		return err
	}
	did := "said"
	switch r.form("do") {
	case "", "answer":
		changed, err = all.Answer(r.ctx(), by, r.course, talk, r.form("text"))
	case "settle", "open":
		did = map[string]string{"settle": "settled", "open": "opened"}[r.form("do")]
		if r.form("text") != "" { // what was typed beside it is said, too
			if changed, err = all.Answer(r.ctx(), by, r.course, talk, r.form("text")); err != nil {
				break
			}
		}
		_, err = all.Settle(r.ctx(), by, r.course, talk, did == "settled")
	case "edit":
		if r.form("text") == "" {
			err = remarks.ErrText
			break
		}
		_, err = all.Edit(r.ctx(), by, r.course, talk, r.form("remark"), r.form("text"))
	case "remove":
		did = "gone"
		_, err = all.Edit(r.ctx(), by, r.course, talk, r.form("remark"), "")
	default:
		return fiber.ErrBadRequest
	}
	if err != nil {
		return r.talkFailure(err)
	}
	if changed.ID != "" {
		if err := r.tellTalk(&changed, named); err != nil {
			return err
		}
	}
	return r.studioAnswer(studioDone{Did: did, Message: r.words.T("studio_talk.did_" + did)})
}

// tellTalk tells those who took part in a talk of its newest remark, and whom it is addressed to.
func (r *request) tellTalk(talk *remarks.Talk, named string) error {
	unit, err := key.ParseUsage(talk.Unit)
	if err != nil {
		return errNotFound
	}
	title := r.words.T("studio_talk.gone")
	if content, err := r.authoring().Unit(r.ctx(), r.course, unit); err == nil {
		title = r.partTitle(content)
	}
	heard := []string{named}
	for _, one := range talk.Remarks {
		heard = append(heard, one.By)
	}
	last := talk.Remarks[len(talk.Remarks)-1]
	return r.tellTeam(last.ID, notices.AboutRemark, unit, title, last.Text, heard)
}

// tellTeam files a notice for other authors, given as user ids, and for those whom the text names. Who may not author the course
// any more hears nothing.
func (r *request) tellTeam(id string, about notices.About, usage key.Usage, title, text string, users []string) error {
	run := r.course.String()
	named, err := r.mentioned(text)
	if err != nil {
		return err
	}
	users = append(users, named...)
	var to []string
	for _, user := range users {
		if user == "" || user == r.user.ID {
			continue
		}
		roles, err := r.site().People.RolesIn(r.ctx(), user, run)
		if err != nil && !errors.Is(err, people.ErrNotFound) {
			return err
		}
		if slices.Contains(roles, people.RoleStaff) || slices.Contains(roles, people.RoleInstructor) {
			to = append(to, r.site().People.Pseudonym(user, run))
		}
	}
	if len(to) == 0 {
		return nil
	}
	return r.kernel().Notices().Post(r.ctx(), notices.Posting{
		ID: string(about) + " " + id, Run: run, Usage: usage.String(), Type: notices.TypeTeam, About: about, Title: title, Text: text, To: to, At: r.now(),
	})
}

// coauthors are the user ids of those who author the course, site admins left aside.
func (r *request) coauthors() ([]string, error) {
	var users []string
	for _, role := range []string{people.RoleStaff, people.RoleInstructor} {
		members, _, err := r.site().People.Members(r.ctx(), r.course.String(), people.Filter{Group: role, Kind: people.GroupRole}, 200, "")
		if err != nil {
			return nil, err
		}
		for i := range members {
			if !slices.Contains(users, members[i].User) {
				users = append(users, members[i].User)
			}
		}
	}
	return users, nil
}

// openTalks counts the open talks about each block of a unit, and of the unit as a whole under its own key.
func (r *request) openTalks(unit key.Usage) (map[string]int, error) {
	talks, err := r.site().Remarks.Of(r.ctx(), unit)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for i := range talks {
		if talks[i].Settled == nil {
			counts[talks[i].Usage]++
		}
	}
	return counts, nil
}
