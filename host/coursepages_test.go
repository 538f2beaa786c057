package host_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// withPages is a course with pages, books and addresses of its own.
func (w *world) withPages(start string) key.Course {
	w.t.Helper()
	return w.course(map[string]string{
		"course.xml":       `<course url_name="now" org="Org" course="Pages"/>`,
		"course/now.xml":   `<course display_name="Pages" start="&quot;` + start + `&quot;"><chapter display_name="C"><sequential display_name="S" url_name="s"><vertical display_name="U" url_name="u"><html url_name="h" display_name="H"><![CDATA[text]]></html></vertical></sequential></chapter></course>`,
		"tabs/syll.html":   `<h2>Plan</h2><p><a href="/jump_to_id/u">Start</a> <img src="/static/apple.png" alt="An apple"/></p>`,
		"tabs/lively.html": `<p id="here">before</p><script>document.getElementById("here").textContent = "after"</script><img src="x" onerror="parent.document.title='taken'">`,
		"tabs/team.html":   `<p>canaryteampage</p>`, "tabs/hidden.html": `<p>canaryhiddenpage</p>`, "tabs/unlisted.html": `<p>canaryunlisted</p>`,
		"static/apple.png": "\x89PNG\r\n\x1a\napple", "static/book.pdf": "%PDF-1.4 a book", "static/ch1.html": "<script>document.title='run'</script>",
		"policies/now/policy.json": `{"course/now": {"tabs": [{"type": "courseware", "name": "Course"}, {"type": "static_tab", "name": "Syllabus <i>", "url_slug": "syll"},
			{"type": "dates", "name": "Calendar"}, {"type": "wiki", "name": "Wikipage"}, {"type": "discussion", "name": "Talkplace"}, {"type": "external_link", "name": "Library", "link": "https://library.example/"},
			{"type": "external_link", "name": "Evil", "link": "javascript:alert(1)"}, {"type": "static_tab", "name": "Lively", "url_slug": "lively"}, {"type": "textbooks", "name": "Textbooks"},
			{"type": "static_tab", "name": "Teampage", "url_slug": "team", "course_staff_only": true}, {"type": "static_tab", "name": "Hiddenpage", "url_slug": "hidden", "is_hidden": true},
			{"type": "static_tab", "name": "Blank", "url_slug": "blank"}, "nonsense", {"type": 7}, {"type": "progress", "name": "Progress"}],
			"pdf_textbooks": [{"id": "1", "tab_title": "Mechanics", "chapters": [{"title": "One", "url": "/static/book.pdf"}, {"title": "Two", "url": "/asset-v1:Org+Pages+now+type@asset+block@book.pdf"}, {"title": "Bad", "url": "javascript:alert(2)"}, {"title": "Out", "url": "../../secret"}]}],
			"html_textbooks": [{"tab_title": "Pages of HTML", "chapters": [{"title": "First", "url": "/static/ch1.html"}, {"title": "Elsewhere", "url": "https://books.example/1"}]}, {"tab_title": "Empty", "chapters": []}]}}`,
	})
}

func TestCoursePages(t *testing.T) {
	w := newWorld(t, options{})
	run := w.withPages("2020-01-01T00:00:00Z")
	base := "/courses/" + run.String()
	ann := w.member("ann", run, "")
	home := ann.get(base).must(200, "Syllabus &lt;i&gt;", `rel="noopener noreferrer external"`, "https://library.example/")
	home.without("Wikipage", "Talkplace", "javascript:", "Evil", "Teampage", "Hiddenpage")
	_, nav, _ := strings.Cut(home.body, `class="course-nav"`)
	nav, _, _ = strings.Cut(nav, "</nav>")
	at := 0
	for _, text := range []string{"Course", "Syllabus", "Calendar", "Library", "Lively", "Textbooks", "Blank"} { // the course's order and names
		found := strings.Index(nav, ">"+text)
		if found < at {
			t.Fatalf("%q does not stand behind the others: %s", text, nav)
		}
		at = found
	}
	syllabus := ann.get(base+"/pages/syll").must(200, "Plan", "/static/apple.png", "/jump_to_id/u", `aria-current="page"`)
	syllabus.without(`src="/static/`, `href="/jump_to_id/`)
	ann.open(base + "/jump_to_id/u").must(200)
	ann.get(base+"/pages/lively").must(200, "<iframe", "/pages/lively/frame", `sandbox="allow-scripts`).without("onerror", "allow-same-origin")
	frame := ann.get(base + "/pages/lively/frame").must(200)
	if policy := frame.header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox allow-scripts") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("the frame's policy is %q", policy)
	}
	ann.get(base+"/pages/blank").must(200, "Nothing is written on this page yet")
	for _, slug := range []string{"team", "hidden", "unlisted", "nowhere", "..", "syll.html"} {
		ann.get(base + "/pages/" + slug).must(404)
		ann.get(base + "/pages/" + slug + "/frame").must(404)
	}
	w.member("sue", run, "staff").get(base+"/pages/team").must(200, "canaryteampage")
	books := ann.get(base+"/textbooks").must(200, "Mechanics", "Pages of HTML", "https://books.example/1", "One", "Two", "First").without("javascript:", "secret", "Bad", "Empty")
	for _, n := range books.all("a") {
		link := attribute(n, "href")
		if !strings.Contains(link, "/static/") {
			continue
		}
		file := ann.get(link).must(200)
		if policy := file.header.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") {
			t.Errorf("%s opens with the policy %q", link, policy)
		}
	}
	for who, b := range map[string]*browser{"a visitor": w.visitor(), "somebody else": w.member("eve", w.otherCourse(), "")} {
		for _, path := range []string{"/pages/syll", "/pages/syll/frame", "/textbooks"} {
			if p := b.get(base + path); !refused(p) {
				t.Errorf("%s gets %d of %s", who, p.status, path)
			}
		}
	}
}

// A course without pages has no places for them, and one that has not begun keeps its own closed.
func TestCoursePagesClosed(t *testing.T) {
	w := newWorld(t, options{})
	plain := w.forces()
	ann := w.member("ann", plain, "")
	ann.get("/courses/"+plain.String()).must(200).without("Textbooks", "/pages/")
	ann.get("/courses/"+plain.String()+"/textbooks").must(200, "This course has no textbooks")
	run := w.withPages("2099-01-01T00:00:00Z")
	bob := w.member("bob", run, "")
	for _, path := range []string{"/pages/syll", "/textbooks"} {
		bob.get("/courses/"+run.String()+path).must(http.StatusForbidden).without("Plan", "Mechanics")
	}
	bob.get("/courses/" + run.String() + "/pages/lively/frame").must(404)
}
