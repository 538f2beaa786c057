package host_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
)

// packed is a course's archive with one text, whose unit has a title where one is given.
func packed(t *testing.T, text string, title ...string) string {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, file := range [][2]string{
		{"course/course.xml", `<course url_name="now" org="Org" course="Phys"/>`},
		{"course/course/now.xml", `<course display_name="Brought in" start="&quot;2020-01-01T00:00:00Z&quot;"><chapter url_name="c9" display_name="New section"><sequential url_name="s9"><vertical url_name="v9" display_name="` + strings.Join(title, "") + `"><html url_name="h9" display_name="A text" filename="h9"/><strange url_name="x9"/></vertical></sequential></chapter></course>`},
		{"course/html/h9.html", text},
		{"course/static/new.txt", text},
	} {
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: file[0], Size: int64(len(file[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, file[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func importPath(run key.Course) string { return studioPath(run) + "/import" }

// A team brings an archive, reads what it would do, agrees, and takes it back; nobody else has a part in it.
func TestStudioImport(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	sue, ann, dora := w.member("sue", run, "staff"), w.member("ann", run, ""), w.member("dora", other, "staff", "instructor")
	before, err := w.site.Courses.Run(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	sue.get(importPath(run)).must(200, "Import a course")
	sue.upload(importPath(run), "archive", "application/json", attached{"notes.txt", "x"}).must(422, ".zip")
	dora.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", packed(t, "<p>Hers</p>")}).must(404)
	ann.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", packed(t, "<p>Hers</p>")}).must(404)
	begun := sue.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", packed(t, "<p>New</p>")}).must(303)
	w.working.Wait()
	at := begun.header.Get("Location")
	report := sue.get(at).must(200, "What the import would do", "New section", "A text", "strange", "Import it")
	if now, err := w.site.Courses.Run(t.Context(), run); err != nil || now.Head.Number != before.Head.Number {
		t.Errorf("a report changed the course: %+v, %v", now.Head, err)
	}
	sue.get(at+"?show=files").must(200, "new.txt").without("New section")
	sue.get(at+"/report.csv").must(200, "blocks,Add,New section", "files,Add,new.txt")
	// In an author's words: no names of types or fields, no ids for titles, no JSON.
	report.must(200, "Section", "Subsection", "New section › Subsection › Unit", "would be another one: “Brought in”").without("chapter", "sequential<", "vertical<", "s9", "v9", "display_name", "&#34;")
	sue.get(at+"/state").must(200, `"works":false`)
	theirs := strings.Replace(at, studioPath(run), studioPath(other), 1)
	for who, p := range map[string]*page{
		"a learner": ann.get(at), "staff of another course": dora.get(at), "under another course": dora.get(theirs),
		"its table": dora.get(theirs + "/report.csv"), "its state": dora.get(theirs + "/state"),
		"to agree":  dora.send("POST", theirs, map[string]string{"X-Quoin-Token": dora.token(), "Content-Type": "application/x-www-form-urlencoded"}, "do=agree"),
		"an export": sue.get(strings.Replace(at, "/import/", "/export/", 1) + "/archive"),
	} {
		p.must(404)
		_ = who
	}
	report.form(at).set("do", "agree").press("").must(303)
	w.working.Wait()
	done := sue.get(at).must(200, "Undo the import", "What the import did", "Added", "To the outline", "See it live", "is “Brought in” now").without("What the import would do", ">Add<", "would be")
	ann.get("/courses/"+run.String()).must(200, "New section")
	done.form(at).set("do", "undo").press("").must(303)
	w.working.Wait()
	sue.get(at).must(200, "Undone", "is what it was before the import", "What the import had done").without("Nothing of it is published")
	if now, err := w.site.Courses.Run(t.Context(), run); err != nil || now.Head.Root != before.Head.Root {
		t.Errorf("%+v, %v", now.Head, err)
	}
	broken := sue.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", "this is none"}).must(303)
	w.working.Wait()
	sue.get(broken.header.Get("Location")).must(200, "cannot be read", "Look again")
}

// A course goes out to its team; with keys to instructors alone.
func TestStudioExport(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run, other := w.forces(), w.otherCourse()
	sue, ina, ann, dora := w.member("sue", run, "staff"), w.member("ina", run, "instructor"), w.member("ann", run, ""), w.member("dora", other, "staff", "instructor")
	at := studioPath(run) + "/export"
	sue.get(at).must(200, "Make an archive").without("With keys")
	sue.get(at).form(at).press("").must(303)
	w.working.Wait()
	ina.get(at).must(200, "With keys").form(at).set("secrets", "1").press("").must(303)
	w.working.Wait()
	sue.send("POST", at, map[string]string{"X-Quoin-Token": sue.token(), "Content-Type": "application/x-www-form-urlencoded"}, "secrets=1").must(403)
	list, err := w.site.Transfers.Recent(t.Context(), run, transfer.Out, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for i := range list {
		address := at + "/" + list[i].ID + "/archive"
		p := sue.get(address)
		if list[i].Secrets {
			p.must(404)
			p = ina.get(address)
		}
		p.must(200)
		if !strings.HasPrefix(p.body, "\x1f\x8b") || !strings.Contains(p.header.Get("Content-Disposition"), ".tar.gz") {
			t.Errorf("%s: %.20q %v", address, p.body, p.header)
		}
		ann.get(address).must(404)
		dora.get(address).must(404)
		dora.get(strings.Replace(address, studioPath(run), studioPath(other), 1)).must(404)
		w.visitor().get(address).must(401)
	}
}

// brought imports an archive and gives the import's address.
func (b *browser) brought(w *world, run key.Course, archive string) string {
	b.t.Helper()
	begun := b.upload(importPath(run), "archive", "text/html", attached{"a.tar.gz", archive}).must(303)
	w.working.Wait()
	at := begun.header.Get("Location")
	b.get(at).form(at).set("do", "agree").press("").must(303)
	w.working.Wait()
	b.get(at).must(200, "Undo the import")
	return at
}

// Unpublished work that an import sets aside stands in the history with the import, can be brought back over it, and is there again
// when the import is taken back.
func TestStudioImportIsInTheHistory(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.draftedCourse()
	sue, bob := w.member("sue", run, "staff"), w.member("bob", run, "staff")
	sue.brought(w, run, packed(t, "<p>One</p>"))
	text, unit, history := run.Usage("html", "h9"), run.Usage("vertical", "v9"), studioPath(run)+"/history"
	bob.asks(component(run, "html", "h9")+"/save", edits("data", "<p>One</p>", "<p>Bob's work</p>")).must(200)
	added := bob.did(run, "/blocks", "parent", unit.String(), "type", "html")
	at := sue.brought(w, run, packed(t, "<p>Two</p>", "Other words"))
	of := history + "?of=" + url.QueryEscape(text.String())
	page := bob.get(of).must(200, "Imported an archive", "Unpublished changes of the team", "Bob&#39;s work", "Two", "The import and its report", "Edited")
	is := func(what, want string, children int) {
		t.Helper()
		content, err := w.site.Authoring.Unit(t.Context(), run, unit)
		if err != nil || len(content.Children) != children || !strings.Contains(string(content.Children[0].Fields["data"]), want) {
			t.Fatalf("%s: %+v, %v", what, content, err)
		}
	}
	is("after the import", "Two", 2)
	page.form(studioPath(run) + "/restore").press("").must(303)
	is("the text put back alone", "Bob", 2)
	bob.did(run, "/discard")
	bob.get(history).must(200, "Bring these changes back").form(studioPath(run) + "/undo")
	op := at[strings.LastIndex(at, "/")+1:]
	if answer := bob.did(run, "/undo", "op", op); answer["did"] != "undone" {
		t.Errorf("%v", answer)
	}
	is("all brought back", "Bob", 3)
	content, err := w.site.Authoring.Unit(t.Context(), run, unit)
	if got := content.Children[len(content.Children)-1].Usage.String(); err != nil || []any{got}[0] != added["usages"].([]any)[0] {
		t.Errorf("the last one is %s, added was %v, %v", got, added, err)
	}
	sue.get(at).form(at).set("do", "undo").press("").must(303)
	w.working.Wait()
	is("the import is taken back", "Bob", 3)
	bob.get(history).must(200, "Took an import back", "Imported an archive")
}
