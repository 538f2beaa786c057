package exporter_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
)

// odd makes a course of one unit and exports it after a change to each block that change knows.
func odd(t *testing.T, files map[string]string, change func(ref course.ChildRef, r *course.Revision)) (map[string]string, exporter.Report) {
	t.Helper()
	all := fuzzCourse("<vertical/>", "<html/>", "{}")
	delete(all, "drafts/html/d.xml")
	maps.Copy(all, files)
	m := recall(t, all)
	if m == nil {
		t.Fatal("the course cannot be read")
	}
	if change != nil {
		m.rewrite(change)
	}
	p, err := m.export(exporter.Request{Course: run, Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	readsBack(t, m, p)
	return texts(t, p.Files()), p.Report
}

// named changes the display name of one block, or of all of a type.
func named(blockType, id, value string) func(ref course.ChildRef, r *course.Revision) {
	return func(ref course.ChildRef, r *course.Revision) {
		if ref.Type == blockType && (id == "" || ref.ID == id) {
			r.Fields["display_name"] = string(encoded(value))
		}
	}
}

// TestSharedFiles: two blocks are defined by one file; a change of one leaves the other alone.
func TestSharedFiles(t *testing.T) {
	files := map[string]string{
		"vertical/v.xml": `<vertical><inner url_name="p" filename="both"/><inner url_name="q" filename="both"/><html url_name="a"/><html url_name="b"/></vertical>`,
		"inner/both.xml": `<inner display_name="D">shared<!-- c --></inner>`,
		"html/a.xml":     `<html filename="text"/>`,
		"html/b.xml":     `<html filename="text"/>`,
		"html/text.html": "both",
	}
	got, report := odd(t, files, func(ref course.ChildRef, r *course.Revision) {
		switch ref.ID {
		case "p":
			r.Fields["data"] = string(encoded("own"))
		case "a":
			r.Fields["data"] = string(encoded("<p>own<br>"))
		}
	})
	if len(report.Notes) > 0 || report.Changed != 2 {
		t.Errorf("report %+v", report)
	}
	want := map[string]string{
		"vertical/v.xml": `<vertical><inner url_name="p" display_name="D">own</inner><inner url_name="q" filename="both"/><html url_name="a"/><html url_name="b"/></vertical>`,
		"inner/both.xml": files["inner/both.xml"], "html/text.html": "both", "html/a.xml": `<html filename="a"/>`, "html/a.html": "<p>own<br>",
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is %s", name, got[name])
		}
	}
}

// TestAttributesThatNobodyCouldRead stay, also when their block is written as a whole; those that were taken away go.
func TestAttributesThatNobodyCouldRead(t *testing.T) {
	unit := `<vertical><html url_name="w" weight="heavy" display_name="D" odd="&lt;">in<b/></html></vertical>`
	got, report := odd(t, map[string]string{"vertical/v.xml": unit}, func(ref course.ChildRef, r *course.Revision) {
		if ref.ID == "w" {
			r.Fields["data"] = string(encoded("<p>in a file<br>"))
			delete(r.Fields, "display_name")
		}
	})
	if want := `<vertical><html url_name="w" weight="heavy" odd="&lt;" filename="w"/></vertical>`; got["vertical/v.xml"] != want || len(report.Notes) > 0 {
		t.Errorf("%s, %+v", got["vertical/v.xml"], report)
	}
}

// TestElementsWithoutNames: their ids are made of what they hold, so an element that changes gets its id as its name.
func TestElementsWithoutNames(t *testing.T) {
	unit := `<vertical><inner display_name="A">1</inner><inner>same</inner><inner>same</inner><inner>2</inner></vertical>`
	got, report := odd(t, map[string]string{"vertical/v.xml": unit}, func(ref course.ChildRef, r *course.Revision) {
		if r.Fields["data"] == `"1"` || strings.HasSuffix(ref.ID, "_2") {
			r.Fields["data"] = string(encoded("changed"))
		}
	})
	v := got["vertical/v.xml"]
	if len(report.Notes) > 0 || !strings.HasPrefix(v, `<vertical><inner display_name="A" url_name="A">changed</inner><inner>same</inner><inner url_name="inner_`) ||
		!strings.HasSuffix(v, `_2">changed</inner><inner>2</inner></vertical>`) {
		t.Errorf("%s, %+v", v, report)
	}
}

// TestFurtherPlaces: an element that stands twice is one block; it stays so when it changes, and while blocks only change.
func TestFurtherPlaces(t *testing.T) {
	unit := `<vertical><inner url_name="i">x</inner><inner url_name="i">x</inner><html url_name="h"/><html url_name="h"/></vertical>`
	files := map[string]string{"vertical/v.xml": unit}
	got, report := odd(t, files, named("inner", "i", "New"))
	if want := strings.ReplaceAll(unit, `url_name="i"`, `url_name="i" display_name="New"`); got["vertical/v.xml"] != want || len(report.Notes) > 0 {
		t.Errorf("%s, %+v", got["vertical/v.xml"], report)
	}
	got, report = odd(t, files, func(_ course.ChildRef, r *course.Revision) {
		if r.Type == "vertical" {
			r.Children = r.Children[:1] // without h
		}
	})
	if got["vertical/v.xml"] != `<vertical><inner url_name="i">x</inner></vertical>` || got["html/h.xml"] != "" || report.Removed != 1 {
		t.Errorf("%s, %+v", got["vertical/v.xml"], report)
	}
}

// TestNamesInConflict: two blocks of one name; the second has an id of its own and keeps it.
func TestNamesInConflict(t *testing.T) {
	unit := `<vertical><inner url_name="i">1</inner><inner url_name="i">2</inner></vertical>`
	got, report := odd(t, map[string]string{"vertical/v.xml": unit}, func(ref course.ChildRef, r *course.Revision) {
		if ref.Type == "inner" && ref.ID != "i" {
			r.Fields["data"] = string(encoded("changed"))
		}
	})
	if v := got["vertical/v.xml"]; len(report.Notes) > 0 || !strings.HasPrefix(v, `<vertical><inner url_name="i">1</inner><inner url_name="inner_i_`) || !strings.HasSuffix(v, `">changed</inner></vertical>`) {
		t.Errorf("%s, %+v", v, report)
	}
}

// TestBrokenFiles: a file that is no XML stays what it is, also when its block moves; when the block is mended, the file is.
func TestBrokenFiles(t *testing.T) {
	files := map[string]string{"vertical/v.xml": `<vertical><inner url_name="i"/><html url_name="h"/></vertical>`, "inner/i.xml": "<inner <broken"}
	got, report := odd(t, files, func(_ course.ChildRef, r *course.Revision) {
		if r.Type == "vertical" {
			r.Children[0], r.Children[1] = r.Children[1], r.Children[0]
		}
	})
	if got["inner/i.xml"] != files["inner/i.xml"] || got["vertical/v.xml"] != "<vertical>\n  <html url_name=\"h\"/><inner url_name=\"i\"/></vertical>" {
		t.Errorf("%q, %+v", got, report)
	}
	got, report = odd(t, files, func(ref course.ChildRef, r *course.Revision) {
		if ref.ID == "i" {
			*r = course.Revision{Type: "inner", Fields: map[string]string{"data": `"whole"`}}
		}
	})
	if got["inner/i.xml"] != "<inner>whole</inner>" || len(report.Notes) > 0 {
		t.Errorf("%q, %+v", got["inner/i.xml"], report)
	}
}

// TestDrafts: an archive's draft goes out as it came while it is one; when it was published or discarded it does not.
func TestDrafts(t *testing.T) {
	files := fuzzCourse("<vertical/>", "<html/>", "{}")
	m := recall(t, files)
	if len(m.drafts) != 1 {
		t.Fatalf("%d drafts", len(m.drafts))
	}
	export := func() (map[string]string, exporter.Report) {
		p, err := m.export(exporter.Request{Course: run})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		return texts(t, p.Files()), p.Report
	}
	if got, report := export(); got["drafts/html/d.xml"] != files["drafts/html/d.xml"] || len(report.Notes) > 0 {
		t.Errorf("a draft that is one: %+v", report)
	}
	m.drafts[0].Revision.Extra = map[string]string{"a": "2"}
	if got, report := export(); got["drafts/html/d.xml"] != files["drafts/html/d.xml"] || len(report.Notes) != 1 {
		t.Errorf("a draft that is newer: %+v", report)
	}
	m.drafts = nil
	if got, _ := export(); got["drafts/html/d.xml"] != "" {
		t.Error("a draft that is none goes out")
	}
}

// TestDuplicatePolicies: of an entry that stands twice the last counts; both are changed.
func TestDuplicatePolicies(t *testing.T) {
	policy := "\xef\xbb\xbf{\"inner/i\": {\"display_name\": \"A\", \"odd\": [1,2], \"display_name\": \"B\"}}"
	files := map[string]string{"vertical/v.xml": `<vertical><inner url_name="i" display_name="X">1</inner></vertical>`, "policies/now/policy.json": policy}
	got, report := odd(t, files, named("inner", "", "C"))
	if want := "\xef\xbb\xbf{\"inner/i\": {\"display_name\": \"C\", \"odd\": [1,2], \"display_name\": \"C\"}}"; got["policies/now/policy.json"] != want || len(report.Notes) > 0 {
		t.Errorf("%s, %+v", got["policies/now/policy.json"], report)
	}
	got, report = odd(t, files, func(ref course.ChildRef, r *course.Revision) {
		if ref.Type == "inner" {
			delete(r.Fields, "display_name")
		}
	})
	if want := "\xef\xbb\xbf{\"inner/i\": { \"odd\": [1,2]}}"; got["policies/now/policy.json"] != want || got["vertical/v.xml"] != `<vertical><inner url_name="i">1</inner></vertical>` || len(report.Notes) > 0 {
		t.Errorf("%s, %s, %+v", got["policies/now/policy.json"], got["vertical/v.xml"], report)
	}
}

// TestLatin1: a file of another encoding goes out as it came, and as UTF-8 once it is changed.
func TestLatin1(t *testing.T) {
	files := map[string]string{"vertical/v.xml": "<?xml version='1.0' encoding='ISO-8859-1'?><vertical display_name='\xe4'><inner url_name='i'>1</inner></vertical>"}
	if got, _ := odd(t, files, nil); got["vertical/v.xml"] != files["vertical/v.xml"] {
		t.Errorf("%q", got["vertical/v.xml"])
	}
	got, report := odd(t, files, named("inner", "", "ü"))
	if want := "<?xml version='1.0' encoding='UTF-8'?><vertical display_name='ä'><inner url_name='i' display_name=\"ü\">1</inner></vertical>"; got["vertical/v.xml"] != want || len(report.Notes) > 0 {
		t.Errorf("%q, %+v", got["vertical/v.xml"], report)
	}
}
