package host_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// offered is a course with nothing in it but what the catalogue shows of it.
func (w *world) offered(org, number, settings string, about map[string]string) key.Course {
	w.t.Helper()
	texts := map[string]string{
		"course.xml":    fmt.Sprintf(`<course url_name="r" org="%s" course="%s"/>`, org, number),
		"course/r.xml":  `<course ` + settings + `><chapter url_name="c" display_name="Week"><sequential url_name="s" display_name="Part"><vertical url_name="v" display_name="First unit"><html url_name="h"/></vertical></sequential></chapter></course>`,
		"html/h.xml":    `<html filename="h" display_name="H"/>`,
		"html/h.html":   `<p>inside words</p>`,
		"about/no.html": `<p>unused</p>`,
	}
	for name, text := range about {
		texts["about/"+name+".html"] = text
	}
	return w.course(texts)
}

const begun = `start="&quot;2020-01-01T00:00:00Z&quot;" `

func TestCatalogueFinds(t *testing.T) {
	w := newWorld(t, options{})
	w.offered("Alpha", "PHY1", begun+`display_name="Éléments of Physics" language="fr"`, map[string]string{"overview": "<p>About <b>gravity</b>.</p><script>hidden()</script>"})
	w.offered("Beta", "BIO1", `start="&quot;2090-01-01T00:00:00Z&quot;" display_name="Cells" self_paced="true"`, map[string]string{"short_description": "Small <i>rooms</i>"})
	w.offered("Beta", "HIS1", begun+`display_name="Old times" end="&quot;2021-01-01T00:00:00Z&quot;"`, nil)
	hidden := w.offered("Beta", "SEC1", begun+`display_name="Unlisted" catalog_visibility="none"`, nil)
	b := w.visitor()
	titles := []string{"Éléments of Physics", "Cells", "Old times", "Unlisted"}
	for _, c := range []struct {
		query string
		holds []string
	}{
		{"", titles[:3]},
		{"q=elements", titles[:1]},
		{"q=GRAVITY+physics", titles[:1]},
		{"q=hidden", nil},
		{"q=rooms", titles[1:2]},
		{"q=phy1", titles[:1]},
		{"q=beta", titles[1:3]},
		{"q=unlisted", nil},
		{"org=Beta&status=upcoming", titles[1:2]},
		{"status=archived", titles[2:3]},
		{"status=open", titles[:1]},
		{"language=fr", titles[:1]},
		{"pace=self", titles[1:2]},
		{"q=cells&org=Alpha", nil},
		{"org=Nobody", nil},
		{"page=99", titles[:3]},
		{"page=-1&sort=newest", titles[:3]},
	} {
		page := b.get("/courses?" + c.query).must(200)
		for _, title := range titles {
			if got, want := strings.Contains(page.body, `about" dir="auto">`+title), slices.Contains(c.holds, title); got != want {
				t.Errorf("?%s shows %q: %t, want %t", c.query, title, got, want)
			}
		}
		if len(c.holds) == 0 {
			page.must(200, "No course fits", `href="/courses">Show all courses`)
		}
	}
	// The address holds what was chosen, and the form shows it again.
	page := b.get("/courses?q=%3Cb%3E&org=Beta&sort=newest").must(200, `value="&lt;b&gt;"`, `<option value="Beta" selected>`, `<option value="newest" selected>`)
	form := page.form("/courses")
	if got := form.values.Get("org") + form.values.Get("sort"); got != "Betanewest" {
		t.Error(got)
	}
	newest := b.get("/courses?sort=newest").must(200).body
	if strings.Index(newest, ">Cells<") > strings.Index(newest, ">Old times<") {
		t.Error("the newest course does not come first")
	}
	// Who is in a course that is not listed finds it.
	w.member("ann", hidden, "").get("/courses?q=unlisted").must(200, ">Unlisted<", "You are in this course", "1 course<")
	w.member("sue", hidden, "staff").get("/courses?q=unlisted").must(200, ">Unlisted<")
	w.member("carl", hidden).get("/courses?q=unlisted").must(200, "No course fits").without(">Unlisted<")
}

func TestCataloguePages(t *testing.T) {
	w := newWorld(t, options{})
	for i := range 30 {
		w.offered("Org", fmt.Sprintf("N%02d", i), begun+fmt.Sprintf(`display_name="Course %02d"`, i), nil)
	}
	b := w.visitor()
	first := b.get("/courses?q=course").must(200, "30 courses", "Page 1 of 2", "Course 23", `rel="next"`).without("Course 24", `rel="prev"`)
	next, err := url.Parse(attributeOf(first, "a", "rel", "next", "href"))
	if err != nil || next.Query().Get("q") != "course" {
		t.Fatal(next, err)
	}
	second := b.get(next.RequestURI()).must(200, "Page 2 of 2", "Course 24", "Course 29").without("Course 23", `rel="next"`)
	if got := attributeOf(second, "a", "rel", "prev", "href"); got != "/courses?q=course" {
		t.Error(got)
	}
}

// A course that was published again is found by its new words at once.
func TestCatalogueFollowsPublishing(t *testing.T) {
	w := newWorld(t, options{})
	w.offered("Org", "A", begun+`display_name="Before"`, map[string]string{"overview": "<p>old words</p>"})
	b := w.visitor()
	b.get("/courses?q=old").must(200, ">Before<")
	w.offered("Org", "A", begun+`display_name="After"`, map[string]string{"overview": "<p>fresh words</p>"})
	b.get("/courses?q=fresh").must(200, ">After<")
	b.get("/courses?q=old").must(200, "No course fits")
}

func TestAboutSaysWhetherOneCanEnrol(t *testing.T) {
	w := newWorld(t, options{})
	before := w.offered("Org", "FIRST", begun+`display_name="The first course"`, nil)
	unseen := w.offered("Org", "UNSEEN", begun+`display_name="Unseen title" catalog_visibility="none"`, nil)
	needs := `pre_requisite_courses="[&quot;` + before.String() + `&quot;, &quot;` + unseen.String() + `&quot;]" `
	info := `instructor_info="{&quot;instructors&quot;: [{&quot;name&quot;: &quot;Ada &lt;b&gt;&quot;, &quot;title&quot;: &quot;Dr&quot;, &quot;image&quot;: &quot;https://elsewhere.example/a.png&quot;, &quot;bio&quot;: &quot;Counts &lt;script&gt;x()&lt;/script&gt;&quot;}]}" `
	run := w.offered("Org", "NEXT", begun+needs+info+`display_name="The next course" course_image="next.png" language="ar" learning_info="[&quot;To count&quot;]"`,
		map[string]string{"effort": "3 hours a week", "short_description": "In short"})
	about := func(course key.Course) string { return "/courses/" + course.String() + "/about" }
	nils := w.member("nils", run)
	page := nils.get(about(run)).must(200, `alt="Picture of the course The next course"`, "3 hours a week", "In short", "Arabic", "To count", "Ada &lt;b&gt;",
		"<bdi>The first course</bdi></a>", strings.ReplaceAll(unseen.String(), "+", "&#43;"))
	page.without("Unseen title", "elsewhere.example/a.png", "x()")
	w.visitor().get(about(run)).must(200, "Create an account to enrol").without("/enrol\"")
	page.form("/courses/" + run.String() + "/enrol").press("").must(303)
	nils.get(about(run)).must(200, "You are in this course", "Leave this course").without(`/enrol"`)
	nils.get(about(before)).must(200).form("/courses/" + before.String() + "/enrol").press("").must(303)
	nils.get(about(before)).must(200, ">Start<", "/units/v")

	for _, c := range []struct{ number, settings, says string }{
		{"SOON", `enrollment_start="&quot;2090-01-01T00:00:00Z&quot;"`, "Enrolment opens 2090-01-01"},
		{"SHUT", `enrollment_end="&quot;2021-01-01T00:00:00Z&quot;"`, "Enrolment is closed."},
		{"OVER", `end="&quot;2021-01-01T00:00:00Z&quot;"`, "This course is over."},
		{"ASKED", `invitation_only="true"`, "Only people whom the course team invites"},
		{"FULL", `max_student_enrollments_allowed="1"`, "This course is full."},
	} {
		closed := w.offered("Org", c.number, begun+c.settings, nil)
		if c.number == "FULL" {
			first := w.member("first", closed)
			first.get(about(closed)).must(200, `/enrol"`).form("/courses/" + closed.String() + "/enrol").press("").must(303)
		}
		for who, b := range map[string]*browser{"a visitor": w.visitor(), "somebody": nils} {
			b.get(about(closed)).must(200, c.says).without(`/enrol"`, "Create an account to enrol")
			if who == "somebody" {
				b.send("POST", "/courses/"+closed.String()+"/enrol", map[string]string{"X-Quoin-Token": b.token()}, "").must(403, strings.TrimSuffix(c.says, " 2090-01-01"))
			}
		}
	}
}
