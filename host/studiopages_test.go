package host_test

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

func pagesPath(run key.Course) string { return studioPath(run) + "/pages" }

// save sends the form of a text with other values.
func (p *page) save(pairs ...string) *page {
	p.b.t.Helper()
	return p.formWith("do", "save").set(pairs...).press("")
}

// Texts beside the outline hold at once, keep their history, and are never written over silently.
func TestStudioTexts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ina, ann := w.member("sue", run, "staff"), w.member("ina", run, "instructor"), w.member("ann", run, "")
	home, about := "/courses/"+run.String(), "/courses/"+run.String()+"/about"
	handouts, overview := pagesPath(run)+"/text/info/handouts", pagesPath(run)+"/text/about/overview"
	sue.get(pagesPath(run)).must(200, "Pages and resources", "About the course", "Why things fall")
	sue.get(handouts).must(200).save("text", `<p>A <a href="/static/list.pdf">list</a></p><script>alert(1)</script>`).must(303)
	if p := ann.get(home).must(200, "/courses/"+run.String()+"/static/list.pdf"); strings.Contains(p.body, "alert(1)") {
		t.Error("a script stands in the page")
	}

	// Two authors at once: what can be put together is, what cannot is kept twice.
	sue.get(overview).must(200).save("text", "<h2>One</h2>\n<p>two</p>\n<p>three</p>\n<p>four</p>").must(303)
	mine, theirs := sue.get(overview), ina.get(overview)
	theirs.save("text", "<h2>One</h2>\n<p>two</p>\n<p>three</p>\n<p>FOUR</p>").must(303)
	mine.save("text", "<h2>ONE</h2>\n<p>two</p>\n<p>three</p>\n<p>four</p>").must(303)
	ann.get(about).must(200, "ONE", "FOUR")
	mine, theirs = sue.get(overview), ina.get(overview)
	theirs.save("text", "<h2>ONE</h2>\n<p>theirs</p>\n<p>three</p>\n<p>FOUR</p>").must(303)
	clash := mine.save("text", "<h2>ONE</h2>\n<p>mine</p>\n<p>three</p>\n<p>FOUR</p>").must(409, "ina saved another version", "&lt;p&gt;theirs&lt;/p&gt;", "&lt;p&gt;mine&lt;/p&gt;")
	ann.get(about).must(200, "theirs").without("mine")
	var answer struct {
		Error, HTML string
		Was         map[string]string
	}
	form := mine.formWith("do", "save").set("text", "<p>mine alone</p>")
	sue.send("POST", overview, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}, form.values.Encode()).must(409).json(&answer)
	if answer.Was["base"] == "" || !strings.Contains(answer.HTML, "theirs") || !strings.Contains(answer.Error, "ina") {
		t.Errorf("%+v", answer)
	}
	clash.save().must(303) // knowingly
	ann.get(about).must(200, "mine").without("theirs")
	shown := sue.get(overview).must(200, "Undo this", "Go back to this", "theirs", "ina")
	shown.form(overview).set("do", "undo").press("").must(303).follow().must(200, "what it was then")
	ann.get(about).must(200, "theirs")

	// The settings' page writes the same texts with the same history.
	schedule := studioPath(run) + "/settings/schedule"
	sue.get(schedule).must(200).form(schedule).set("overview", "<p>by the settings</p>").press("").must(303)
	sue.get(overview).must(200, "by the settings", "theirs")

	for _, gone := range []string{"/text/info/nothing", "/text/about/image", "/text/tabs/nowhere", "/text/update/0", "/text/update/-1", "/text/update/01", "/text/../files", "/books/0", "/books/x"} {
		sue.get(pagesPath(run) + gone).must(404)
	}
	for _, b := range []*browser{ann, w.member("dora", w.otherCourse(), "staff", "instructor")} {
		b.get(pagesPath(run)).must(404)
		b.get(overview).must(404)
		b.does(overview, "do", "save", "text", "intruder").must(404)
		b.does(pagesPath(run)+"/tabs", "do", "add", "name", "intruder").must(404)
		b.does(pagesPath(run)+"/books/new", "do", "save", "title", "intruder").must(404)
		b.send("GET", pagesPath(run)+"/places", map[string]string{"Accept": "application/json"}, "").must(404)
	}
}

// Updates stand with their dates, the newest first; each is changed, removed and brought back by itself.
func TestStudioUpdates(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	home, fresh := "/courses/"+run.String(), pagesPath(run)+"/text/update/new"
	sue.get(fresh).must(200).save("text", "<p> </p>").must(422, "Write something first")
	sue.get(fresh).must(200).save("date", "1 May", "text", "<p>first news</p>").must(200, "1 May", "first news")
	sue.get(fresh).must(200).save("date", "2 May", "text", "<p>second news</p>").must(200)
	body := ann.get(home).must(200, "1 May", "2 May").body
	if strings.Index(body, "second news") > strings.Index(body, "first news") {
		t.Error("the newest is not first")
	}
	first := pagesPath(run) + "/text/update/0"
	sue.get(first).must(200).save("text", "<p>first news, mended</p>").must(303)
	ann.get(home).must(200, "first news, mended", "second news")
	if p := sue.get(first).must(200, "Undo this"); strings.Contains(p.body, "second news") {
		t.Error("the history of one update tells of another")
	}
	removed := sue.get(first).form(first).set("do", "remove").press("").must(200, "The update is removed", "Bring it back")
	ann.get(home).must(200, "second news").without("first news")
	sue.get(first).must(404)
	removed.form(pagesPath(run)+"/undo").press("").must(200, "first news, mended")
	ann.get(home).must(200, "first news, mended")
}

// Pages of the course are added, written, ordered, hidden, deleted and brought back; so are the platform's own in the navigation.
func TestStudioTabs(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	home, tabs := "/courses/"+run.String(), pagesPath(run)+"/tabs"
	does := func(pairs ...string) { t.Helper(); sue.does(tabs, pairs...).must(200) }
	order := func(names ...string) {
		t.Helper()
		nav := ann.get(home).must(200).body
		nav = nav[:strings.Index(nav, "<main")]
		last := 0
		for _, name := range names {
			at := strings.Index(nav[last:], ">"+name+"<")
			if at < 0 {
				t.Errorf("%q is not in its place among %q", name, names)
				return
			}
			last += at
		}
	}
	sue.get(pagesPath(run)).formWith("do", "add").set("name", " ").press("").must(422, "Give it a name")
	sue.get(pagesPath(run)).formWith("do", "add").set("name", "Forum", "link", "javascript:alert(1)").press("").must(422, "no address")
	made := sue.get(pagesPath(run)).formWith("do", "add").set("name", "Syllabus").press("").must(303)
	address := made.header.Get("Location")
	slug := address[strings.LastIndex(address, "/")+1:]
	made.follow().must(200).save("name", "The syllabus", "text", "<p>week by week</p>").must(303)
	ann.get(home+"/pages/"+slug).must(200, "week by week", "The syllabus")
	sue.get(pagesPath(run)).formWith("do", "add").set("name", "Forum", "link", "https://forum.example.org/").press("").must(200, "https://forum.example.org/")
	order("Progress", "Dates", "The syllabus", "Forum")
	does("do", "move", "tab", "static_tab/"+slug, "after", "courseware/")
	order("The syllabus", "Progress", "Forum")
	does("do", "hide", "tab", "static_tab/"+slug)
	ann.get(home + "/pages/" + slug).must(404)
	ann.get(home).must(200).without("The syllabus")
	does("do", "show", "tab", "static_tab/"+slug)
	does("do", "hide", "tab", "dates/")
	if nav := ann.get(home).must(200).body; strings.Contains(nav[:strings.Index(nav, "<main")], ">Dates<") {
		t.Error("a hidden page of the platform is in the navigation")
	}
	does("do", "show", "tab", "dates/")
	gone := sue.get(pagesPath(run)).formWith("tab", "static_tab/"+slug).set("do", "delete").press("").must(200, "is deleted", "Bring it back")
	ann.get(home + "/pages/" + slug).must(404)
	sue.get(address).must(404)
	gone.formWith("do", "back").press("").must(200, "That is undone")
	ann.get(home+"/pages/"+slug).must(200, "week by week")
	order("The syllabus", "Progress")
	for _, wrong := range []string{"progress/", "courseware/", "static_tab/nowhere"} {
		if p := sue.does(tabs, "do", "delete", "tab", wrong); p.status != 404 {
			t.Errorf("deleting %s: %d", wrong, p.status)
		}
	}
	sue.does(tabs, "do", "move", "tab", "progress/", "after", "nothing").must(404)
	sue.does(tabs, "do", "back", "slug", "x", "name", "n", "place", "0", "op", "nothing").must(404)
	sue.does(tabs, "do", "back", "link", "javascript:1", "name", "n", "place", "0").must(400)
}

// Books are files of the course in chapters, with a page in the navigation.
func TestStudioBooks(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue, ann := w.member("sue", run, "staff"), w.member("ann", run, "")
	home, fresh := "/courses/"+run.String(), pagesPath(run)+"/books/new"
	sue.get(fresh).must(200).save("title", "").must(422, "Give it a name", "at least one chapter")
	sue.get(fresh).must(200).save("title", "Mechanics", "f.chapters.0.title", "One", "f.chapters.0.url", "javascript:1").must(422, "Chapter 1 names no file")
	sue.get(fresh).must(200).save("title", "Mechanics", "f.chapters.0.title", "One", "f.chapters.0.url", "/static/one.pdf", "f.chapters.1.title", "Two", "f.chapters.1.url", "two.pdf").
		must(200, "Mechanics", "2 chapters")
	ann.get(home+"/textbooks").must(200, "Mechanics", "/static/one.pdf", "/static/two.pdf")
	ann.get(home).must(200, "Textbooks")
	first := pagesPath(run) + "/books/0"
	stale := sue.get(first).must(200, "/static/one.pdf")
	sue.get(first).save("title", "Dynamics").must(200, "Dynamics")
	stale.save("title", "Statics").must(409, "Another author has changed this book")
	gone := sue.get(first).form(first).set("do", "remove").press("").must(200, "is deleted")
	ann.get(home + "/textbooks").must(200).without("Dynamics")
	gone.formWith("do", "back").press("").must(200, "Dynamics")
	ann.get(home+"/textbooks").must(200, "Dynamics", "/static/two.pdf")
}
