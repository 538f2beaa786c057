package host

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/review"
)

// studioChangeRoutes are the addresses at which a team sees what is not published, publishes it or discards it.
func studioChangeRoutes() []Route {
	return []Route{
		{Method: "GET", Path: studioPages + "/changes", Who: Authors, Kind: Page, Handle: (*request).studioChanges},
		{Method: "POST", Path: studioPages + "/publish", Who: Authors, Kind: Page, Handle: (*request).studioPublish},
		{Method: "POST", Path: studioPages + "/regrade", Who: Authors, Kind: Page, Handle: (*request).studioRegrade},
		{Method: "POST", Path: studioPages + "/discard", Who: Authors, Kind: Page, Handle: (*request).studioDiscard},
	}
}

// changesBody tells what publishing would change for learners.
type changesBody struct {
	Path, Back string
	// Usages are the parts of the course that it is about, Heading their names; the whole course where there is none.
	Usages  []string
	Heading string
	Groups  []changeGroup
	Count   string
	// Conflicts says that some blocks are in two versions, "" for none.
	Conflicts string
	Note      string
	// Affected are the blocks at which scores already given would be put into question.
	Affected []string
	First    bool
	// Shift says what publishing would make of grades that learners have, nil for nothing.
	Shift *shiftPart
	// Seen names what the page tells of, and when: nothing else is published by it. Between says what others changed since the page
	// before, which was published from.
	Seen    string
	Between []string
	// Review is how the review of these changes stands, nil where several parts are looked at. ReviewNeeded says that nothing is
	// published without one, Alone that the reader may do so all the same.
	Review              *reviewPart
	ReviewNeeded, Alone bool
	// Others names who else made some of the changes, "" for nobody.
	Others string
	// Mend is what the checks found in what changes.
	Mend mendPart
	// Unsaid says that the form was sent without a word about errors.
	Unsaid bool
	// Published tells of a publish a moment ago, nil for none.
	Published *publishedPart
	// UndoOp is the operation that the page before did, "" for none.
	UndoOp string
	// Last says what was published last, LastAt when; "" where nothing is.
	Last   string
	LastAt *instant
}

// mendPart is what the checks found in some changes.
type mendPart struct {
	Counts        []severityCount
	Rows          []findingRow
	More, Waiting string
	// Errors counts those that are to be said yes to.
	Errors int
	Anyway string
}

// mostMends bounds the findings that the page of changes shows.
const mostMends = 25

// changeGroup are the changes of one unit, or of what is above units.
type changeGroup struct {
	Title, Link string
	Changes     []changePart
}

// changePart is one block that changes.
type changePart struct {
	Title, Kind, KindText, Type, By string
	Conflict                        bool
	Differences                     []differencePart
}

// mostChanges bounds the changes that one page shows.
const mostChanges = 300

// maxNote bounds what one writes to a publish, in bytes.
const maxNote = 500

// scopes are the parts of the course that a request is about: the course itself where it names none.
func (r *request) scopes(texts []string) ([]key.Usage, error) {
	if len(texts) == 0 || len(texts) == 1 && texts[0] == "" {
		return []key.Usage{r.course.Usage("course", course.RootID)}, nil
	}
	return r.ownUsages(texts)
}

func (r *request) studioChanges() error {
	texts := r.queryUsages()
	if within := r.Query("within"); within != "" {
		texts = []string{within}
	}
	return r.showChanges(fiber.StatusOK, texts, false)
}

func (r *request) showChanges(status int, texts []string, unsaid bool, between ...string) error {
	usages, err := r.scopes(texts)
	if err != nil {
		return err
	}
	tree, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return r.studioFailure(err)
	}
	body := &changesBody{Path: r.studioPath(), Back: r.studioPath(), First: r.run.Head.Root == "", Unsaid: unsaid, Between: between}
	names := map[string]string{}
	if head := r.run.Head; head.Root != "" {
		by, err := r.nameOf(names, head.By)
		if err != nil {
			return err
		}
		body.Last, body.LastAt = r.words.T("studio.changes_last", head.Number), r.instant(head.At)
		if by != "" { // an import of the server's has no author, and who was erased no name
			body.Last = r.words.T("studio.changes_last_by", head.Number, by)
		}
	}
	if did := r.Query("did"); status == fiber.StatusOK && !r.course.Library() && r.run.Head.Root != "" && (did == "published" || did == "regraded") {
		body.Published = &publishedPart{Live: "/courses/" + r.course.String(), Back: r.studioPath(), Action: r.studioPath() + "/regrade"}
		focus, err := r.showPublished(body.Published, tree)
		if err != nil {
			return err
		}
		body.Heading = r.run.Title
		return r.showStudio(status, "studio_changes.html", "changes", page{Title: r.words.T("studio.published_title"), Body: body, Focus: focus})
	}
	body.Heading, body.UndoOp = r.words.T("studio.whole_course"), clip(r.Query("op"), 100)
	if len(texts) > 0 {
		body.Heading = r.words.T("studio.changes_parts", len(usages))
	}
	if node := nodeOf(tree, usages[0]); node != nil && len(usages) == 1 && node != tree.Course {
		body.Heading = node.Title
	}
	if body.ReviewNeeded, err = r.reviewNeeded(); err != nil {
		return err
	}
	body.Alone = body.ReviewNeeded && r.mayPublishAlone()
	count, conflicts, others := 0, 0, []string{}
	changed := map[key.Usage]string{}
	seen := &seenStates{of: map[key.Usage]string{}, order: usages, since: r.now()}
	for _, usage := range usages {
		body.Usages = append(body.Usages, usage.String())
		pending, err := r.authoring().Pending(r.ctx(), r.course, usage)
		if err != nil {
			return r.studioFailure(err)
		}
		seen.of[usage] = pending.State
		changes := pending.Changes
		if err := r.addAffected(body, usage); err != nil {
			return err
		}
		if len(usages) == 1 && len(changes) > 0 {
			if body.Review, err = r.reviewPart(usage, &pending, body.ReviewNeeded); err != nil {
				return err
			}
		}
		for i := range changes {
			count++
			conflicts += changes[i].Conflicts
			if by := changes[i].By; by != r.user.ID && !slices.Contains(others, by) {
				others = append(others, by)
			}
			changed[changes[i].Usage] = changes[i].Kind
			if count > mostChanges {
				continue
			}
			if err := r.addChange(body, tree, &changes[i], names); err != nil {
				return err
			}
		}
	}
	body.Seen = seen.text()
	body.Count = r.words.T("studio.changes_count", count)
	if body.Others, err = r.namesOf(others, names); err != nil {
		return err
	}
	if count > mostChanges {
		body.Note = r.words.T("studio.changes_more", mostChanges)
	}
	if conflicts > 0 {
		body.Conflicts = r.words.T("studio.changes_conflicts", conflicts)
	}
	if count > 0 {
		if body.Shift, err = r.contentShift(usages); err != nil {
			return err
		}
		if err := r.mend(&body.Mend, changed); err != nil {
			return err
		}
	}
	return r.showStudio(status, "studio_changes.html", "changes", page{Title: r.words.T("studio.changes_title"), Body: body, Focus: r.didNotice()})
}

// mostOthers bounds the names that a question tells.
const mostOthers = 5

// namesOf are the names of some people, "" for nobody who has one.
func (r *request) namesOf(people []string, names map[string]string) (string, error) {
	var told []string
	for _, one := range people[:min(len(people), mostOthers)] {
		name, err := r.nameOf(names, one)
		if err != nil {
			return "", err
		}
		if name != "" {
			told = append(told, name)
		}
	}
	return strings.Join(told, ", "), nil
}

func (r *request) addChange(body *changesBody, tree *authoring.Tree, c *authoring.Change, names map[string]string) error {
	by, err := r.nameOf(names, c.By)
	if err != nil {
		return err
	}
	title := firstOf(c.Title, r.kindText(c.Usage.Type))
	group := changeGroup{Title: title}
	if node := nodeOf(tree, c.Within); node != nil {
		group.Title = node.Title
		if node.Usage.Type == "vertical" {
			group.Link = r.studioPath() + "/units/" + url.PathEscape(node.Usage.ID)
		}
	}
	if n := len(body.Groups); n == 0 || body.Groups[n-1].Link != group.Link || body.Groups[n-1].Title != group.Title {
		body.Groups = append(body.Groups, group)
	}
	last := &body.Groups[len(body.Groups)-1]
	last.Changes = append(last.Changes, changePart{
		Title: title, Kind: c.Kind, KindText: r.words.T("studio.change_" + c.Kind), Type: r.kindText(c.Usage.Type), By: by, Conflict: c.Conflicts > 0,
		Differences: r.differenceParts(c.Usage.Type, c.Differences),
	})
	return nil
}

// mend tells what the checks found in blocks that change, and where what is removed was linked to.
func (r *request) mend(part *mendPart, changed map[key.Usage]string) error {
	report, err := r.lookThrough()
	if err != nil {
		return err
	}
	removed := map[string]bool{}
	for usage, kind := range changed {
		removed[usage.ID] = removed[usage.ID] || kind == authoring.ChangeRemoved
	}
	count := map[review.Severity]int{}
	for _, severity := range review.Severities {
		for i := range report.Findings {
			f := &report.Findings[i]
			_, concerned := changed[f.Usage]
			if f.Severity != severity || !concerned && (f.Target == "" || !removed[f.Target]) {
				continue
			}
			count[severity]++
			if len(part.Rows) < mostMends {
				part.Rows = append(part.Rows, r.findingRow(f))
			}
		}
	}
	part.Counts = r.severityCounts(func(severity review.Severity) int { return count[severity] })
	if more := count[review.Error] + count[review.Warning] + count[review.Hint] - len(part.Rows); more > 0 {
		part.More = r.words.T("mend.changes_more", more)
	}
	if part.Errors = count[review.Error]; part.Errors > 0 {
		part.Anyway = r.words.T("mend.anyway", part.Errors)
	}
	if report.Waiting > 0 {
		r.site().Review.Begin(r.course)
		part.Waiting = r.words.T("mend.changes_waiting", report.Waiting)
	}
	return nil
}

// studioPublish makes parts of the working copy what learners see. Whoever was told of errors is asked once more.
func (r *request) studioPublish() error {
	usages, err := r.scopes(r.formAll("usage"))
	if err != nil {
		return err
	}
	seen, err := r.reviewed(usages)
	if err != nil {
		return err
	}
	if seen == nil {
		seen = readSeen(r.form("was.seen"), usages)
	}
	if r.form("errors") != "" && r.form("anyway") == "" {
		message := r.words.T("mend.anyway_needed")
		if r.wantsData() {
			return r.data(fiber.StatusUnprocessableEntity, fiber.Map{"error": message, "errors": fiber.Map{"anyway": message}})
		}
		return r.showChanges(fiber.StatusUnprocessableEntity, r.formAll("usage"), true)
	}
	note := clip(r.form("note"), maxNote)
	if alone, err := r.publishesAlone(); err != nil {
		return err
	} else if alone {
		note = clip(r.words.T("studio_talk.alone_note")+" "+note, maxNote)
	}
	regrade, err := r.regradable(usages)
	if err != nil {
		return err
	}
	done, err := r.authoring().PublishSeen(r.ctx(), r.author(), note, seen.of, usages...)
	if other := (*authoring.OtherState)(nil); errors.As(err, &other) {
		return r.refuseUnseen(usages, other.Usage, seen.since)
	}
	if err != nil {
		return r.studioFailure(err)
	}
	for _, usage := range usages {
		if err := r.site().Remarks.Done(r.ctx(), usage); err != nil {
			return err
		}
	}
	message := r.words.T("studio.published", done.Blocks)
	if broken := len(done.Broken); broken > 0 {
		message += " " + r.words.T("studio.published_broken", broken)
	}
	answer := studioDone{Did: "published", Message: message, Focus: focusOf(usages)}
	if len(regrade) > 0 { // where the scores are, it is to be said what becomes of them
		answer.Location = r.regradeAddress("published", regrade, "", 0)
	}
	return r.studioAnswer(answer)
}

// studioDiscard puts parts of the working copy back to what is published.
func (r *request) studioDiscard() error {
	usages, err := r.scopes(r.formAll("usage"))
	if err != nil {
		return err
	}
	op, err := r.authoring().Discard(r.ctx(), r.author(), usages[0], usages[1:]...)
	if err != nil {
		return r.studioFailure(err)
	}
	return r.studioAnswer(studioDone{Op: op.ID, Did: "discarded", Message: r.words.T("studio.discarded"), Focus: focusOf(usages)})
}

// focusOf is the row to go on with, "" for the course.
func focusOf(usages []key.Usage) string {
	if usages[0].Type == "course" {
		return ""
	}
	return usages[0].String()
}

// addAffected tells at which blocks publishing would put scores into question.
func (r *request) addAffected(body *changesBody, usage key.Usage) error {
	affected, err := r.authoring().Affected(r.ctx(), r.course, usage)
	if err != nil {
		return r.studioFailure(err)
	}
	for _, a := range affected {
		title := firstOf(a.Title, r.kindText(a.Usage.Type))
		body.Affected = append(body.Affected, title+": "+r.words.T("studio_why."+a.Why)+" "+r.words.T("studio.affected_learners", a.Learners))
	}
	return nil
}
