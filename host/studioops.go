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
)

// studioOpRoutes are the addresses at which blocks are added, moved, copied and taken away, and the page of those there are. Each takes one or more usage keys in
// the parameter usage, as a form or from a script.
func studioOpRoutes() []Route {
	post := func(path string, handle func(*request) error) Route {
		return Route{Method: "POST", Path: studioPages + path, Who: Authors, Kind: Page, Handle: handle}
	}
	return []Route{
		post("/blocks", (*request).studioAdd),
		{Method: "GET", Path: studioPages + "/blocks", Who: Authors, Kind: Page, Handle: (*request).studioBlocks},
		post("/blocks/switch", (*request).studioSwitch),
		post("/set", (*request).studioSet),
		post("/remove", (*request).studioRemove),
		post("/move", (*request).studioMove),
		post("/duplicate", (*request).studioDuplicate),
		post("/paste", (*request).studioPaste),
		post("/undo", (*request).studioUndo),
		post("/restore", (*request).studioRestore),
		post("/return", (*request).studioReturn),
	}
}

// maxUsages bounds what one operation may be about.
const maxUsages = 500

// author is who acts.
func (r *request) author() authoring.Author {
	return authoring.Author{ID: r.user.ID, Runs: r.person != nil && r.seesKeys(), Reads: r.authorOf}
}

func (r *request) authoring() *authoring.Authoring { return r.site().Authoring }

// formAll gives all values of a name in the request's body.
func (r *request) formAll(name string) []string {
	var all []string
	if r.multipart() {
		values, err := r.multipartValues()
		if err != nil {
			return nil
		}
		return values[name]
	}
	for _, value := range r.Request().PostArgs().PeekMulti(name) {
		all = append(all, string(value))
	}
	return all
}

// ownUsage reads a usage key of the request's course. Another course's is not found.
func (r *request) ownUsage(text string) (key.Usage, error) {
	usage, err := key.ParseUsage(text)
	if err != nil || usage.Course != r.course {
		return key.Usage{}, errNotFound
	}
	return usage, nil
}

// usagesSent are the blocks of the course that the request is about.
func (r *request) usagesSent() ([]key.Usage, error) { return r.ownUsages(r.formAll("usage")) }

func (r *request) ownUsages(texts []string) ([]key.Usage, error) {
	if len(texts) == 0 || len(texts) > maxUsages {
		return nil, fiber.ErrBadRequest
	}
	usages, named := make([]key.Usage, 0, len(texts)), make(map[key.Usage]bool, len(texts))
	for _, text := range texts {
		usage, err := r.ownUsage(text)
		if err != nil {
			return nil, err
		}
		if !named[usage] { // each is work, however often it is named
			usages = append(usages, usage)
		}
		named[usage] = true
	}
	return usages, nil
}

// studioDone is what an operation answers a script with.
type studioDone struct {
	// Did names the operation among didWords.
	Did      string `json:"did"`
	Op       string `json:"op,omitempty"`
	Message  string `json:"message,omitempty"`
	Focus    string `json:"focus,omitempty"`
	Location string `json:"location,omitempty"`
	// Was is what a form is to say that it was drawn from.
	Was map[string]string `json:"was,omitempty"`
	// Usages are the blocks that came of it.
	Usages []string `json:"usages,omitempty"`
}

// didWords are the operations that a page can tell of: the words are "studio_did." with the name.
var didWords = []string{"added", "removed", "moved", "duplicated", "pasted", "undone", "undone_left", "restored", "set", "set_dates", "published", "discarded", "replaced", "replaced_left", "none"}

// didNotice tells of what the form before has done, as the address says.
func (r *request) didNotice() *notice {
	did := r.Query("did")
	if !slices.Contains(didWords, did) {
		return nil
	}
	kind := "good"
	if did == "set_dates" || did == "undone_left" || did == "replaced_left" || did == "none" {
		kind = "warn"
	}
	return &notice{Kind: kind, Text: r.words.T("studio_did." + did)}
}

// studioAnswer tells what was done: a script as data, a browser on the page that it came from, which offers to take it back.
func (r *request) studioAnswer(done studioDone) error {
	if r.wantsData() {
		return r.data(fiber.StatusOK, done)
	}
	if done.Location != "" {
		return r.Redirect(done.Location, fiber.StatusSeeOther)
	}
	back := r.studioPath()
	if to := r.form("back"); strings.HasPrefix(to, r.studioPath()) {
		back = localPath(to)
	}
	values := url.Values{"did": {done.Did}}
	if done.Op != "" {
		values.Set("op", done.Op)
	}
	if done.Focus != "" {
		values.Set("at", done.Focus)
	}
	back, _, _ = strings.Cut(back, "?")
	return r.Redirect(link(back, values), fiber.StatusSeeOther)
}

// studioFailure puts an error of the working copy into words.
func (r *request) studioFailure(err error) error {
	var invalid *authoring.Invalid
	switch {
	case errors.Is(err, authoring.ErrNotFound), errors.Is(err, course.ErrNotFound):
		return errNotFound
	case errors.Is(err, authoring.ErrStale), errors.Is(err, course.ErrStale):
		return fiber.NewError(fiber.StatusConflict, r.words.T("studio.stale"))
	case errors.As(err, &invalid):
		return fiber.NewError(fiber.StatusUnprocessableEntity, r.invalidText(invalid))
	}
	return err
}

// invalidCodes are the codes of what an author may do wrong that there are words for: "studio_wrong." with the code.
var invalidCodes = []string{
	authoring.CodeField, authoring.CodeValue, authoring.CodeTooLarge, authoring.CodePlace, authoring.CodeType, authoring.CodeXML, authoring.CodeOff,
	authoring.CodeTitle, authoring.CodeKey, authoring.CodeAlike, authoring.CodeUndo,
}

// invalidText says what is wrong with what an author asked for.
func (r *request) invalidText(invalid *authoring.Invalid) string {
	if !slices.Contains(invalidCodes, invalid.Code) {
		return invalid.Message
	}
	text := r.words.T("studio_wrong."+invalid.Code, r.typeTitle(invalid.Field))
	if invalid.Code == authoring.CodeXML || invalid.Code == authoring.CodeValue {
		text += " " + invalid.Message
	}
	return text
}

// refuseForm answers a form whose fields are wrong: a script hears which, by name, and what another author has set meanwhile. show
// draws the page again for a browser.
func (r *request) refuseForm(wrong, now map[string]string, show func(status int) error) error {
	if r.wantsData() {
		return r.data(fiber.StatusUnprocessableEntity, fiber.Map{"error": firstOf(wrong["base"], r.words.T("form.problems", len(wrong))), "errors": wrong, "was": now})
	}
	return show(fiber.StatusUnprocessableEntity)
}

// children are the types of what stands in each container of the outline.
var outlineChild = map[string]string{"course": "chapter", "chapter": "sequential", "sequential": "vertical"}

// studioAdd adds a section, a subsection or a unit.
func (r *request) studioAdd() error {
	parent, err := r.ownUsage(r.form("parent"))
	if err != nil {
		return err
	}
	kind := r.form("type")
	if kind == "" {
		kind = outlineChild[parent.Type]
	}
	if kind == "" || kind == "course" {
		return fiber.ErrBadRequest
	}
	title := strings.TrimSpace(clip(r.form("title"), maxTitle))
	if title == "" && course.Structural(kind) {
		title = r.words.T("studio.new_" + kind)
	}
	after, err := r.placeSent()
	if err != nil {
		return err
	}
	if offered, err := r.offered(kind); err != nil {
		return err
	} else if !offered {
		return r.studioFailure(&authoring.Invalid{Code: authoring.CodeType, Message: "the type is not offered in this course"})
	}
	usage, op, err := r.authoring().Add(r.ctx(), r.author(), parent, after, authoring.NewBlock{Type: kind, Title: title})
	if err != nil {
		return r.studioFailure(err)
	}
	if title == "" {
		title = r.typeTitle(kind)
	}
	done := studioDone{Op: op.ID, Did: "added", Message: r.words.T("studio.added", title), Focus: usage.String(), Usages: []string{usage.String()}}
	if r.form("open") != "" {
		done.Location = r.studioUnitLink(usage) + "?edit=" + url.QueryEscape(usage.String())
	}
	return r.studioAnswer(done)
}

// placeSent reads where something goes under its parent: behind a block, or at the beginning; without the parameter at the end.
func (r *request) placeSent() (after string, err error) {
	values := r.formAll("after")
	if len(values) == 0 || r.form("place") == "end" {
		return authoring.Last, nil
	}
	if values[0] == "" {
		return "", nil
	}
	usage, err := r.ownUsage(values[0])
	return usage.String(), err
}

// spotSent reads what blocks go under and behind: in one value, as the form that moves has it, or in two.
func (r *request) spotSent() (to key.Usage, after string, err error) {
	if parent, behind, whole := strings.Cut(r.form("spot"), " "); whole {
		if to, err = r.ownUsage(parent); err != nil || behind == "" || behind == authoring.Last {
			return to, behind, err
		}
		usage, err := r.ownUsage(behind)
		return to, usage.String(), err
	}
	if to, err = r.ownUsage(r.form("to")); err != nil {
		return to, "", err
	}
	after, err = r.placeSent()
	return to, after, err
}

// studioRemove takes blocks away.
func (r *request) studioRemove() error {
	usages, err := r.usagesSent()
	if err != nil {
		return err
	}
	op, err := r.authoring().Remove(r.ctx(), r.author(), usages...)
	if err != nil {
		return r.studioFailure(err)
	}
	said, err := r.saidOf(op, r.words.T("studio.removed", len(usages)))
	if err != nil {
		return err
	}
	return r.studioAnswer(studioDone{Op: op.ID, Did: "removed", Message: said})
}

// studioMove moves blocks under a parent.
func (r *request) studioMove() error {
	usages, err := r.usagesSent()
	if err != nil {
		return err
	}
	to, after, err := r.spotSent()
	if err != nil {
		return err
	}
	op, err := r.authoring().Move(r.ctx(), r.author(), to, after, usages...)
	if err != nil {
		return r.studioFailure(err)
	}
	said, err := r.saidOf(op, r.words.T("studio.moved", len(usages)))
	if err != nil {
		return err
	}
	return r.studioAnswer(studioDone{Op: op.ID, Did: "moved", Message: said, Focus: usages[0].String()})
}

// studioDuplicate makes copies beside what is copied.
func (r *request) studioDuplicate() error {
	usages, err := r.usagesSent()
	if err != nil {
		return err
	}
	made, op, err := r.authoring().Duplicate(r.ctx(), r.author(), func(title string) string { return r.words.T("studio_told.copy", title) }, usages...)
	if err != nil {
		return r.studioFailure(err)
	}
	said, err := r.saidOf(op, r.words.T("studio.duplicated", len(made)))
	if err != nil {
		return err
	}
	done := studioDone{Op: op.ID, Did: "duplicated", Message: said}
	for _, usage := range made {
		done.Focus = usage.String()
		done.Usages = append(done.Usages, done.Focus)
	}
	return r.studioAnswer(done)
}

// studioPaste copies blocks from this course or from another one that the reader may change: what one may not read there does not
// come out here (security R13).
func (r *request) studioPaste() error {
	from, err := r.copied()
	if err != nil {
		return err
	}
	to, err := r.ownUsage(r.form("to"))
	if err != nil {
		return err
	}
	after, err := r.placeSent()
	if err != nil {
		return err
	}
	made, op, err := r.authoring().Paste(r.ctx(), r.author(), to, after, from...)
	if err != nil {
		return r.studioFailure(err)
	}
	done := studioDone{Op: op.ID, Did: "pasted", Message: r.words.T("studio.pasted", len(made))}
	for _, usage := range made {
		done.Usages = append(done.Usages, usage.String())
		done.Focus = made[0].String()
	}
	return r.studioAnswer(done)
}

// maxOp bounds the name of an operation, in bytes.
const maxOp = 100

// studioUndo takes an operation back.
func (r *request) studioUndo() error {
	op := r.form("op")
	if op == "" || len(op) > maxOp {
		return fiber.ErrBadRequest
	}
	kind, err := r.authoring().Kind(r.ctx(), r.course, op)
	if err != nil {
		return r.studioFailure(err)
	}
	undo := (*request).undoOp
	if kind == authoring.KindSettings { // which holds at once
		undo = atOnce((*request).undoSettings)
	}
	return undo(r)
}

// undoSettings takes settings back. Where that would change grades that learners have, their page asks first.
func (r *request) undoSettings() error {
	op := r.form("op")
	shift, err := r.undoneShift(op)
	if err != nil {
		return err
	}
	if shift != nil {
		return r.studioAnswer(studioDone{Did: "none", Location: link(r.studioPath()+"/settings/grading", url.Values{"undo": {op}})})
	}
	return r.undoOp()
}

func (r *request) undoOp() error {
	op := r.form("op")
	undone, err := r.authoring().Undo(r.ctx(), r.author(), r.course, op)
	if err != nil {
		return r.studioFailure(err)
	}
	did := "undone"
	message, err := r.saidOf(undone.Op, r.words.T("studio.undone"))
	if err != nil {
		return err
	}
	if len(undone.Left) > 0 {
		did, message = "undone_left", message+" "+r.words.T("studio.undone_left", len(undone.Left))
	}
	return r.studioAnswer(studioDone{Did: did, Op: undone.Op.ID, Message: message})
}

// studioRestore puts a block back to what it was.
func (r *request) studioRestore() error {
	usage, err := r.ownUsage(r.form("usage"))
	if err != nil {
		return err
	}
	op, err := r.authoring().Restore(r.ctx(), r.author(), usage, r.form("hash"))
	if err != nil {
		return r.studioFailure(err)
	}
	return r.studioAnswer(studioDone{Op: op.ID, Did: "restored", Message: r.words.T("studio.restored"), Focus: usage.String()})
}

// studioReturn makes the working copy what was published once.
func (r *request) studioReturn() error {
	number, ok := typedNumber(r.form("number"))
	if !ok || number < 1 {
		return fiber.ErrBadRequest
	}
	op, err := r.authoring().ReturnTo(r.ctx(), r.author(), r.course, number)
	if err != nil {
		return r.studioFailure(err)
	}
	return r.studioAnswer(studioDone{Did: "restored", Op: op.ID, Message: r.words.T("studio.restored")})
}
