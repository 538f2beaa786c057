package importer_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

var library = key.Course{Org: "Org", Number: "LIB"}

// v2 is a backup of a library with two texts, the second of which is drafted, too; a third was never published.
func v2(more map[string]string) map[string]string {
	files := map[string]string{"package.toml": "[meta]\nformat_version = 1\n[learning_package]\ntitle = \"Texts\"\nkey = \"lib:Org:LIB\"\n"}
	for i, c := range []struct{ id, pointers string }{
		{"a", "draft.version_num = 1\npublished.version_num = 1"}, {"b", "draft.version_num = 2\npublished.version_num = 1"}, {"c", "draft.version_num = 1"},
	} {
		files["entities/xblock.v1/html/"+c.id+".toml"] = fmt.Sprintf("[entity]\nkey = \"xblock.v1:html:%s\"\ncreated = 2026-01-0%dT00:00:00Z\n%s\n", c.id, i+1, c.pointers)
		for n := range 2 {
			files[fmt.Sprintf("entities/xblock.v1/html/%s/component_versions/v%d/block.xml", c.id, n+1)] = fmt.Sprintf(`<html display_name="%s %d"><![CDATA[<p>%d</p>]]></html>`, strings.ToUpper(c.id), n+1, n+1)
		}
	}
	maps.Copy(files, more)
	return files
}

func (s *site) library(t *testing.T, files map[string]string) importer.Request {
	return importer.Request{Course: library, Files: intaketest.Open(t, files), By: "u1", Now: time.Now().UTC()}
}

// A library's plan tells its components alone, in one list; what was drafted comes in as drafts; the undo takes all of it back.
func TestLibrary(t *testing.T) {
	s := newSite(t)
	plan := func(files map[string]string) *importer.Plan {
		t.Helper()
		plan, err := importer.MakePlan(t.Context(), s.config(), s.library(t, files))
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	first := plan(v2(nil))
	if got := changesOf(first); got != "add html A 1 ; add html B 1 " || first.Title != "Texts" || first.Brings != 3 || first.Same != 0 {
		t.Errorf("%s; %+v", got, first)
	}
	if len(first.Blocks[0].Place) != 0 || first.Blocks[0].File != "entities/xblock.v1/html/a/component_versions/v1/block.xml" {
		t.Errorf("%+v", first.Blocks[0])
	}
	request := s.library(t, v2(nil))
	request.Plan, request.Op = first, "op1"
	report, err := importer.Import(t.Context(), s.config(), request)
	if err != nil || report.Drafts != 3 {
		t.Fatalf("%+v, %v", report, err)
	}
	drafts, err := s.courses.Drafts(t.Context(), library)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]string{}
	for i := range drafts {
		there[drafts[i].Usage] = drafts[i].Revision.Fields["display_name"]
		for _, child := range drafts[i].Revision.Children {
			there[drafts[i].Usage] += " " + child.ID
		}
	}
	if there[library.Usage("html", "b").String()] != `"B 2"` || there[library.Usage("html", "c").String()] != `"C 1"` || there[library.Usage("vertical", "shelf").String()] != " a b c" {
		t.Errorf("drafts %v", there)
	}
	if same := plan(v2(nil)); len(same.Blocks)+len(same.Settings)+len(same.Files)+len(same.Drafts) != 0 || same.Same != 2 {
		t.Errorf("of the same archive: %+v", same)
	}
	// Another archive: one gone, one changed, the order turned round.
	other := map[string]string{
		"library/library.xml": `<library display_name="Other" org="Org" library="LIB"><html url_name="n" display_name="N">n</html><html url_name="b" display_name="B 1"><![CDATA[<p>9</p>]]></html><html url_name="a" display_name="A 1"><![CDATA[<p>1</p>]]></html></library>`,
	}
	if got := changesOf(plan(other)); got != "change vertical  order; add html N ; change html B 1 data" {
		t.Errorf("changes %s", got)
	}
	undone, err := importer.Undo(t.Context(), s.config(), importer.Undoing{Course: library, By: "u1", Op: "op1", Before: report.Before, Head: report.Head.Number})
	if err != nil {
		t.Fatalf("%+v, %v", undone, err)
	}
	if run, err := s.courses.Run(t.Context(), library); err != nil || run.Head.Root != "" {
		t.Errorf("%+v, %v", run.Head, err)
	}
	if left, err := s.courses.Drafts(t.Context(), library); err != nil || len(left) != 0 {
		t.Errorf("%d drafts are left, %v", len(left), err)
	}
}

// A course's archive does not go into a library, nor a library's into a course: nothing is touched.
func TestCoursesAreNoLibraries(t *testing.T) {
	s := newSite(t)
	request := s.with(t, small(t, nil))
	request.Course = library
	for _, c := range []struct {
		request importer.Request
		code    olx.ErrorCode
	}{
		{request, olx.ErrCourse},
		{importer.Request{Course: small1, Files: intaketest.Open(t, v2(nil))}, olx.ErrLibrary},
	} {
		for _, act := range []func() error{
			func() error { _, err := importer.MakePlan(t.Context(), s.config(), c.request); return err },
			func() error { _, err := importer.Import(t.Context(), s.config(), c.request); return err },
		} {
			if refusal := (*olx.Error)(nil); !errors.As(act(), &refusal) || refusal.Code != c.code {
				t.Errorf("%v: %v", c.request.Course, act())
			}
		}
		if _, err := s.courses.Run(t.Context(), c.request.Course); err == nil {
			t.Errorf("%v is there", c.request.Course)
		}
	}
}

// TestHostileLibraries: what a course's archive may not hold, a library's may not either.
func TestHostileLibraries(t *testing.T) {
	const at = "entities/xblock.v1/html/a"
	for name, entry := range map[string]intaketest.Entry{
		"a way out":  intaketest.File("../"+at+".toml", "x"),
		"a root":     intaketest.File("/library/library.xml", "x"),
		"a link":     link(at+"/component_versions/v1/block.xml", "/etc/passwd"),
		"a static":   link(at+"/component_versions/v1/static/a.png", "../../../../../../package.toml"),
		"a backward": intaketest.File(`library\..\..\x`, "x"),
	} {
		data := intaketest.Tar(t, append(intaketest.Files(map[string]string{"package.toml": "[meta]\nformat_version = 1"}), entry)...)
		opened, err := intake.OpenArchive(t.Context(), bytes.NewReader(data), int64(len(data)), intake.Options{})
		if err == nil {
			_ = opened.Close()
			t.Errorf("%s is taken", name)
		}
	}
	// A key that names another place, and a version that is none, lead nowhere.
	files := v2(map[string]string{
		at + ".toml": "[entity]\nkey = \"xblock.v1:html:../../../package.toml\"\npublished.version_num = -1\ndraft.version_num = -1\n",
	})
	s := newSite(t)
	plan, err := importer.MakePlan(t.Context(), s.config(), s.library(t, files))
	if err != nil || changesOf(plan) != "add html B 1 " {
		t.Errorf("%+v, %v", plan, err)
	}
}

func link(name, to string) intaketest.Entry {
	return intaketest.Entry{Header: tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: to}}
}
