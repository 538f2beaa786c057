package host_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// evilText is what an author may write into anything that has a name.
const evilText = `"><script>window.ran=1</script><img src=x onerror=window.ran=1>`

// scripted tells of what would run a script in a page that is not ours: an element or an attribute that an author wrote.
func scripted(n *html.Node, tell func(string)) {
	if n.Type == html.ElementNode {
		for _, a := range n.Attr {
			if strings.HasPrefix(strings.ToLower(a.Key), "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				tell(n.Data + " " + a.Key + "=" + a.Val)
			}
		}
		if n.Data == "script" && n.FirstChild != nil && strings.Contains(n.FirstChild.Data, "window.ran") {
			for _, a := range n.Attr {
				if a.Key == "type" && a.Val == "application/json" { // data
					return
				}
			}
			tell("script " + n.FirstChild.Data)
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		scripted(child, tell)
	}
}

// What an author writes runs nowhere in Studio: not as a title, a note, the name of a group, a type of assignment, a rich text or a
// difference of the history. Each page has a policy that would stop it all the same (security R2, R20).
func TestStudioRunsNoScriptOfAnAuthor(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	use := func(kind, id string) string { return run.Usage(kind, id).String() }
	base := studioPath(run)
	for _, usage := range []string{use("chapter", "A"), use("sequential", "a"), use("vertical", "u1")} {
		sue.did(run, "/set", "usage", usage, "has", "title", "title", evilText)
	}
	text := sue.did(run, "/blocks", "parent", use("vertical", "u1"), "type", "html", "title", evilText)["focus"].(string)
	sue.asks(base+"/components/"+url.PathEscape(text)+"/save", edits("data", nil, `<p>Words</p>`+evilText+`<svg><a xlink:href="javascript:window.ran=1">x</a></svg>`)).must(200)
	groups, grades, schedule := base+"/settings/groups", base+"/settings/grading", base+"/settings/schedule"
	sue.get(groups).form(groups).set("g.s0.name", evilText).press("").must(303)
	sue.get(grades).form(grades).set("t.s0.type", evilText, "t.s0.weight", "1").press("").must(303)
	sue.get(schedule).form(schedule).set("short_description", evilText, "overview", "<p>x</p>"+evilText).press("").must(303)
	sue.did(run, "/publish", "usage", use("sequential", "a"), "note", evilText)
	sue.asks(base+"/components/"+url.PathEscape(text)+"/save", edits("display_name", evilText, evilText+evilText)).must(200)
	pages := []string{
		"", "/changes", "/history", "/history?of=" + url.QueryEscape(use("vertical", "u1")), "/settings/schedule", "/settings/grading", "/settings/groups", "/settings/advanced",
		"/settings/team", "/files", "/import", "/export", "/checks", "/remarks", "/units/u1", "/units/u1/as/learner", "/units/u1/as/learner/page",
		"/blocks/" + url.PathEscape(use("vertical", "u1")) + "/settings", "/move?usage=" + url.QueryEscape(use("vertical", "u1")), "/bulk?usage=" + url.QueryEscape(use("vertical", "u1")),
		"?q=" + url.QueryEscape(evilText), "/changes?op=" + url.QueryEscape(evilText) + "&did=" + url.QueryEscape(evilText),
	}
	shown := 0
	for _, path := range pages {
		p := sue.get(base + path).must(200)
		scripted(p.doc, func(what string) { t.Errorf("%s: %s", path, what) })
		if strings.Contains(p.words(), "window.ran") {
			shown++
		}
		policy := p.header.Get("Content-Security-Policy")
		script, _, _ := strings.Cut(policy[strings.Index(policy+"script-src", "script-src"):], ";")
		for _, needed := range []string{"script-src ", "object-src 'none'", "base-uri ", "form-action ", "frame-ancestors "} {
			if !strings.Contains(policy, needed) && (needed != "object-src 'none'" || !strings.Contains(policy, "default-src 'none'")) {
				t.Errorf("%s: no %sin %q", path, needed, policy)
			}
		}
		if strings.Contains(script, "unsafe-inline") || strings.Contains(script, "*") || strings.Contains(script, "data:") {
			t.Errorf("%s: %q", path, script)
		}
		if p.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: its type may be guessed", path)
		}
	}
	if shown < 8 {
		t.Errorf("what the author wrote is on %d pages alone: the test looks at nothing", shown)
	}
}

// Who may change one course gets at nothing of another one by naming it in a request to his own: drafts, operations, contents of the
// history, published states, files and remarks are found in their own course alone (security R13).
func TestStudioKeepsCoursesApart(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.draftedCourse(), w.otherCourse()
	sue, dora := w.member("sue", run, "staff"), w.member("dora", other, "staff", "instructor")
	unit := run.Usage("vertical", "u1")
	op := sue.did(run, "/set", "usage", unit.String(), "has", "title", "title", "Their secret draft")["op"].(string)
	entries, _, err := w.site.Authoring.History(t.Context(), run, key.Usage{}, "", 5)
	if err != nil || len(entries) == 0 || len(entries[0].Steps) == 0 {
		t.Fatalf("%+v, %v", entries, err)
	}
	hash := entries[0].Steps[0].After
	hers, mine := unit.String(), other.Usage("vertical", "read1").String()
	for _, try := range [][]string{
		{"/undo", "op", op},
		{"/restore", "usage", hers, "hash", hash},
		{"/restore", "usage", mine, "hash", hash},
		{"/move", "usage", hers, "to", other.Usage("sequential", "s").String()},
		{"/move", "usage", mine, "to", run.Usage("sequential", "a").String()},
		{"/remove", "usage", hers},
		{"/duplicate", "usage", hers},
		{"/discard", "usage", hers},
		{"/publish", "usage", hers},
		{"/publish", "usage", mine, "usage", hers},
		{"/discard", "usage", mine, "usage", hers},
		{"/duplicate", "usage", mine, "usage", hers},
		{"/set", "usage", hers, "has", "title", "title", "x"},
		{"/paste", "usage", hers, "to", other.Usage("sequential", "s").String()},
		{"/blocks", "parent", run.Usage("sequential", "a").String(), "type", "vertical"},
		{"/return", "number", "999"},
	} {
		if status, done := dora.studioPost(other, try[0], try[1:]...); status != http.StatusNotFound || strings.Contains(strings.ToLower(dora.get(studioPath(other)).body), "secret draft") {
			t.Errorf("%v: %d %v", try, status, done)
		}
	}
	escaped := url.PathEscape(hers)
	for _, path := range []string{
		"/history?of=" + url.QueryEscape(hers), "/changes?within=" + url.QueryEscape(hers), "/blocks/" + escaped + "/settings", "/move?usage=" + url.QueryEscape(hers),
		"/bulk?usage=" + url.QueryEscape(hers), "/components/" + escaped, "/units/u1", "/units/u1/as/learner", "/units/u1/as/learner/page", "/units/u1/state",
		"/components/" + escaped + "/form",
	} {
		if p := dora.get(studioPath(other) + path); p.status != http.StatusNotFound || strings.Contains(p.body, "secret draft") {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	if p := dora.asks(studioPath(other)+"/components/"+escaped+"/save", edits("display_name", nil, "x")); p.status != http.StatusNotFound {
		t.Errorf("saving in another course: %d", p.status)
	}
	if got := w.titles(run); !strings.Contains(got, "Their secret draft") {
		t.Errorf("the other course is %s", got)
	}
}

// Archives that are no courses but attacks end as an import that failed and says why: names that lead out, links, devices, and what
// unpacks to more than is allowed. Nothing lands outside, and the course stays as it is (security R22).
func TestStudioRefusesHostileArchives(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue := w.member("sue", run, "staff")
	outside := filepath.Join(t.TempDir(), "escaped")
	archive := func(headers ...tar.Header) string {
		var out bytes.Buffer
		zipped := gzip.NewWriter(&out)
		all := tar.NewWriter(zipped)
		for i := range headers {
			h := headers[i]
			h.Mode = 0o600
			if h.Typeflag == tar.TypeReg && h.Size == 0 {
				h.Size = 1
			}
			if err := all.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
			if h.Typeflag == tar.TypeReg {
				if _, err := io.CopyN(all, zeros{}, h.Size); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = all.Close()
		_ = zipped.Close()
		return out.String()
	}
	before := w.titles(run)
	for what, data := range map[string]string{
		"a name that leads out":  archive(tar.Header{Typeflag: tar.TypeReg, Name: "../../../../../../.." + outside}),
		"an absolute name":       archive(tar.Header{Typeflag: tar.TypeReg, Name: outside}),
		"a link and through it":  archive(tar.Header{Typeflag: tar.TypeSymlink, Name: "course/static", Linkname: filepath.Dir(outside)}, tar.Header{Typeflag: tar.TypeReg, Name: "course/static/escaped"}),
		"a hard link to secrets": archive(tar.Header{Typeflag: tar.TypeLink, Name: "course/course.xml", Linkname: "/etc/passwd"}),
		"a device":               archive(tar.Header{Typeflag: tar.TypeChar, Name: "course/course.xml"}),
		"a bomb":                 archive(tar.Header{Typeflag: tar.TypeReg, Name: "course/course.xml", Size: 300 << 20}),
	} {
		at := sue.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", data})
		w.working.Wait()
		if at.status == http.StatusSeeOther {
			sue.get(at.header.Get("Location")).must(200, "cannot be read").without("Import it", "root:")
		} else if at.status/100 != 4 {
			t.Errorf("%s: %d", what, at.status)
		}
		if _, err := os.Stat(outside); err == nil {
			t.Fatalf("%s was written outside", what)
		}
	}
	if got := w.titles(run); got != before {
		t.Errorf("the course is %s, was %s", got, before)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// The report of an import is a table to keep: no cell of it is a formula to a spreadsheet (security R27).
func TestStudioTablesHoldNoFormulas(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	sue := w.member("sue", run, "staff")
	bad := strings.ReplaceAll(`=HYPERLINK("http://evil.example";"x")`, `"`, "&quot;")
	data := repacked(t, packed(t, "<p>x</p>"), `display_name="A text"`, `display_name="`+bad+`"`)
	at := sue.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", data}).must(303).header.Get("Location")
	w.working.Wait()
	report := sue.get(at+"/report.csv").must(200, "HYPERLINK")
	for line := range strings.Lines(report.body) {
		for _, cell := range strings.Split(line, ",") {
			if cell = strings.TrimLeft(strings.TrimSpace(cell), `"`); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a formula: %q in %q", cell, line)
			}
		}
	}
}

// repacked is an archive with one text in the place of another.
func repacked(t *testing.T, data, old, text string) string {
	t.Helper()
	unzipped, err := gzip.NewReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	from, to := tar.NewReader(unzipped), tar.NewWriter(zipped)
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.ReplaceAll(content, []byte(old), []byte(text))
		header.Size = int64(len(content))
		if err := to.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	_ = to.Close()
	_ = zipped.Close()
	return out.String()
}

// Who is erased is named nowhere in Studio any more; what he wrote and its history stay (security R27).
func TestStudioAfterAnErasure(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, maxi := w.member("sue", run, "staff"), w.member("maximilian", run, "staff")
	unit := run.Usage("vertical", "u1").String()
	maxi.did(run, "/set", "usage", unit, "has", "title", "title", "What he wrote")
	maxi.did(run, "/publish")
	maxi.did(run, "/set", "usage", unit, "has", "title", "title", "And again")
	base := studioPath(run)
	pages := []string{"", "/history", "/changes", "/units/u1", "/remarks", "/settings/team"}
	sue.get(base+"/history").must(200, "maximilian")
	if _, err := w.site.ErasePerson(t.Context(), w.userNamed("maximilian").ID); err != nil {
		t.Fatal(err)
	}
	for _, path := range pages {
		sue.get(base + path).must(200).without("maximilian")
	}
	sue.get(base+"/history").must(200, "Published as version", "What he wrote")
	if got := w.titles(run); !strings.Contains(got, "And again") {
		t.Error(got)
	}
}
