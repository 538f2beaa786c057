package host_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/people"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sends sends a form as a browser without scripts does.
func (b *browser) sends(path string, pairs ...string) *page {
	b.t.Helper()
	form := url.Values{"token": {b.token()}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.send("POST", path, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode())
}

var shelfOf = course.Shelf

// libraryOf publishes a library of texts and names them.
func (w *world) libraryOf(slug string, texts ...string) (key.Course, []key.Usage) {
	w.t.Helper()
	library, who := key.Course{Org: "Org", Number: slug}, authoring.Author{ID: "tester"}
	if err := w.site.Authoring.CreateLibrary(w.t.Context(), who, library, "Library "+slug); err != nil {
		w.t.Fatal(err)
	}
	var made []key.Usage
	for _, text := range texts {
		data, err := json.Marshal("<p>" + text + "</p>\n<p>two</p>\n<p>three</p>\n")
		if err != nil {
			w.t.Fatal(err)
		}
		usage, _, err := w.site.Authoring.Add(w.t.Context(), who, shelfOf(library), authoring.Last, authoring.NewBlock{Type: "html", Title: "About " + text, Fields: wire.Fields{"data": data}})
		if err != nil {
			w.t.Fatal(err)
		}
		made = append(made, usage)
	}
	w.publishAll(library)
	return library, made
}

func (w *world) publishAll(run key.Course) {
	w.t.Helper()
	if _, err := w.site.Authoring.Publish(w.t.Context(), authoring.Author{ID: "tester"}, run.Usage("course", course.RootID), ""); err != nil {
		w.t.Fatal(err)
	}
}

// teacher is somebody of the teams of a course and a library.
func (w *world) teacher(name string, runs ...key.Course) people.User {
	w.t.Helper()
	user := w.account(name, runs[0], "staff")
	for _, run := range runs[1:] {
		if _, _, err := w.site.People.Grant(w.t.Context(), user.ID, run.String(), "staff", "tester"); err != nil {
			w.t.Fatal(err)
		}
	}
	user, err := w.site.People.User(w.t.Context(), user.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return user
}

// A library is made on Studio's first page; its maker leads its team. Learners never see it, whoever they are.
func TestStudioMakesALibrary(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	maker, err := w.site.People.SetSiteRole(t.Context(), w.account("mia", run, "").ID, people.SiteCreator, true)
	if err != nil {
		t.Fatal(err)
	}
	mia := w.enter(maker)
	mia.sends("/studio/libraries", "library_title", "Physics questions", "library_org", "Org", "library_slug", "no good").must(http.StatusUnprocessableEntity, `id="set-library-slug-error"`)
	mia.sends("/studio/libraries", "library_title", "Physics questions", "library_org", "Org", "library_slug", "Phys").must(http.StatusSeeOther)
	library := key.Course{Org: "Org", Number: "Phys"}
	mia.get(studioPath(library)).must(200, "Physics questions", "There is nothing in this library yet")
	mia.get("/studio").must(200, "Physics questions", "Org · Phys")
	mia.sends("/studio/libraries", "library_title", "Again", "library_org", "Org", "library_slug", "Phys").must(http.StatusUnprocessableEntity)
	added := mia.sends(studioPath(library)+"/blocks", "parent", shelfOf(library).String(), "type", "html", "open", "1").must(http.StatusSeeOther)
	mia.get(localOf(t, added)).must(200, "data-edit-form")
	mia.get(studioPath(library)).must(200, "1 of 1 components", "New")
	w.publishAll(library)
	for _, path := range []string{"", "/about", "/units/shelf", "/progress"} {
		for who, b := range map[string]*browser{"its author": mia, "a visitor": w.visitor(), "a site admin": w.enter(w.administrator("adm" + strings.ReplaceAll(path, "/", "-")))} {
			if p := b.get("/courses/" + library.String() + path); p.status != http.StatusNotFound {
				t.Errorf("%s finds %s: %d", who, p.path, p.status)
			}
		}
	}
	if p := mia.get("/"); strings.Contains(p.body, "Physics questions") {
		t.Error("a library is among the courses that one goes to")
	}
	if p := w.visitor().get("/"); strings.Contains(p.body, "Physics questions") {
		t.Error("a library is in the catalogue")
	}
	w.member("ned", run, "staff").sends("/studio/libraries", "library_title", "x", "library_org", "Org", "library_slug", "y").must(http.StatusNotFound)
}

// asWritten is an address as pages write it.
func asWritten(address string) string { return strings.ReplaceAll(address, "+", "&#43;") }

func localOf(t *testing.T, p *page) string {
	t.Helper()
	at, err := url.Parse(p.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return at.RequestURI()
}

// Components are taken into a bank, learners draw from it, the library changes, and its change is looked at, accepted, and taken back.
func TestStudioTakesFromALibrary(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	library, from := w.libraryOf("Lib", "one", "uno", "eins", "wahid")
	hidden, secret := w.libraryOf("Secret", "hush")
	sue := w.enter(w.teacher("sue", run, library))
	bank, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "tester"}, run.Usage("vertical", "read1"), authoring.Last, authoring.NewBlock{Type: "itembank", Title: "Bank"})
	if err != nil {
		t.Fatal(err)
	}
	editor := studioPath(run) + "/units/" + bank.String()
	sue.get(studioPath(run)+"/units/read1").must(200, asWritten(editor))
	sue.get(editor).must(200, asWritten(editor)+"/library")
	pick := editor + "/library?library=" + url.QueryEscape(library.String())
	sue.get(pick).must(200, "About one", "About wahid")
	if p := sue.get(pick + "&q=uno"); !strings.Contains(p.body, "About uno") || strings.Contains(p.body, "About eins") {
		t.Error("the search of a library finds something else")
	}
	sue.get(editor + "/library?library=" + url.QueryEscape(hidden.String())).must(http.StatusNotFound)
	sue.sends(editor+"/take", "usage", secret[0].String()).must(http.StatusNotFound)
	sue.sends(editor+"/take", "usage", run.Usage("html", "read1").String()).must(http.StatusNotFound)
	sue.sends(editor+"/take", "usage", from[0].String(), "usage", from[1].String(), "usage", from[2].String()).must(http.StatusSeeOther)
	w.publishAll(run)
	ann := w.member("ann", run, "")
	first := ann.get("/courses/" + run.String() + "/units/read1").must(200)
	said := func(p *page) (n int) {
		for _, text := range []string{"<p>one</p>", "<p>uno</p>", "<p>eins</p>"} {
			n += strings.Count(p.body, text)
		}
		return n
	}
	if said(first) != 1 {
		t.Errorf("a learner has %d of the bank", said(first))
	}
	if again := ann.get("/courses/" + run.String() + "/units/read1"); said(again) != 1 || strings.Contains(first.body, "<p>one</p>") != strings.Contains(again.body, "<p>one</p>") {
		t.Error("a learner has something else than a moment ago")
	}
	sue.get(studioPath(library)).must(200, "Used in one course", "Forces")

	links := studioPath(run) + "/libraries"
	sue.get(links).must(200, "Everything is up to date")
	base, value := `"<p>one</p>\n<p>two</p>\n<p>three</p>\n"`, `"<p>ONE</p>\n<p>two</p>\n<p>three</p>\n"`
	for _, usage := range from[:2] {
		if usage == from[1] {
			base, value = strings.ReplaceAll(base, "one", "uno"), strings.ReplaceAll(value, "ONE", "UNO")
		}
		edits := map[string]authoring.FieldEdit{"data": {Base: json.RawMessage(base), Value: json.RawMessage(value)}}
		if _, err := w.site.Authoring.Save(t.Context(), authoring.Author{ID: "tester"}, usage, edits); err != nil {
			t.Fatal(err)
		}
	}
	w.publishAll(library)
	sue.get(editor).must(200, "Update available")
	sue.get(studioPath(run)+"/units/read1").must(200, "2 updates from libraries")
	sue.get(studioPath(run)).must(200, "2 updates from libraries")
	sue.get(links).must(200, "Update available", "ONE", "Accept all 2")
	copies, err := w.site.Authoring.Links(t.Context(), authoring.Author{Reads: func(key.Course) (bool, error) { return true, nil }}, run, bank)
	if err != nil || len(copies) != 3 {
		t.Fatal(copies, err)
	}
	sue.sends(links, "do", "decline", "usage", copies[1].Usage.String()).must(http.StatusSeeOther)
	done := sue.sends(links, "do", "update", "usage", copies[0].Usage.String()).must(http.StatusSeeOther)
	sue.get(editor).must(200, "<p>ONE</p>", "<p>uno</p>")
	sue.get(localOf(t, done)).must(200, "Everything is up to date", "Left as it is", `name="op"`, "Brought up to date: ").without("Settings saved")
	at, _ := url.Parse(localOf(t, done))
	sue.sends(studioPath(run)+"/undo", "op", at.Query().Get("op")).must(http.StatusSeeOther)
	sue.get(editor).must(200, "<p>one</p>")

	// Whoever is not in the library's team is told nothing of what is new in it, and accepts nothing.
	ned := w.member("ned", run, "staff")
	if p := ned.get(links).must(200, "You are not in the team of this library"); strings.Contains(p.body, "ONE") || strings.Contains(p.body, "Update available") {
		t.Error("a stranger reads what is new in a library")
	}
	ned.sends(links, "do", "update", "usage", copies[0].Usage.String()).must(http.StatusNotFound)
	ned.get(editor+"/library").must(200, "You are in the team of no library")
	if p := w.enter(w.teacher("lea", library)).get(studioPath(library)); !strings.Contains(p.body, "Not used in a course that you can see") || strings.Contains(p.body, "Forces") {
		t.Error("a library tells of courses that its reader may not see")
	}
}

// A file that is replaced in a library is an update of the courses that use it, and the comparison says which file it is. Whoever is not in
// the library's team is told nothing of it.
func TestStudioHearsOfAReplacedFileOfALibrary(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	library, from := w.libraryOf("Lib", "one")
	sue := w.enter(w.teacher("sue", run, library))
	upload := func(content string) {
		t.Helper()
		sue.uploadWith(filesPath(library)+"/upload", "files", "application/json", map[string]string{"replace": "1"}, attached{"facts.txt", content}).must(200)
	}
	upload("first")
	edits := map[string]authoring.FieldEdit{"data": {
		Base: json.RawMessage(`"<p>one</p>\n<p>two</p>\n<p>three</p>\n"`), Value: json.RawMessage(`"<p><a href=\"/static/facts.txt\">Facts</a></p>"`),
	}}
	if _, err := w.site.Authoring.Save(t.Context(), authoring.Author{ID: "tester"}, from[0], edits); err != nil {
		t.Fatal(err)
	}
	w.publishAll(library)
	unit, links := studioPath(run)+"/units/read1", studioPath(run)+"/libraries"
	sue.sends(unit+"/take", "usage", from[0].String()).must(http.StatusSeeOther)
	w.publishAll(run)
	ann := w.member("ann", run, "")
	read := func() string {
		t.Helper()
		p := ann.get("/courses/" + run.String() + "/units/read1").must(200)
		at := regexp.MustCompile(`href="([^"]*facts[^"]*)"`).FindStringSubmatch(p.body)
		if at == nil {
			t.Fatal(p.body)
		}
		return ann.get(html.UnescapeString(at[1])).must(200).body
	}
	sue.get(links).must(200, "Everything is up to date").without("was replaced")
	upload("second")
	sue.get(links).must(200, "Update available", "What changed in the library", "The file facts.txt was replaced.")
	sue.get(unit).must(200, "Update available")
	if got := read(); got != "first" {
		t.Errorf("before the update a learner reads %q", got)
	}
	w.member("ned", run, "staff").get(links).must(200, "You are not in the team of this library").without("was replaced")
	copies, err := w.site.Authoring.Links(t.Context(), authoring.Author{Reads: func(key.Course) (bool, error) { return true, nil }}, run, key.Usage{})
	if err != nil || len(copies) != 1 {
		t.Fatal(copies, err)
	}
	sue.sends(links, "do", "update", "usage", copies[0].Usage.String()).must(http.StatusSeeOther)
	sue.get(links).must(200, "Everything is up to date").without("was replaced")
	if got := read(); got != "first" {
		t.Errorf("before it is published a learner reads %q", got)
	}
	w.publishAll(run)
	if got := read(); got != "second" {
		t.Errorf("a learner reads %q", got)
	}
}

// A library_content takes all of a library over.
func TestStudioPullsALibrary(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	library, _ := w.libraryOf("Lib", "one", "uno")
	hidden, _ := w.libraryOf("Secret", "hush")
	sue := w.enter(w.teacher("sue", run, library))
	all, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "tester"}, run.Usage("vertical", "read1"), authoring.Last, authoring.NewBlock{Type: "library_content"})
	if err != nil {
		t.Fatal(err)
	}
	editor := studioPath(run) + "/units/" + all.String()
	sue.get(editor+"/library").must(200, "Take over the whole library")
	sue.sends(editor+"/pull", "library", hidden.String()).must(http.StatusNotFound)
	sue.sends(editor+"/pull", "library", run.String()).must(http.StatusNotFound)
	sue.sends(editor+"/pull", "library", library.String()).must(http.StatusSeeOther)
	sue.get(editor).must(200, "<p>one</p>", "<p>uno</p>")
	sue.sends(studioPath(run)+"/units/read1/pull", "library", library.String()).must(http.StatusNotFound)

	// What the library publishes later is announced, to who may read it, and taken over from there.
	libraries := studioPath(run) + "/libraries"
	sue.get(libraries).must(200).without("New for banks")
	shelf := course.Shelf(library)
	if _, _, err := w.site.Authoring.Add(t.Context(), authoring.Author{ID: "tester"}, shelf, authoring.Last, authoring.NewBlock{Type: "html", Title: "Published later"}); err != nil {
		t.Fatal(err)
	}
	sue.get(libraries).must(200).without("New for banks")
	if _, err := w.site.Authoring.Publish(t.Context(), authoring.Author{ID: "tester"}, library.Usage("course", course.RootID), ""); err != nil {
		t.Fatal(err)
	}
	w.member("dora", run, "staff").get(libraries).must(200).without("New for banks", "Published later")
	sue.get(libraries).must(200, "New for banks", "Published later").form(editor + "/pull").press("").must(http.StatusSeeOther)
	sue.get(libraries).must(200).without("New for banks")
	sue.get(editor).must(200, "Published later")
}

// A library's addresses in Studio are its team's and site admins', as a course's are.
func TestStudioLibraryAddressesByRole(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	library, from := w.libraryOf("Lib", "one")
	outsiders := map[string]*browser{"a visitor": w.visitor(), "a learner of a course": w.member("ann", run, ""), "staff of a course": w.member("dora", run, "staff", "instructor")}
	target := at(library, "html", from[0].ID, from[0].String())
	for _, route := range w.server.Routes() {
		if !strings.HasPrefix(route.Path, "/studio/courses/:course") {
			continue
		}
		for who, b := range outsiders {
			p := b.knock(route, fill(t, route, target), target.usage, b.token())
			if signIn := who == "a visitor" && (p.status == http.StatusUnauthorized || p.status == http.StatusSeeOther && strings.HasPrefix(p.header.Get("Location"), "/signin")); p.status != http.StatusNotFound && !signIn {
				t.Errorf("%s: %s %s: %d", who, route.Method, p.path, p.status)
			}
		}
	}
	lea := w.enter(w.teacher("lea", library))
	for _, path := range []string{"", "?type=html&q=one&page=9", "/history", "/changes", "/files", "/settings/team", "/units/shelf", "/units/" + from[0].String()} {
		lea.get(studioPath(library) + path).must(200)
	}
}
