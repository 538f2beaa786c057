package host

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// mostPicked bounds what the page lists.
const mostPicked = 200

// linksBody is the page of a course about what it has of libraries.
type linksBody struct {
	Path   string
	Groups []linksGroup
	// Banks are blocks that hold components of a library which has others for them now.
	Banks []bankRow
	// All are the copies that can be brought up to date.
	All []string
	// Known says that the reader may read a library that something comes from.
	Known  bool
	UndoOp string
}

type linksGroup struct {
	Title, Link string
	// Hidden says that the reader may not read the library.
	Hidden bool
	Rows   []linksRow
}

// bankRow is a block that holds components of a library, and what is new there.
type bankRow struct {
	ID, Title, Link, Library string
	// Pull is where the whole library is taken over, From the library's key; Pick is where components are chosen.
	Pull, From, Pick string
	New              []string
	Gone             string
}

// mostNews bounds the new components that one bank tells of.
const mostNews = 20

// bankRows tells of the banks whose libraries have something new for them.
func (r *request) bankRows() ([]bankRow, error) {
	banks, err := r.authoring().Banks(r.ctx(), r.author(), r.course)
	if err != nil {
		return nil, r.studioFailure(err)
	}
	rows := make([]bankRow, 0, len(banks))
	for i := range banks {
		b := &banks[i]
		run, err := r.site().Courses.Run(r.ctx(), b.Library)
		if err != nil {
			return nil, err
		}
		row := bankRow{ID: b.Usage.ID, Title: firstOf(b.Title, r.typeTitle(b.Usage.Type)), Link: r.studioUnitLink(b.Usage), Library: run.Title}
		if row.From = run.Key; b.Whole {
			row.Pull = row.Link + "/pull"
		} else {
			row.Pick = link(row.Link+"/library", url.Values{"library": {run.Key}})
		}
		for _, one := range b.New[:min(len(b.New), mostNews)] {
			row.New = append(row.New, firstOf(one.Title, r.typeTitle(one.Usage.Type)))
		}
		if more := len(b.New) - len(row.New); more > 0 {
			row.New = append(row.New, r.words.T("library.bank_more", more))
		}
		if b.Gone > 0 {
			row.Gone = r.words.T("library.bank_gone", b.Gone)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

type linksRow struct {
	Usage, ID, Title, Type, Link, Unit string
	// Kind and State say how the copy stands: "behind", "declined", "gone", "current", or "hidden".
	Kind, State string
	Library     []differencePart
	Here        []differencePart
	// Files were replaced in the library since the copy was taken.
	Files []string
	Kept  string
	// Unbased says that nobody knows what was taken.
	Unbased bool
}

// mostCompared bounds the comparisons that a page shows.
const mostCompared = 50

// studioLinks lists what a course has of libraries, what is new there, and what would change.
func (r *request) studioLinks() error {
	links, err := r.authoring().Links(r.ctx(), r.author(), r.course, key.Usage{})
	if err != nil {
		return r.studioFailure(err)
	}
	body := &linksBody{Path: r.studioPath(), UndoOp: clip(r.Query("op"), 100)}
	if body.Banks, err = r.bankRows(); err != nil {
		return err
	}
	at := map[key.Course]int{}
	for i := range links {
		l := &links[i]
		group, known := at[l.Upstream.Course]
		if !known {
			group = len(body.Groups)
			at[l.Upstream.Course] = group
			title, err := r.linksGroup(l)
			if err != nil {
				return err
			}
			body.Groups = append(body.Groups, title)
		}
		body.Known = body.Known || l.Readable
		row, err := r.linksRow(l, len(body.All) < mostCompared)
		if err != nil {
			return err
		}
		if l.Behind() && len(body.All) < maxUsages {
			body.All = append(body.All, row.Usage)
		}
		body.Groups[group].Rows = append(body.Groups[group].Rows, row)
	}
	return r.showStudio(fiber.StatusOK, "studio_links.html", "libraries", page{Title: r.words.T("library.links_title"), Body: body, Focus: r.linksNotice(links)})
}

func (r *request) linksGroup(l *authoring.Link) (linksGroup, error) {
	if !l.Readable {
		return linksGroup{Title: l.Upstream.Course.String(), Hidden: true}, nil
	}
	run, err := r.site().Courses.Run(r.ctx(), l.Upstream.Course)
	if isNotFound(err) {
		return linksGroup{Title: l.Upstream.Course.String()}, nil
	}
	return linksGroup{Title: run.Title, Link: "/studio/courses/" + run.Key}, err
}

func (r *request) linksRow(l *authoring.Link, compare bool) (linksRow, error) {
	row := linksRow{
		Usage: l.Usage.String(), ID: l.Usage.ID, Title: firstOf(l.Title, r.typeTitle(l.Usage.Type)), Type: r.typeTitle(l.Usage.Type),
		Link: r.studioUnitLink(l.Unit) + "#part-" + l.Usage.ID,
	}
	switch {
	case !l.Readable:
		row.Kind, row.State = "hidden", r.words.T("library.hidden")
	case l.Gone():
		row.Kind, row.State = "gone", r.words.T("library.gone")
	case l.Behind():
		row.Kind, row.State = "behind", r.words.T("library.update")
	case l.Now != l.Base:
		row.Kind, row.State = "declined", r.words.T("library.declined")
	default:
		row.Kind, row.State = "current", r.words.T("library.current")
	}
	if row.Kind != "behind" && row.Kind != "declined" || !compare {
		return row, nil
	}
	row.Files = l.Files
	newer, err := r.authoring().Newer(r.ctx(), r.author(), l.Usage)
	if err != nil {
		return row, r.studioFailure(err)
	}
	row.Library, row.Here, row.Unbased = r.differenceParts(l.Usage.Type, newer.Library), r.differenceParts(l.Usage.Type, newer.Here), !newer.Based
	if len(newer.Kept) > 0 {
		var names []string
		for _, field := range newer.Kept {
			names = append(names, r.fieldTitle(l.Usage.Type, field))
		}
		row.Kept = r.words.T("library.kept", strings.Join(names, ", "))
	}
	return row, nil
}

// unitsBehind counts the copies in each unit that are behind their libraries.
func (r *request) unitsBehind() (map[key.Usage]int, error) {
	behind := map[key.Usage]int{}
	if len(r.run.Libraries) == 0 {
		return behind, nil
	}
	links, err := r.authoring().Links(r.ctx(), r.author(), r.course, key.Usage{})
	if err != nil {
		return nil, r.studioFailure(err)
	}
	for i := range links {
		if links[i].Behind() {
			behind[links[i].Unit]++
		}
	}
	return behind, nil
}

// linksNotice says of which components the address tells that they were brought up to date, or left.
func (r *request) linksNotice(links []authoring.Link) *notice {
	did := r.Query("did")
	if did != "updated" && did != "declined" {
		return r.didNotice()
	}
	asked := map[string]bool{}
	for _, value := range r.Context().QueryArgs().PeekMulti("of") {
		asked[string(value)] = true
	}
	var titles []string
	for i := range links {
		if asked[links[i].Usage.String()] {
			titles = append(titles, firstOf(links[i].Title, r.typeTitle(links[i].Usage.Type)))
		}
	}
	if len(titles) == 0 {
		return nil
	}
	return &notice{Kind: "good", Text: r.words.T("library.did_"+did, strings.Join(titles, ", "))}
}

// mostSaid bounds the components that a notice names.
const mostSaid = 10

// studioLinksDo brings copies up to date, or leaves them as they are until there is something newer again.
func (r *request) studioLinksDo() error {
	usages, err := r.usagesSent()
	if err != nil {
		return err
	}
	links, err := r.authoring().Links(r.ctx(), r.author(), r.course, key.Usage{})
	if err != nil {
		return r.studioFailure(err)
	}
	for _, usage := range usages {
		i := slices.IndexFunc(links, func(l authoring.Link) bool { return l.Usage == usage })
		if i < 0 || !links[i].Readable || links[i].Gone() {
			return errNotFound
		}
	}
	back := r.studioPath() + "/libraries"
	done := studioDone{Did: "updated"}
	switch r.form("do") {
	case "update":
		updated, err := r.authoring().Update(r.ctx(), r.author(), usages...)
		if err != nil {
			return r.studioFailure(err)
		}
		done.Op, done.Message = updated.Op.ID, r.words.T("library.updated", len(updated.Changed))
	case "decline":
		op, err := r.authoring().Decline(r.ctx(), r.author(), usages...)
		if err != nil {
			return r.studioFailure(err)
		}
		done.Did, done.Op, done.Message = "declined", op.ID, r.words.T("library.declined")
	default:
		return fiber.ErrBadRequest
	}
	done.Location = link(back, url.Values{"did": {done.Did}, "op": {done.Op}, "of": usageTexts(usages[:min(len(usages), mostSaid)])})
	return r.studioAnswer(done)
}
