package host_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
	"github.com/quoin-lms/quoin/runtime/people"
)

// packedLibrary is a library's archive of the older form, with two components and a file.
func packedLibrary(t *testing.T, text string) string {
	t.Helper()
	return string(intaketest.Gzip(t, intaketest.Tar(t, intaketest.Files(map[string]string{
		"library/library.xml":    `<library xblock-family="xblock.v1" display_name="Brought questions" org="Org" library="Mech"><html url_name="h9"/><problem url_name="p9"/></library>`,
		"library/html/h9.xml":    `<html filename="h9" display_name="A text"/>`,
		"library/html/h9.html":   text,
		"library/problem/p9.xml": "<problem display_name=\"A question\"><p>\"/static/gone.png\"</p></problem>",
		"library/static/new.txt": text,
	})...)))
}

// backupLibrary is one of the newer form.
func backupLibrary(t *testing.T) string {
	t.Helper()
	return string(intaketest.Zip(t, map[string]string{
		"package.toml":                                               "[meta]\nformat_version = 1\n[learning_package]\ntitle = \"New questions\"\nkey = \"lib:Org:New\"\n",
		"entities/xblock.v1/html/h1.toml":                            "[entity]\nkey = \"xblock.v1:html:h1\"\ncreated = 2026-01-01T00:00:00Z\ndraft.version_num = 1\npublished.version_num = 1\n",
		"entities/xblock.v1/html/h2.toml":                            "[entity]\nkey = \"xblock.v1:html:h2\"\ncreated = 2026-01-02T00:00:00Z\ndraft.version_num = 1\n",
		"entities/week.toml":                                         "[entity]\nkey = \"week\"\n[entity.container.unit]\n",
		"entities/xblock.v1/html/broken.toml":                        "[entity\n",
		"entities/xblock.v1/html/h1/component_versions/v1/block.xml": `<html display_name="First text"><![CDATA[<p>One</p>]]></html>`,
		"entities/xblock.v1/html/h2/component_versions/v1/block.xml": `<html display_name="Unpublished text"><![CDATA[<p>Two</p>]]></html>`,
	}))
}

// A team brings an archive into its library, reads what it would do, agrees, and takes it back; nobody else has a part in it.
func TestStudioImportsALibrary(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	library, made := w.libraryOf("Mech", "rest", "motion")
	foreign, _ := w.libraryOf("Waves", "sound")
	tess, dora, ann := w.enter(w.teacher("tess", run, library)), w.enter(w.teacher("dora", run, foreign)), w.member("ann", run, "")
	before, err := w.site.Courses.Run(t.Context(), library)
	if err != nil {
		t.Fatal(err)
	}
	tess.get(studioPath(library)).must(200, "/import", "/export")
	tess.get(importPath(library)).must(200, "Import into the library", "Courses keep the copies", "package.toml").without("what this course is")
	for who, b := range map[string]*browser{"another library's": dora, "a learner": ann, "nobody": w.visitor()} {
		p := b.upload(importPath(library), "archive", "text/html", attached{"a.tar.gz", packedLibrary(t, "<p>Hers</p>")})
		if p.status != 404 && p.status != 303 && p.status != 403 || strings.Contains(p.header.Get("Location"), "/import/") {
			t.Errorf("%s team brings an archive: %d %s", who, p.status, p.header.Get("Location"))
		}
	}
	begun := tess.upload(importPath(library), "archive", "text/html", attached{"a.tar.gz", packedLibrary(t, "<p>New</p>")}).must(303)
	w.working.Wait()
	at := begun.header.Get("Location")
	report := tess.get(at).must(200, "What the import would do", "A text", "A question", "About rest", "Remove", "The title of the library would be another one", "there is no file gone.png", "library/problem/p9.xml:1", "Courses can use the imported components at once").
		without("shelf", "Outline and components", "of the outline", "Subsection", "vertical<", "title of the course", "this course is")
	if now, err := w.site.Courses.Run(t.Context(), library); err != nil || now.Head.Number != before.Head.Number {
		t.Errorf("a report changed the library: %+v, %v", now.Head, err)
	}
	tess.get(at+"/report.csv").must(200, "blocks,Add,A text", "blocks,Remove,About rest", "files,Add,new.txt").without("shelf")
	theirs := strings.Replace(at, studioPath(library), studioPath(foreign), 1)
	for _, b := range []*browser{dora, ann} {
		for _, address := range []string{at, at + "/report.csv", at + "/state", theirs, theirs + "/report.csv", theirs + "/state"} {
			b.get(address).must(404)
		}
		b.sends(at, "do", "agree").must(404)
		b.sends(theirs, "do", "agree").must(404)
	}
	report.form(at).set("do", "agree").press("").must(303)
	w.working.Wait()
	done := tess.get(at).must(200, "What the import did", "To the components", "The title of the library is “Brought questions” now", "Undo the import").without("See it live")
	tess.get(studioPath(library)).must(200, "Brought questions", "A text", "A question").without("About rest")
	if _, _, err := w.site.Authoring.Take(t.Context(), authoring.Author{ID: "tester", Reads: func(key.Course) (bool, error) { return true, nil }}, run.Usage("vertical", "read1"), authoring.Last, library.Usage("html", "h9")); err != nil {
		t.Errorf("an imported component cannot be taken: %v", err)
	}
	done.form(at).set("do", "undo").press("").must(303)
	w.working.Wait()
	tess.get(at).must(200, "Undone", "The library is what it was before the import")
	tess.get(studioPath(library)).must(200, "About rest", "About motion").without("A question")
	if now, err := w.site.Courses.Run(t.Context(), library); err != nil || now.Head.Root != before.Head.Root {
		t.Errorf("%+v, %v", now.Head, err)
	}
	// A course's archive is none of a library's, and the other way round.
	wrong := tess.upload(importPath(library), "archive", "text/html", attached{"a.tar.gz", packed(t, "<p>New</p>")}).must(303)
	w.working.Wait()
	tess.get(wrong.header.Get("Location")).must(200, "this is a course, not a content library")
	if len(made) != 2 {
		t.Fatal(made)
	}
}

// A library is made from an archive: the form names it, the archive is looked at, and comes in when its maker says so.
func TestStudioMakesALibraryFromAnArchive(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	maker, err := w.site.People.SetSiteRole(t.Context(), w.account("mia", run, "").ID, people.SiteCreator, true)
	if err != nil {
		t.Fatal(err)
	}
	mia, ann := w.enter(maker), w.member("ann", run, "")
	fields := map[string]string{"library_title": "Mine", "library_org": "Org", "library_slug": "Mine"}
	mia.get("/studio").must(200, "Archive (if you have one)")
	ann.uploadWith("/studio/libraries", "archive", "text/html", fields, attached{"a.zip", backupLibrary(t)}).must(404)
	refused := mia.uploadWith("/studio/libraries", "archive", "text/html", fields, attached{"a.pdf", "%PDF-1.4"}).must(422, ".zip", "library-archive-error")
	if _, err := w.site.Courses.Run(t.Context(), key.Course{Org: "Org", Number: "Mine"}); err == nil || refused.status != 422 {
		t.Error("a library was made without its archive")
	}
	made := mia.uploadWith("/studio/libraries", "archive", "text/html", fields, attached{"a.zip", backupLibrary(t)}).must(303)
	w.working.Wait()
	at := made.header.Get("Location")
	if !strings.HasPrefix(at, "/studio/courses/library-v1:Org+Mine/import/") {
		t.Fatalf("it leads to %s", at)
	}
	mia.get(at).must(200, "First text", "The archive calls itself library-v1:Org", "It would go into this library", "unpublished work, which comes in as such", "This publishes the library",
		"entities/xblock.v1/html/broken.toml:2", "it cannot be read as TOML", "entities/week.toml:1", "a library here holds components alone", "Archive of a library").without("Set aside", "set aside", "Archive of a course").form(at).set("do", "agree").press("").must(303)
	w.working.Wait()
	mia.get(at).must(200, "What the import did").without("were set aside", "was set aside")
	mia.get(strings.TrimSuffix(at[:strings.Index(at, "/import/")], "/")).must(200, "New questions", "First text", "Unpublished text")
	mia.uploadWith("/studio/libraries", "archive", "text/html", map[string]string{"library_title": "Plain", "library_org": "Org", "library_slug": "Plain"}).must(303)
}

// A library goes out to its team in both forms, and comes back from them.
func TestStudioExportsALibrary(t *testing.T) {
	w := newWorld(t, options{unlimited: true})
	run := w.forces()
	library, made := w.libraryOf("Mech", "rest")
	foreign, _ := w.libraryOf("Waves", "sound")
	tess, dora, ann := w.enter(w.teacher("tess", run, library)), w.enter(w.teacher("dora", run, foreign)), w.member("ann", run, "")
	at := studioPath(library) + "/export"
	page := tess.get(at).must(200, "Export the library", "new libraries of Open edX").without("With keys", "The course as")
	page.form(at).press("").must(303)
	tess.get(at).form(at).set("form", "backup").press("").must(303)
	w.working.Wait()
	dora.sends(at, "form", "backup").must(404)
	ann.sends(at, "form", "backup").must(404)
	list, err := w.site.Transfers.Recent(t.Context(), library, transfer.Out, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, one := range list {
		address := at + "/" + one.ID + "/archive"
		for _, b := range []*browser{dora, ann} {
			b.get(address).must(404)
			b.get(strings.Replace(address, studioPath(library), studioPath(foreign), 1)).must(404)
		}
		p := tess.get(address).must(200)
		root, name := "library/library.xml", `filename="library-v1:`
		if one.Backup {
			root = "package.toml"
			if _, err := zip.NewReader(strings.NewReader(p.body), int64(len(p.body))); err != nil || !strings.Contains(p.header.Get("Content-Disposition"), "Org+Mech.zip") {
				t.Errorf("%v %s", err, p.header.Get("Content-Disposition"))
			}
		} else if !strings.Contains(p.header.Get("Content-Disposition"), "Org+Mech.tar.gz") || strings.Contains(p.header.Get("Content-Disposition"), name) {
			t.Errorf("%s", p.header.Get("Content-Disposition"))
		}
		opened, err := intake.OpenArchive(t.Context(), bytes.NewReader([]byte(p.body)), int64(len(p.body)), intake.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, there := opened.Stat(root); !there {
			t.Errorf("there is no %s", root)
		}
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
		back := tess.upload(importPath(library), "archive", "text/html", attached{"a" + map[bool]string{true: ".zip", false: ".tar.gz"}[one.Backup], p.body}).must(303)
		w.working.Wait()
		tess.get(back.header.Get("Location")).must(200, "The archive holds what the library is already")
	}
	if block := made[0]; block.Course != library || course.Shelf(library).ID != course.ShelfID {
		t.Error(block)
	}
}
