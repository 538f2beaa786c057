package exporter_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/exporter"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// TestAssetsPagesAndGrading: what lies beside the tree goes out as it is now.
func TestAssetsPagesAndGrading(t *testing.T) {
	s := newSite(t)
	s.bring(t, open(t, strange()), key.Course{})
	put := func(name, text string, locked bool) {
		blob, err := s.files.Put(t.Context(), strings.NewReader(text), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		err = s.courses.PutAsset(t.Context(), course.Asset{
			Course: run.String(), Name: name, Hash: blob.Hash, Size: blob.Size, Type: "image/png", At: time.Now(), Locked: locked,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put("a.png", "other picture", false)
	put("new/b.png", "b", true)
	put("../../escape.png", "no", false)
	for _, page := range []course.Page{
		{Kind: "about", Slug: "overview", HTML: "<p>New</p>"},
		{Kind: "info", Slug: "updates", Fields: store.Map[string]{"items": "[1]"}},
		{Kind: "tabs", Slug: "mine", HTML: "<p>Tab</p>"},
		{Kind: "tabs", Slug: "../../../out", HTML: "no"},
	} {
		if err := s.courses.PutPage(t.Context(), run, page); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := s.courses.Publish(t.Context(), s.kernel, course.Publication{Course: run, Root: s.head(t, run), Base: 1, Grading: `{"GRADER": []}`})
	if err != nil {
		t.Fatal(err)
	}
	p := s.take(t, exporter.Request{Course: run, Secrets: true})
	got := texts(t, p.Files())
	want := strange()
	want["course/static/a.png"], want["course/static/new/b.png"] = "other picture", "b"
	want["course/about/overview.html"], want["course/info/updates.items.json"], want["course/tabs/mine.html"] = "<p>New</p>", "[1]", "<p>Tab</p>"
	want["course/policies/now/grading_policy.json"] = `{"GRADER": []}`
	if diff := differences(want, got); !slices.Equal(diff, []string{"course/policies/assets.json"}) {
		t.Errorf("files differ: %v", diff)
	}
	if len(p.Report.Notes) != 2 {
		t.Errorf("the two names that are not allowed are told as %+v", p.Report.Notes)
	}
	other := key.Course{Org: "Other", Number: "C", Run: "now"}
	s.bring(t, p.Files(), other)
	if asset, err := s.courses.Asset(t.Context(), other, "new/b.png"); err != nil || !asset.Locked || asset.Type != "image/png" {
		t.Errorf("the file comes back as %+v, %v", asset, err)
	}
}

// TestCourseMadeHere exports a course that came from no archive.
func TestCourseMadeHere(t *testing.T) {
	s := newSite(t)
	made := key.Course{Org: "Made", Number: "Here", Run: "1:a"}
	text := func(v string) store.Map[string] { return store.Map[string]{"display_name": v} }
	html := s.add(t, "CON", &course.Revision{Type: "html", Fields: store.Map[string]{"data": quoted("<p>x"), "max_attempts": "null"}})
	bad := s.add(t, "a:..:..:..:b", &course.Revision{Type: "problem", Fields: store.Map[string]{"data": quoted("<p>y</p>")}})
	unknown := s.add(t, "u", &course.Revision{Type: "never", Source: &course.Source{XML: `<never a="1"><b/></never>`}, Extra: store.Map[string]{"a": "1"}})
	unit := s.add(t, "v", &course.Revision{Type: "vertical", Fields: text(`"Unit"`), Children: []course.ChildRef{html, bad, unknown}})
	sub := s.add(t, "s", &course.Revision{Type: "sequential", Fields: text(`"true"`), Children: []course.ChildRef{unit}})
	section := s.add(t, "c", &course.Revision{Type: "chapter", Fields: text(`"5"`), Children: []course.ChildRef{sub}})
	root := s.add(t, "course", &course.Revision{Type: "course", Children: []course.ChildRef{section}, Fields: store.Map[string]{
		"display_name": `"Made here"`, "graceperiod": "3600", "start": `"2026-01-01T00:00:00Z"`, "tabs": `[{"type":"wiki"}]`,
	}})
	s.publish(t, made, root.Hash, 0)
	p := s.take(t, exporter.Request{Course: made})
	if p.Report.New != 7 || len(p.Report.Notes) > 0 { // html/CON.html can be no file: the text has another name
		t.Errorf("report %+v", p.Report)
	}
	again := newSite(t)
	report := again.bring(t, p.Files(), key.Course{})
	if report.Course != made || report.Head.Root != s.head(t, made) {
		t.Errorf("it comes back as %+v", report)
	}
}

// Texts that are not UTF-8 are read, reported, and go out as they came while nobody changes them.
func TestTextsThatAreNotUTF8(t *testing.T) {
	files := strange()
	files["course/about/overview.html"] = "<p>Caf\xe9</p>"
	files["course/html/latin.xml"], files["course/html/latin.html"] = `<html filename="latin" display_name="Latin"/>`, "<p>na\xefve</p>"
	for name, text := range files {
		if strings.HasPrefix(name, "course/vertical/") {
			files[name] = strings.Replace(text, "</vertical>", `<html url_name="latin"/></vertical>`, 1)
		}
	}
	s := newSite(t)
	report := s.bring(t, open(t, files), key.Course{})
	var converted []string
	for _, finding := range report.Findings {
		if strings.Contains(finding.Message, "not UTF-8") {
			converted = append(converted, finding.File)
		}
	}
	slices.Sort(converted)
	if want := []string{"course/about/overview.html", "course/html/latin.html"}; !slices.Equal(converted, want) {
		t.Errorf("converted files are told as %v, want %v", converted, want)
	}
	if page, err := s.courses.Page(t.Context(), run, "about", "overview"); err != nil || page.HTML != "<p>Café</p>" {
		t.Errorf("the page is %q, %v", page.HTML, err)
	}
	if diff := differences(files, texts(t, s.take(t, exporter.Request{Course: run, Secrets: true}).Files())); len(diff) > 0 {
		t.Errorf("these go out otherwise than they came: %v", diff)
	}
}
