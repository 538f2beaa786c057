package host_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/questions"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// essays is a course with a question that takes files and a text, one for points, and one whose results are hidden.
func (w *world) essays(more ...string) key.Course {
	w.t.Helper()
	w.install("../blocks/questions", questions.Block())
	rubric := `[{"id":"o","criterion":"Observation","option":"Missing"},{"id":"o1","option":"Some","points":2,"help":"A few times."},{"id":"o2","option":"Careful","points":4},{"id":"l","criterion":"Language","option":"Hard to read"},{"id":"l1","option":"Clear","points":2}]`
	return w.course(map[string]string{
		"course.xml": `<course url_name="now" org="Org" course="Essays"/>`,
		"course/now.xml": `<course display_name="Essays" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c" display_name="Water"><sequential url_name="s" display_name="Tides" format="Homework" graded="true">
			<vertical url_name="reporting" display_name="A report"><file-upload url_name="report" display_name="Report on the tides" prompt="&lt;p&gt;Watch the water.&lt;/p&gt;" file_kinds=".txt .png .html .svg" max_files="2" max_size="6" file_answer="optional" text_answer="optional" rubric="` + strings.ReplaceAll(rubric, `"`, "&quot;") + `"/>` + strings.Join(more, "") + `</vertical></sequential><sequential url_name="s2" display_name="Essays">
			<vertical url_name="essays" display_name="An essay"><file-upload url_name="essay" display_name="Essay" prompt="&lt;p&gt;Why?&lt;/p&gt;" file_answer="none" text_answer="required" points="5"/>
			<file-upload url_name="quiet" display_name="Quiet" prompt="&lt;p&gt;Why not?&lt;/p&gt;" file_answer="none" text_answer="required" points="5" show_correctness="never"/></vertical></sequential></chapter></course>`,
	})
}

// attached is a file of a form.
type attached struct{ name, content string }

// give sends a block's form with files, as a browser without scripts does; accept is what the answer shall be.
func (f *form) give(handler, accept string, list ...attached) *page {
	f.p.b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, name := range []string{"token", "request", "sitting"} { // in the order of the page
		_ = m.WriteField(name, f.values.Get(name))
	}
	for name, values := range f.values {
		if !slices.Contains([]string{"token", "request", "sitting"}, name) {
			for _, value := range values {
				_ = m.WriteField(name, value)
			}
		}
	}
	for _, file := range list {
		part, err := m.CreateFormFile("files", file.name)
		if err != nil {
			f.p.b.t.Fatal(err)
		}
		_, _ = io.WriteString(part, file.content)
	}
	_ = m.WriteField("handler", handler)
	_ = m.Close()
	return f.p.b.send(http.MethodPost, f.action, map[string]string{
		"Content-Type": m.FormDataContentType(), "Accept": accept, "Referer": f.p.b.base + f.p.path,
	}, body.String())
}

var fileLink = regexp.MustCompile(`href="(/courses/[^"]*/files/[0-9a-f]{64})"`)

// A learner uploads, looks, takes away, and hands in; nobody else reads a byte of it, and nothing of it is ever shown as a page.
func TestUploads(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann := w.member("ann", run, "")
	unit, action := unitPath(run, "reporting"), blockPath(run, "file-upload", "report")
	page := ann.get(unit).must(200, "Hand in", `enctype="multipart/form-data"`)
	page.form(action).give("save", "", attached{"notes.txt", "low at noon"}, attached{"evil.html", "<html><script>alert(1)</script>"}).must(303)
	page = ann.get(unit).must(200, "notes.txt", "evil.html", "Not handed in yet")
	links := fileLink.FindAllStringSubmatch(page.body, -1)
	if len(links) != 2 {
		t.Fatalf("the page links %d files", len(links))
	}
	for _, link := range links {
		got := ann.get(link[1]).must(200)
		if d := got.header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s may be shown: %v", link[1], got.header)
		}
	}
	html := links[1][1]
	others := map[string]*browser{
		"another learner": w.member("bob", run, ""), "somebody in no course": w.member("nils", run), "a visitor": w.visitor(),
		"staff of another course": w.member("dora", w.otherCourse(), "staff"), "staff of this one, by the learner's address": w.member("sue", run, "staff"),
	}
	for who, b := range others {
		if p := b.get(html); !refused(p) || strings.Contains(p.body, "alert") {
			t.Errorf("%s gets %d", who, p.status)
		}
	}
	ann.get(strings.Replace(html, "block@report", "block@essay", 1)).must(404)

	// One goes, and the rest is handed in with a text.
	page.form(action).set("drop", html[strings.LastIndex(html, "/")+1:], "text", "It was low.").give("save", "").must(303)
	page = ann.get(unit).must(200, "notes.txt").without("evil.html")
	page.form(action).give("submit", "").must(303)
	ann.get(unit).must(200, "Handed in. Waiting for its grade", "handed in, added", "It was low.").without("Not handed in yet")
}

// What an author does not take is refused in words, before anything is stored.
func TestUploadLimits(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann := w.member("ann", run, "")
	unit, action := unitPath(run, "reporting"), blockPath(run, "file-upload", "report")
	form := ann.get(unit).form(action)
	large := strings.Repeat("x", 5<<20)
	for _, c := range []struct {
		status int
		text   string
		files  []attached
	}{
		{422, "program.exe is none of the kinds", []attached{{"program.exe", "MZ"}}},
		{422, "photo.png does not hold what its name says", []attached{{"photo.png", "no picture"}}},
		{422, "At most 2 files", []attached{{"a.txt", "a"}, {"b.txt", "b"}, {"c.txt", "c"}}},
		{422, "big.txt is larger than 6.0 MB", []attached{{"big.txt", large + large[:1<<21]}}},
		{422, "This is too much", []attached{{"big.txt", large + large + large + large + large}}},
	} {
		got := form.give("save", "application/json", c.files...)
		if got.status != c.status || !strings.Contains(got.body, c.text) {
			t.Errorf("%s: %d %s", c.files[0].name, got.status, got.body)
		}
	}
	if parts, err := w.site.Files.PartsOf(t.Context(), w.pseudonym("ann", run)); err != nil || len(parts) != 0 {
		t.Errorf("what was refused is stored: %v, %v", parts, err)
	}
	// Without scripts, what was typed comes back with the reason.
	form.set("text", "Typed with care.").give("save", "", attached{"big.txt", large + large[:1<<21]}).must(422, "big.txt is larger", "Typed with care.")
	// More than a form's usual bound goes when the block takes it, and not elsewhere.
	form.give("save", "application/json", attached{"large.txt", large}).must(200, "large.txt")
	essay := ann.get(unitPath(run, "essays")).form(blockPath(run, "file-upload", "essay"))
	essay.give("save", "application/json", attached{"large.txt", large}).must(413)
	// Files of another sign-in's form are not even read.
	bob := w.member("bob", run, "")
	stolen := bob.get(unit).form(action)
	stolen.values.Set("token", form.values.Get("token"))
	stolen.give("save", "application/json", attached{"large.txt", large}).must(403)
	if parts, err := w.site.Files.PartsOf(t.Context(), w.pseudonym("bob", run)); err != nil || len(parts) != 0 {
		t.Errorf("a form with a foreign token stored %v, %v", parts, err)
	}
}

// An upload that breaks off leaves nothing: no part, no file, and the server goes on.
func TestInterruptedUpload(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.essays()
	ann := w.member("ann", run, "")
	unit, action := unitPath(run, "reporting"), blockPath(run, "file-upload", "report")
	form := ann.get(unit).form(action)
	var head bytes.Buffer
	m := multipart.NewWriter(&head)
	_ = m.WriteField("token", form.values.Get("token"))
	_ = m.WriteField("request", form.values.Get("request"))
	if _, err := m.CreateFormFile("files", "half.txt"); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, ann.base+action, io.MultiReader(&head, strings.NewReader(strings.Repeat("x", 4<<20))))
	if err != nil {
		t.Fatal(err)
	}
	request.ContentLength = 6 << 20
	request.Header.Set("Content-Type", m.FormDataContentType())
	request.Header.Set("Origin", ann.origin)
	for _, cookie := range ann.client.Jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	connection, err := net.Dial("tcp", request.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	_ = request.Write(connection) // it ends early, as the length says more
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(connection) // the server has seen the end when it hangs up
	_ = connection.Close()
	if strings.Contains(string(answer), " 200 ") {
		t.Errorf("half a file was taken: %.200s", answer)
	}
	if parts, err := w.site.Files.PartsOf(t.Context(), w.pseudonym("ann", run)); err != nil || len(parts) != 0 {
		t.Errorf("half a file is stored: %v, %v", parts, err)
	}
	form.give("save", "application/json", attached{"whole.txt", "whole"}).must(200, "whole.txt")
	var body struct{ HTML string }
	_ = json.Unmarshal([]byte(ann.get(action+"/view").body), &body)
	if strings.Contains(body.HTML, "half.txt") {
		t.Error("half a file is there")
	}
}
