package host

import (
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/host/words"
	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// An author looks at a unit's working copy as a learner by addresses below the unit's own, which say how: ".../as/learner", with
// ";group=50:1", ";at=2026-12-01T10:00:00Z" and ";lang=ar" behind it, or ".../as/editor" for the components in the editor. The
// learner is nobody who is enrolled: a scratch state of this author in this course, which no gradebook knows, and what he
// does reaches nobody else (access.Person.Scratch).

// studioLook is one such look.
type studioLook struct {
	// Editor says that it is the editor itself, where nothing is closed.
	Editor    bool
	Partition string
	Group     int
	// At is the instant, zero for the first at which the unit is open from now on.
	At       time.Time
	Language string
	// Base is where its addresses begin.
	Base string
}

var lookLanguage = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$`)

func (l *studioLook) segment() string {
	if l.Editor {
		return "editor"
	}
	out := "learner"
	if l.Partition != "" {
		out += ";group=" + l.Partition + ":" + strconv.Itoa(l.Group)
	}
	if !l.At.IsZero() {
		out += ";at=" + l.At.UTC().Format(time.RFC3339)
	}
	if l.Language != "" {
		out += ";lang=" + l.Language
	}
	return out
}

// parseLook reads what an address names; ok is false for what nobody made here.
func parseLook(text string) (l studioLook, ok bool) {
	if text == "editor" {
		return studioLook{Editor: true}, true
	}
	for i, part := range strings.Split(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		switch {
		case i == 0 && part == "learner":
		case name == "group":
			if l.Partition, l.Group, ok = parseGroup(value); !ok {
				return l, false
			}
		case name == "at":
			var err error
			if l.At, err = time.Parse(time.RFC3339, value); err != nil || l.At.Year() < 1970 || l.At.Year() > 9999 {
				return l, false
			}
		case name == "lang" && lookLanguage.MatchString(value):
			l.Language = value
		default:
			return l, false
		}
	}
	return l, text == l.segment()
}

// studioLookRoutes are the addresses of looks: the page, and what blocks on it ask.
func studioLookRoutes() []Route {
	const look = studioPages + "/units/:id/as/:look"
	const block = look + "/blocks/:usage"
	return []Route{
		{Method: "GET", Path: look, Who: Authors, Kind: Page, Handle: (*request).studioPreview},
		{Method: "GET", Path: look + "/page", Who: Authors, Kind: Page, Handle: looking((*request).studioPreviewPage)},
		{Method: "POST", Path: block, Who: Authors, Kind: Page, Handle: looking((*request).blockForm), Uploads: true},
		{Method: "GET", Path: block + "/files/:hash", Who: Authors, Kind: File, Handle: looking((*request).ownFile)},
		{Method: "GET", Path: block + "/view", Who: Authors, Kind: Data, Handle: looking((*request).blockView)},
		{Method: "GET", Path: block + "/view/*", Who: Authors, Kind: Data, Handle: looking((*request).blockView)},
		{Method: "GET", Path: block + "/frame", Who: Authors, Kind: File, Handle: looking((*request).blockFrame)},
		{Method: "GET", Path: block + "/frame/*", Who: Authors, Kind: File, Handle: looking((*request).blockFrame)},
		{Method: "GET", Path: block + "/answer", Who: Authors, Kind: File, Handle: looking((*request).answerFrame)},
		{Method: "GET", Path: block + "/handlers/:handler", Who: Authors, Kind: Data, Handle: looking((*request).blockHandler)},
		{Method: "POST", Path: block + "/handlers/:handler", Who: Authors, Kind: Data, Handle: looking((*request).blockHandler)},
		{Method: "GET", Path: studioPages + "/static/*", Who: Authors, Kind: File, Handle: (*request).courseFile},
	}
}

// looking lets a handler of learners' pages work on the working copy, as the look says.
func looking(handle func(*request) error) func(*request) error {
	return func(r *request) error {
		look, ok := parseLook(r.param("look"))
		if !ok {
			return errNotFound
		}
		unit, err := r.studioUnitUsage()
		if err != nil {
			return err
		}
		if err := r.lookAs(unit, look); err != nil {
			return err
		}
		return handle(r)
	}
}

// lookAs puts the working copy in the place of what is published, and the author's scratch learner in the place of the author.
func (r *request) lookAs(unit key.Usage, look studioLook) error {
	published, err := r.authoring().Preview(r.ctx(), r.course, &unit)
	if err != nil {
		return err
	}
	look.Base = r.studioUnitLink(unit) + "/as/" + look.segment()
	standIn := r.site().People.Pseudonym("preview "+r.user.ID, r.course.String())
	person := &access.Person{
		User: r.person.User, Run: r.course, Learner: standIn, Scratch: standIn,
		Username: r.person.Username, Enrolled: true, Since: r.now(), Locale: r.words.Language, Zone: r.words.Zone.String(), At: look.At,
	}
	if look.Partition != "" {
		person.Groups = map[string]int{look.Partition: look.Group}
	}
	if look.Language != "" && slices.Contains(r.server.words.Languages(), look.Language) {
		r.words = r.server.words.For(r.words.Zone, look.Language)
		person.Locale = look.Language
	}
	if look.Editor {
		person.Roles = []string{access.RoleStaff}
	} else if block, err := published.Find(r.ctx(), unit); err == nil && look.At.IsZero() && block.Settings.Start != nil && block.Settings.Start.After(r.now()) {
		person.At = *block.Settings.Start // before that it would only say that it is closed
	}
	r.working, r.published, r.person = &look, published, person
	return nil
}

// studioPreviewBody is the page around a preview.
type studioPreviewBody struct {
	Title, Frame, Back, Action string
	Groups                     []viewGroup
	At, Zone                   string
	Languages                  []lookChoice
	Widths                     []lookChoice
	Width                      string
	Error                      string
	Conditions                 string
}

type lookChoice struct {
	Value, Title string
	Chosen       bool
}

// studioPreview shows a unit in a frame, with what one may look at it as. Its form leads to the address of another look.
func (r *request) studioPreview() error {
	look, ok := parseLook(r.param("look"))
	if !ok || look.Editor {
		return errNotFound
	}
	unit, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	content, err := r.authoring().Unit(r.ctx(), r.course, unit)
	if err != nil {
		return err
	}
	base := r.studioUnitLink(unit)
	body := &studioPreviewBody{Title: r.partTitle(content), Back: base, Action: base + "/as/" + look.segment(), Zone: r.words.Zone.String(), Width: r.Query("width")}
	if r.Query("go") != "" {
		asked, problem := r.lookAsked()
		if problem == "" {
			address := base + "/as/" + asked.segment()
			if body.Width == "phone" {
				address += "?width=phone"
			}
			return r.Redirect(address, fiber.StatusSeeOther)
		}
		body.Error = problem
	}
	if !look.At.IsZero() {
		body.At = look.At.In(r.words.Zone).Format(localMinute)
	}
	body.Frame = base + "/as/" + look.segment() + "/page"
	if body.Groups, err = r.workingGroups(); err != nil {
		return err
	}
	for i := range body.Groups {
		body.Groups[i].Chosen = look.Partition != "" && body.Groups[i].Value == look.Partition+":"+strconv.Itoa(look.Group)
	}
	for _, name := range r.server.words.Languages() {
		body.Languages = append(body.Languages, lookChoice{name, r.words.T("language." + name), name == look.Language})
	}
	for _, width := range []string{"full", "phone"} {
		body.Widths = append(body.Widths, lookChoice{width, r.words.T("studio_unit.width_" + width), width == body.Width || width == "full" && body.Width != "phone"})
	}
	status := fiber.StatusOK
	if body.Error != "" {
		status = fiber.StatusUnprocessableEntity
	}
	return r.showStudio(status, "studio_preview.html", "outline", page{Title: body.Title, Body: body, Bundle: "studiounit"})
}

// lookAsked reads the form of a preview; problem says what is wrong with it.
func (r *request) lookAsked() (look studioLook, problem string) {
	if group := r.Query("group"); group != "" {
		var ok bool
		if look.Partition, look.Group, ok = parseGroup(group); !ok {
			return look, r.words.T("view.error_group")
		}
	}
	if text := r.Query("at"); text != "" {
		at, err := time.ParseInLocation(localMinute, text, r.words.Zone)
		if err != nil || at.Year() < 1970 || at.Year() > 9999 {
			return look, r.words.T("view.error_at")
		}
		look.At = at.UTC()
	}
	if language := r.Query("language"); slices.Contains(r.server.words.Languages(), language) {
		look.Language = language
	}
	return look, ""
}

// workingGroups are the content groups of the working copy.
func (r *request) workingGroups() ([]viewGroup, error) {
	content, err := r.authoring().Tree(r.ctx(), r.course)
	if err != nil {
		return nil, err
	}
	return groupsOf(partitionsIn(content.Course.Fields["user_partitions"])), nil
}

// lookBody is a unit as a learner would see it, without what stands around.
type lookBody struct {
	Title  string
	Blocks []template.HTML
	Closed string
	// Language and Direction are the course's where they are not the page's.
	Language, Direction string
	Styles, Scripts     []string
}

// courseLanguage is the course's language and direction, "" where it is the reader's.
func (r *request) courseLanguage() (language, direction string) {
	if language = r.run.Text("language", "en"); language == r.words.Language {
		return "", ""
	}
	return language, words.Direction(language)
}

// studioPreviewPage is the document in a preview's frame.
func (r *request) studioPreviewPage() error {
	unit, err := r.studioUnitUsage()
	if err != nil {
		return err
	}
	block, err := r.published.Find(r.ctx(), unit)
	if err != nil {
		return err
	}
	body := &lookBody{Title: r.blockTitle(block)}
	body.Language, body.Direction = r.courseLanguage()
	p := page{Title: body.Title, Body: body, Course: r.studioPart(""), Framable: true}
	verdict := access.Content(r.person, r.published, block, r.now())
	if !verdict.Allowed {
		body.Closed = r.words.T("studio_unit.preview_hidden")
		if !verdict.Hidden {
			body.Closed = r.why(verdict)
		}
		return r.showStatus(fiber.StatusOK, "studio_look.html", p)
	}
	parts := topBlocks(block)
	visit, err := r.kernel().Visit(r.ctx(), r.person, r.published, parts...)
	if err != nil {
		return err
	}
	assets := &unitBody{}
	for _, part := range parts {
		if !access.Content(r.person, r.published, part, r.now()).Allowed {
			continue
		}
		shown, err := visit.Render(r.ctx(), part, wire.ViewLearner)
		if err != nil {
			return err
		}
		html, err := r.blockHTML(shown, r.token())
		if err != nil {
			return err
		}
		body.Blocks = append(body.Blocks, html)
		collectAssets(shown, assets)
	}
	body.Styles, body.Scripts, p.Embeds = assets.Styles, assets.Scripts, assets.embeds
	if p.Elements, err = r.elementsOf(assets); err != nil {
		return err
	}
	return r.showStatus(fiber.StatusOK, "studio_look.html", p)
}
