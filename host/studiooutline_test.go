package host_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// studioPost sends what a script of Studio sends and reads the answer.
func (b *browser) studioPost(run key.Course, path string, pairs ...string) (status int, done map[string]any) {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	p := b.send("POST", studioPath(run)+path, map[string]string{
		"X-Quoin-Token": b.token(), "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
	}, values.Encode())
	if err := json.Unmarshal([]byte(p.body), &done); err != nil {
		b.t.Fatalf("%s: %d %v: %.300s", path, p.status, err, p.body)
	}
	return p.status, done
}

// did is studioPost that must do what it says.
func (b *browser) did(run key.Course, path string, pairs ...string) map[string]any {
	b.t.Helper()
	status, done := b.studioPost(run, path, pairs...)
	if status != 200 {
		b.t.Fatalf("%s %v: %d %v", path, pairs, status, done)
	}
	return done
}

// titles writes the working copy's outline as "section(subsection(unit unit))".
func (w *world) titles(run key.Course) string {
	w.t.Helper()
	tree, err := w.site.Authoring.Tree(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	var say func(n *authoring.Node) string
	say = func(n *authoring.Node) string {
		var below []string
		for _, child := range n.Children {
			below = append(below, say(child))
		}
		if len(below) == 0 {
			return n.Title
		}
		return n.Title + "(" + strings.Join(below, " ") + ")"
	}
	var all []string
	for _, section := range tree.Course.Children {
		all = append(all, say(section))
	}
	return strings.Join(all, " ")
}

// draftedCourse is a small course made in Studio: A(a(1 2) b(3)) B(c).
func (w *world) draftedCourse() key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Draft"/>`,
		"course/now.xml": `<course display_name="Draft course" start="&quot;2020-01-01T00:00:00Z&quot;">
			<chapter url_name="A" display_name="A"><sequential url_name="a" display_name="a"><vertical url_name="u1" display_name="1"/><vertical url_name="u2" display_name="2"/></sequential>
			<sequential url_name="b" display_name="b"><vertical url_name="u3" display_name="3"/></sequential></chapter>
			<chapter url_name="B" display_name="B"><sequential url_name="c" display_name="c"/></chapter></course>`,
	})
}

// The outline does what it is asked to, takes it back and does it again; nothing of it reaches learners.
func TestStudioOutlineOperations(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	use := func(kind, id string) string { return run.Usage(kind, id).String() }
	is := func(want string) {
		t.Helper()
		if got := w.titles(run); got != want {
			t.Errorf("the outline is %s, want %s", got, want)
		}
	}
	is("A(a(1 2) b(3)) B(c)")
	done := sue.did(run, "/blocks", "parent", use("sequential", "c"))
	is("A(a(1 2) b(3)) B(c(New unit))")
	sue.did(run, "/set", "usage", done["focus"].(string), "has", "title", "title", " Forces  and\tmore ")
	is("A(a(1 2) b(3)) B(c(Forces and more))")
	moved := sue.did(run, "/move", "usage", use("vertical", "u1"), "usage", use("vertical", "u2"), "to", use("sequential", "b"), "after", use("vertical", "u3"))
	is("A(a b(3 1 2)) B(c(Forces and more))")
	undone := sue.did(run, "/undo", "op", moved["op"].(string))
	is("A(a(1 2) b(3)) B(c(Forces and more))")
	sue.did(run, "/undo", "op", undone["op"].(string))
	is("A(a b(3 1 2)) B(c(Forces and more))")
	sue.did(run, "/move", "usage", use("chapter", "B"), "to", use("course", "course"), "after", "")
	is("B(c(Forces and more)) A(a b(3 1 2))")
	sue.did(run, "/move", "usage", use("vertical", "u2"), "to", use("sequential", "b"), "after", "", "place", "start")
	is("B(c(Forces and more)) A(a b(2 3 1))")
	copied := sue.did(run, "/duplicate", "usage", use("sequential", "b"))
	if got := w.titles(run); strings.Count(got, "(2 3 1)") != 2 {
		t.Errorf("the copy is not there: %s %v", got, copied)
	}
	sue.did(run, "/undo", "op", copied["op"].(string))
	removed := sue.did(run, "/remove", "usage", use("chapter", "A"), "usage", done["focus"].(string))
	is("B(c)")
	sue.did(run, "/undo", "op", removed["op"].(string))
	is("B(c(Forces and more)) A(a b(2 3 1))")
	w.member("ann", run, "").get("/courses/"+run.String()).must(200).without("Forces and more", "New unit")

	// What cannot be is refused, and changes nothing.
	for _, wrong := range [][]string{
		{"/blocks", "parent", use("vertical", "u1"), "type", "chapter"},
		{"/blocks", "parent", use("course", "course"), "type", "vertical"},
		{"/move", "usage", use("vertical", "u1"), "to", use("chapter", "A")},
		{"/set", "usage", use("vertical", "u1"), "has", "title", "title", "  "},
		{"/set", "usage", use("vertical", "u1")},
		{"/set", "usage", use("sequential", "a"), "has", "due", "due", "tomorrow"},
		{"/set", "usage", use("sequential", "a"), "usage", use("vertical", "u1"), "has", "visibility", "visibility", "staff"},
		{"/set", "usage", use("sequential", "a"), "has", "prerequisite", "prerequisite", use("sequential", "a")},
		{"/set", "usage", use("sequential", "a"), "has", "format", "format", "No such type"},
	} {
		if status, answer := sue.studioPost(run, wrong[0], wrong[1:]...); status != 422 || answer["error"] == "" {
			t.Errorf("%v: %d %v", wrong, status, answer)
		}
	}
	for _, unknown := range [][]string{
		{"/remove", "usage", use("vertical", "nowhere")},
		{"/remove", "usage", strings.Replace(use("vertical", "u1"), "Draft", "Other", 1)},
		{"/undo", "op", "nothing"},
		{"/move", "usage", use("vertical", "u1"), "to", strings.Replace(use("sequential", "a"), "Draft", "Other", 1)},
	} {
		if status, answer := sue.studioPost(run, unknown[0], unknown[1:]...); status != 404 {
			t.Errorf("%v: %d %v", unknown, status, answer)
		}
	}
	is("B(c(Forces and more)) A(a b(2 3 1))")
}

// Settings of one row and of many are set, shown again and unset by the forms alone.
func TestStudioSettingsWithoutScripts(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	usage := run.Usage("sequential", "a").String()
	sheet := studioPath(run) + "/blocks/" + usage + "/settings"
	form := sue.get(sheet).must(200, "Settings of the Subsection").form(studioPath(run) + "/set")
	form.set("due", "2031-02-03T04:05", "format", "Homework", "timed", "45", "prerequisite", run.Usage("sequential", "b").String(), "min_score", "70",
		"visibility", "unlisted", "hide_after_due", "1", "show_correctness", "past_due").press("").must(303)
	sue.get(sheet).must(200, `value="2031-02-03T04:05"`, `value="45"`, `value="70"`, `<option value="Homework" selected>`, `<option value="past_due" selected>`, `<option value="unlisted" selected>`)
	sue.get(studioPath(run)).must(200, "45 minutes", "Homework", "Not in the outline", "2031-02-03")
	form = sue.get(sheet).form(studioPath(run) + "/set")
	wrong := form.set("timed", "none", "min_score", "101", "title", "Kept as typed").press("").must(422, "Kept as typed", `value="none"`, `value="101"`)
	if n := strings.Count(wrong.body, `class="error"`); n != 2 {
		t.Errorf("%d errors stand beside fields", n)
	}
	bulk := sue.get(studioPath(run)+"/bulk?usage="+url.QueryEscape(usage)+"&usage="+url.QueryEscape(run.Usage("sequential", "c").String())).must(200, "Edit 2 rows together")
	bulk.form(studioPath(run)+"/set").press("").must(422, "Tick what is to be changed")
	bulk.form(studioPath(run)+"/set").set("has", "timed", "timed", "").press("").must(303)
	sue.get(studioPath(run)).must(200, "Homework").without("45 minutes")
	sue.get(studioPath(run)+"/bulk?usage="+url.QueryEscape(usage)+"&usage="+url.QueryEscape(run.Usage("chapter", "A").String())).must(422, "one kind")

	// The page that moves, the page's own buttons, and what was done taken back.
	unit := run.Usage("vertical", "u1").String()
	sue.get(studioPath(run)+"/move?usage="+url.QueryEscape(unit)).must(200).form(studioPath(run)+"/move").set("spot", run.Usage("sequential", "c").String()+" ").press("").must(303)
	if got := w.titles(run); got != "A(a(2) b(3)) B(c(1))" {
		t.Error(got)
	}
	back := sue.get(studioPath(run)+"/blocks/"+unit+"/settings").must(200).form(studioPath(run)+"/remove").press("").must(303).follow().must(200, "Removed.")
	back.form(studioPath(run) + "/undo").press("").must(303)
	if got := w.titles(run); got != "A(a(2) b(3)) B(c(1))" {
		t.Error(got)
	}
}

// A search shows what it finds with what that stands in; a big course comes section by section.
func TestStudioOutlineFinds(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	row := func(id string) string { return `+block@` + id + `" data-last` }
	sue.did(run, "/set", "usage", run.Usage("vertical", "u3").String(), "has", "title", "title", "Électricité")
	sue.did(run, "/set", "usage", run.Usage("sequential", "c").String(), "has", "due", "due", "2031-02-03T04:05")
	plus := func(text string) string { return strings.ReplaceAll(text, "+", "&#43;") }
	sue.get(studioPath(run)+"?q=electricite").must(200, plus(row("A")), plus(row("b")), plus(row("u3")), "1 found").without(plus(row("u1")), plus(row("B")))
	sue.get(studioPath(run)+"?show=dates").must(200, plus(row("c"))).without(plus(row("u3")))
	sue.get(studioPath(run)+"?show=unpublished").must(200, plus(row("c")), plus(row("u3"))).without(plus(row("u1")))
	sue.get(studioPath(run)+"?q=nothing+of+that").must(200, "Nothing in the outline")

	big := w.bigCourse(4, 5, 20, 0)
	bob := w.member("bob", big, "staff")
	bob.get(studioPath(big)).must(200, plus(row("s0")), "data-unfetched").without(plus(row("q0-0")))
	bob.get(studioPath(big)+"?open="+url.QueryEscape(big.Usage("chapter", "s1").String())).must(200, plus(row("q1-0"))).without(plus(row("q0-0")), plus(row("u1-0-0")))
	bob.get(studioPath(big)+"?q=unit+1.2.3").must(200, plus(row("u1-2-3"))).without(plus(row("u1-2-4")))
	var drawn struct{ HTML, Version string }
	script := map[string]string{"Accept": "application/json"}
	bob.send("GET", studioPath(big), script, "").must(200).json(&drawn)
	if drawn.Version == "" || strings.Count(drawn.HTML, "role=\"row\"") != 4 {
		t.Errorf("a script gets %.300s", drawn.HTML)
	}
	bob.send("GET", studioPath(big)+"?version="+url.QueryEscape(drawn.Version), script, "").must(200).without("html")
}

// bigCourse has so many sections, subsections in each, units in each of those, and texts in each unit.
func (w *world) bigCourse(sections, subsections, units, texts int) key.Course {
	w.t.Helper()
	var xml strings.Builder
	for s := range sections {
		fmt.Fprintf(&xml, `<chapter url_name="s%d" display_name="Section %d">`, s, s)
		for q := range subsections {
			fmt.Fprintf(&xml, `<sequential url_name="q%d-%d" display_name="Subsection %d.%d">`, s, q, s, q)
			for u := range units {
				fmt.Fprintf(&xml, `<vertical url_name="u%d-%d-%d" display_name="Unit %d.%d.%d">`, s, q, u, s, q, u)
				for n := range texts {
					fmt.Fprintf(&xml, `<probe url_name="p%d-%d-%d-%d" html="&lt;p&gt;%d&lt;/p&gt;"/>`, s, q, u, n, n)
				}
				xml.WriteString(`</vertical>`)
			}
			xml.WriteString(`</sequential>`)
		}
		xml.WriteString(`</chapter>`)
	}
	return w.course(map[string]string{
		"course.xml":     `<course url_name="now" org="Org" course="Big"/>`,
		"course/now.xml": `<course display_name="A big course" start="&quot;2020-01-01T00:00:00Z&quot;">` + xml.String() + `</course>`,
	})
}

// What is named many times in one request is work once.
func TestStudioTakesEachPartOnce(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	usage := "usage=" + url.QueryEscape(run.Usage("vertical", "u1").String())
	body := sue.get(studioPath(run) + "/bulk?" + strings.Repeat(usage+"&", 3) + "usage=" + url.QueryEscape(run.Usage("vertical", "u2").String())).must(200).body
	if n := strings.Count(body, "<li><bdi>1</bdi></li>"); n != 1 {
		t.Errorf("one unit stands %d times in the sheet of two", n)
	}
}
