package host

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// A library is kept as a course of one unit that no learner sees (see authoring.CreateLibrary), so Studio's pages of a course serve
// it too: its outline is the list of its components.

// studioLibraryRoutes are the addresses of libraries, and of what courses take from them.
func studioLibraryRoutes() []Route {
	return []Route{
		{Method: "POST", Path: "/studio/libraries", Who: SignedIn, Kind: Page, Handle: (*request).studioCreateLibrary, Uploads: true, Takes: (*request).newLibraryUploads},
		{Method: "GET", Path: studioPages + "/units/:id/library", Who: Authors, Kind: Page, Handle: (*request).studioPick},
		{Method: "POST", Path: studioPages + "/units/:id/take", Who: Authors, Kind: Page, Handle: (*request).studioTakeFrom},
		{Method: "POST", Path: studioPages + "/units/:id/pull", Who: Authors, Kind: Page, Handle: (*request).studioPull},
		{Method: "GET", Path: studioPages + "/libraries", Who: Authors, Kind: Page, Handle: (*request).studioLinks},
		{Method: "POST", Path: studioPages + "/libraries", Who: Authors, Kind: Page, Handle: (*request).studioLinksDo},
	}
}

// libraryForm makes the form for a new library with what was sent and what is wrong with it.
func (r *request) libraryForm(sent func(string) string, wrong map[string]string) *createForm {
	f := &settingForm{r: r, wrong: wrong, sent: sent}
	form := &createForm{Action: "/studio/libraries"}
	for _, name := range []string{"library_title", "library_org", "library_slug"} {
		form.Inputs = append(form.Inputs, f.input(name, "text", ""))
	}
	form.Wrong = wrong["archive"]
	return form
}

// studioCreateLibrary makes a library. Who makes it leads its team. An archive that comes with the form is looked at, as by the
// library's own page.
func (r *request) studioCreateLibrary() error {
	if !r.mayCreate() {
		return errNotFound
	}
	archive, refused, err := r.sentArchive()
	if err != nil {
		return err
	}
	sent := func(name string) string { return strings.TrimSpace(clip(r.form(name), maxTitle)) }
	wrong := map[string]string{}
	if refused != "" {
		wrong["archive"] = refused
	}
	for _, name := range []string{"library_title", "library_org", "library_slug"} {
		if sent(name) == "" {
			wrong[name] = r.words.T("problem.missing")
		} else if _, err := key.NewCourse(sent(name), sent(name), sent(name)); name != "library_title" && (err != nil || strings.Contains(sent(name), ":")) {
			wrong[name] = r.words.T("studio_set.wrong_key")
		}
	}
	library := key.Course{Org: sent("library_org"), Number: sent("library_slug")}
	if len(wrong) == 0 {
		err := r.authoring().CreateLibrary(r.ctx(), r.author(), library, sent("library_title"))
		if invalid := (*authoring.Invalid)(nil); errors.As(err, &invalid) {
			wrong["library_slug"] = r.invalidText(invalid)
		} else if err != nil {
			return r.studioFailure(err)
		}
	}
	if len(wrong) > 0 {
		return r.refuseForm(wrong, nil, func(status int) error {
			return r.showHome(status, homeForms{library: r.libraryForm(sent, wrong), wrong: len(wrong)})
		})
	}
	if archive == nil {
		return r.lead(library, "")
	}
	one, err := r.bring(library, archive)
	if err != nil {
		return err
	}
	return r.lead(library, "/import/"+one.ID)
}

// newLibraryUploads takes an archive from those alone who may make libraries.
func (r *request) newLibraryUploads() *wire.Uploads {
	if !r.mayCreate() {
		return nil
	}
	return r.archiveUploads()
}

// sentArchive is the archive of a form that need not have one, nil for none; refused says why it is not taken.
func (r *request) sentArchive() (archive *spooledFile, refused string, err error) {
	if !r.multipart() {
		return nil, "", nil
	}
	received, err := r.received(r.archiveUploads())
	if err == nil && len(received) > 0 {
		archive, err = &received[0], r.slowTransfer()
	}
	if failed := (*fiber.Error)(nil); errors.As(err, &failed) && failed.Code != fiber.StatusNotFound {
		return nil, failed.Message, nil
	}
	return archive, "", err
}

// libraryBody is the page of a library.
type libraryBody struct {
	Path, Shelf, Key string
	Query            string
	Types            []choice
	Rows             []libraryRow
	// Any says that there are components besides those that were found, Note how many there are.
	Any  bool
	Note string
	// Before and After are the pages around this one, "" for none.
	Before, After string
	// Add are the types that can be added.
	Add    []paletteGroup
	Whole  string
	Change bool
	UndoOp string
}

// libraryRow is a component as the list has it.
type libraryRow struct {
	Usage, Title, Type, State, Link, Publish string
	// Used are the courses that have copies of it, as far as the reader may see them.
	Used []libraryUse
	// UsedText says how many copies there are.
	UsedText string
}

// libraryUse is one course with copies of a component.
type libraryUse struct{ Title, Link, Note string }

const (
	libraryPage = 50
	// libraryWhole is how many components are edited on one page at most.
	libraryWhole = 50
)

func (r *request) studioLibrary() error {
	shelf := course.Shelf(r.course)
	content, err := r.authoring().Unit(r.ctx(), r.course, shelf)
	if err != nil {
		return r.studioFailure(err)
	}
	used, err := r.usesOf(r.course)
	if err != nil {
		return err
	}
	body := &libraryBody{Path: r.studioPath(), Shelf: shelf.String(), Key: r.course.String(), Query: clip(r.Query("q"), 200), Any: len(content.Children) > 0, UndoOp: clip(r.Query("op"), 100)}
	kind := clip(r.Query("type"), key.MaxPart)
	kinds := map[string]int{}
	var rows []libraryRow
	for _, child := range content.Children {
		kinds[child.Usage.Type]++
		body.Change = body.Change || child.State != authoring.StateLive
		if kind != "" && child.Usage.Type != kind || !saysAll(r.partTitle(child)+"\n"+r.textsOf(child), body.Query) {
			continue
		}
		rows = append(rows, r.libraryRow(child, used[child.Usage]))
	}
	body.Change = body.Change || content.State != authoring.StateLive
	body.Types = []choice{{Text: r.words.T("library.all_kinds"), Chosen: kind == ""}}
	for _, name := range slices.SortedFunc(keysOf(kinds), strings.Compare) {
		body.Types = append(body.Types, choice{name, r.typeTitle(name) + " (" + strconv.Itoa(kinds[name]) + ")", name == kind})
	}
	body.Note = r.words.T("library.count", len(rows), len(content.Children))
	at, _ := strconv.Atoi(r.Query("page")) // what is no number is the first page
	at = max(0, min(at, (len(rows)-1)/libraryPage))
	page1 := func(n int) string {
		return link(body.Path, url.Values{"page": {strconv.Itoa(n)}, "q": {body.Query}, "type": {kind}})
	}
	if at > 0 {
		body.Before = page1(at - 1)
	}
	if (at+1)*libraryPage < len(rows) {
		body.After = page1(at + 1)
	}
	body.Rows = rows[min(len(rows), at*libraryPage):min(len(rows), (at+1)*libraryPage)]
	if body.Add, err = r.palette(); err != nil {
		return err
	}
	if n := len(content.Children); n > 0 && n <= libraryWhole {
		body.Whole = r.studioUnitLink(shelf)
	}
	return r.showStudio(fiber.StatusOK, "studio_library.html", "components", page{Title: r.run.Title, Body: body, Focus: r.didNotice()})
}

func keysOf(counts map[string]int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for name := range counts {
			if !yield(name) {
				return
			}
		}
	}
}

// saysAll reports whether every word of a query stands in a text.
func saysAll(text, query string) bool {
	said := course.Fold(text)
	for word := range strings.FieldsSeq(course.Fold(query)) {
		if !strings.Contains(said, word) {
			return false
		}
	}
	return true
}

// textsOf are a component's own texts, for a search. Keys are none: who does not see one would find it letter by letter.
func (r *request) textsOf(content *authoring.Content) string {
	var out strings.Builder
	keys := r.keyNames()
	for name, value := range content.Fields {
		if keys[name] {
			continue
		}
		out.WriteString(readable(value))
		out.WriteByte('\n')
	}
	return out.String()
}

func (r *request) libraryRow(content *authoring.Content, used []libraryUse) libraryRow {
	row := libraryRow{
		Usage: content.Usage.String(), Title: r.partTitle(content), Type: r.typeTitle(content.Usage.Type), State: string(content.State),
		Link: r.studioUnitLink(content.Usage), Used: used,
	}
	if content.State != authoring.StateLive || len(content.Conflicts) > 0 {
		row.Publish = link(r.studioPath()+"/changes", url.Values{"within": {row.Usage}})
	}
	if len(used) > 0 {
		row.UsedText = r.words.T("library.used", len(used))
	}
	return row
}

// usesOf are the copies of a library's components in the courses that the reader may change, by component.
func (r *request) usesOf(library key.Course) (map[key.Usage][]libraryUse, error) {
	runs, err := r.site().Courses.Using(r.ctx(), library)
	if err != nil {
		return nil, err
	}
	uses := map[key.Usage][]libraryUse{}
	for i := range runs {
		run, err := key.ParseCourse(runs[i].Key)
		if err != nil {
			return nil, err
		}
		if may, err := r.authorOf(run); err != nil || !may {
			if err != nil {
				return nil, err
			}
			continue
		}
		links, err := r.authoring().Links(r.ctx(), authoring.Author{Reads: func(other key.Course) (bool, error) { return other == library, nil }}, run, key.Usage{})
		if err != nil {
			return nil, r.studioFailure(err)
		}
		copies, behind := map[key.Usage]int{}, map[key.Usage]int{}
		var order []key.Usage
		for j := range links {
			if from := links[j].Upstream; from.Course == library {
				if copies[from]++; copies[from] == 1 {
					order = append(order, from)
				}
				if links[j].Behind() {
					behind[from]++
				}
			}
		}
		for _, from := range order {
			use := libraryUse{Title: runs[i].Title, Link: "/studio/courses/" + runs[i].Key + "/libraries", Note: r.words.T("library.copies", copies[from])}
			if behind[from] > 0 {
				use.Note += " · " + r.words.T("library.behind", behind[from])
			}
			uses[from] = append(uses[from], use)
		}
	}
	return uses, nil
}

// authorOf reports whether the reader may change a course or a library, which is who may read a library.
func (r *request) authorOf(run key.Course) (bool, error) {
	person, err := r.site().Person(r.ctx(), r.user, run)
	return err == nil && person.Author(), err
}

// libraries are those that the reader may read, by title.
func (r *request) libraries() ([]course.Run, error) {
	runs, err := r.studioRuns()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(runs, func(run course.Run) bool {
		parsed, err := key.ParseCourse(run.Key)
		return err != nil || !parsed.Library()
	}), nil
}
