package importer_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/blocks/html"
	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/files"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/manifest"
	"github.com/quoin-lms/quoin/runtime/registry"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// site is a store, a kernel with the text block, and files.
type site struct {
	courses *course.Courses
	kernel  *kernel.Kernel
	files   *files.Files
	// registry takes further blocks; data is the store's folder.
	registry *registry.Registry
	data     string
}

type keeper struct{ *files.Files }

func (k keeper) Put(ctx context.Context, content io.Reader) (string, int64, error) {
	blob, err := k.Files.Put(ctx, content, 1<<30)
	return blob.Hash, blob.Size, err
}

type nobody struct{}

func (nobody) Person(context.Context, key.Course, string) (*access.Person, error) {
	return &access.Person{}, nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(dir, "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), append(kernel.Specs(), files.Specs()...)...); err != nil {
		t.Fatal(err)
	}
	r, err := registry.Open(t.Context(), registry.Config{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../../blocks/html/block.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	block := html.Block()
	err = r.Install(registry.Native(m, native.Engine{}, nil, func(h engine.Host, frame []byte) []byte { return block.Serve(h, frame) }))
	if err != nil {
		t.Fatal(err)
	}
	courses := course.New(s, course.Config{})
	k, err := kernel.Open(t.Context(), kernel.Config{
		Store: s, Registry: r, Courses: courses, People: nobody{}, Secret: []byte("sixteen bytes ..."),
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := files.Open(t.Context(), files.Config{Store: s, URL: "file://" + filepath.Join(dir, "files")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return &site{courses, k, f, r, filepath.Join(dir, "store")}
}

func (s *site) importPath(t *testing.T, path string, target key.Course) (importer.Report, error) {
	t.Helper()
	archive, err := intake.Open(t.Context(), path, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	return importer.Import(t.Context(), importer.Config{Courses: s.courses, Blocks: s.kernel, Files: keeper{s.files}}, importer.Request{
		Course: target, Files: archive, By: "tester", Now: time.Now().UTC(),
	})
}

// small writes a course folder; a name that ends in "/" is a folder, "" as content leaves the file out.
func small(t *testing.T, change map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	texts := map[string]string{
		"course.xml":                       `<course url_name="now" org="Org" course="Num"/>`,
		"course/now.xml":                   `<course display_name="Small" start="&quot;2026-01-01T00:00:00Z&quot;" custom="kept"><chapter url_name="c1"/></course>`,
		"chapter/c1.xml":                   `<chapter display_name="One"><sequential url_name="s1"/></chapter>`,
		"sequential/s1.xml":                `<sequential display_name="Sub" graded="true" format="Homework" due="2026-06-01T00:00:00Z"><vertical url_name="v1"/></sequential>`,
		"vertical/v1.xml":                  `<vertical display_name="Unit"><html url_name="h1"/><strange url_name="x1" colour="red"><inner/></strange></vertical>`,
		"html/h1.xml":                      `<html filename="h1" display_name="Hello" max_attempts="3"/>`,
		"html/h1.html":                     `<p>Hello <img src="/static/a.png"/><a href="/jump_to_id/nowhere">x</a></p>`,
		"static/a.png":                     "picture",
		"policies/now/policy.json":         `{"course/now": {"display_name": "By policy", "graceperiod": "2 days"}}`,
		"policies/now/grading_policy.json": `{"GRADER": [], "GRADE_CUTOFFS": {"Pass": 0.5}}`,
		"about/overview.html":              "<p>About</p>",
	}
	for name, text := range change {
		texts[name] = text
	}
	for name, text := range texts {
		if text == "" {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSmallCourse(t *testing.T) {
	s := newSite(t)
	report, err := s.importPath(t, small(t, nil), key.Course{})
	if err != nil {
		t.Fatal(err)
	}
	run := key.Course{Org: "Org", Number: "Num", Run: "now"}
	if report.Course != run || report.Types["html"] != 1 || report.Assets != 1 || len(report.Unknown) != 1 || report.Unknown[0] != "strange" {
		t.Errorf("report %+v", report)
	}
	if len(report.Broken) != 1 || len(report.Missing) != 0 {
		t.Errorf("links: broken %v, missing %v", report.Broken, report.Missing)
	}
	published, err := s.courses.Published(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if published.Run.Title != "By policy" {
		t.Errorf("policy.json does not override: %q", published.Run.Title)
	}
	block, err := published.Find(t.Context(), run.Usage("html", "h1"))
	if err != nil {
		t.Fatal(err)
	}
	settings := block.Settings
	if block.Title() != "Hello" || settings.Due == nil || settings.GracePeriod == nil || *settings.GracePeriod != 172800 ||
		settings.Graded == nil || !*settings.Graded || settings.MaxAttempts == nil || *settings.MaxAttempts != 3 {
		t.Errorf("settings %+v", settings)
	}
	if strange, err := published.Find(t.Context(), run.Usage("strange", "x1")); err != nil || strange.Broken != "" {
		t.Errorf("an unknown type: %+v, %v", strange, err)
	}
	if page, err := s.courses.Page(t.Context(), run, "about", "overview"); err != nil || page.HTML != "<p>About</p>" {
		t.Errorf("about page %+v, %v", page, err)
	}
	if asset, err := s.courses.Asset(t.Context(), run, "a.png"); err != nil || asset.Size != 7 {
		t.Errorf("asset %+v, %v", asset, err)
	}
	record, err := s.courses.ImportRecord(t.Context(), published.Run.Import)
	if err != nil || len(record.Files) != 11 || record.Blocks["html@h1"].File != "html/h1.xml" {
		t.Errorf("record %+v, %v", record, err)
	}
}

// TestOtherCourseIsUntouched imports an archive that calls itself another course (security R12).
func TestOtherCourseIsUntouched(t *testing.T) {
	s := newSite(t)
	if _, err := s.importPath(t, small(t, nil), key.Course{}); err != nil {
		t.Fatal(err)
	}
	victim := key.Course{Org: "Org", Number: "Num", Run: "now"}
	before, err := s.courses.Run(t.Context(), victim)
	if err != nil {
		t.Fatal(err)
	}
	mine := key.Course{Org: "Mine", Number: "Num", Run: "now"}
	if _, err := s.importPath(t, small(t, map[string]string{"html/h1.html": "<p>planted</p>", "static/a.png": "other"}), mine); err != nil {
		t.Fatal(err)
	}
	after, err := s.courses.Run(t.Context(), victim)
	if err != nil || after.Head != before.Head {
		t.Errorf("the other course changed: %+v, %v", after.Head, err)
	}
	if asset, err := s.courses.Asset(t.Context(), victim, "a.png"); err != nil || asset.Size != 7 {
		t.Errorf("the other course's file changed: %+v, %v", asset, err)
	}
}

func TestImportAgainPublishesChanges(t *testing.T) {
	s := newSite(t)
	if _, err := s.importPath(t, small(t, nil), key.Course{}); err != nil {
		t.Fatal(err)
	}
	report, err := s.importPath(t, small(t, map[string]string{"html/h1.html": "<p>New</p>", "html/h1.xml": `<html filename="h1"/>`}), key.Course{})
	if err != nil || report.Head.Number != 2 {
		t.Fatalf("%+v, %v", report.Head, err)
	}
	published, err := s.courses.Published(t.Context(), report.Course)
	if err != nil {
		t.Fatal(err)
	}
	block, err := published.Find(t.Context(), report.Course.Usage("html", "h1"))
	if err != nil || block.Title() != "Text" {
		t.Errorf("%+v, %v", block, err)
	}
}

func TestBrokenFileSpoilsItsBlockOnly(t *testing.T) {
	s := newSite(t)
	report, err := s.importPath(t, small(t, map[string]string{"html/h1.xml": `<html filename="h1"`}), key.Course{})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range report.Findings {
		found = found || f.Level == wire.LevelError && f.File == "html/h1.xml" && f.Line > 0 && f.Message != ""
	}
	if !found {
		t.Errorf("no finding names the broken file: %+v", report.Findings)
	}
}

func TestDemoCourse(t *testing.T) {
	path := "../../../../shared/courses/openedx-demo-course.tar.gz"
	if _, err := os.Stat(path); err != nil {
		t.Skip("the demo course is not here: ", path)
	}
	s := newSite(t)
	start := time.Now()
	report, err := s.importPath(t, path, key.Course{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("imported in %v with the text block native", time.Since(start))
	published, err := s.courses.Published(t.Context(), report.Course)
	if err != nil {
		t.Fatal(err)
	}
	all, err := published.All(t.Context())
	if err != nil || len(all) != 401 {
		t.Errorf("%d blocks are published, %v; want 401", len(all), err)
	}
	if len(report.Failed) > 0 || report.Types["html"] != 266 || report.Types["problem"] != 29 {
		t.Errorf("types %v, failed %v", report.Types, report.Failed)
	}
	for _, f := range report.Findings {
		t.Logf("%s %s:%d %s", f.Level, f.File, f.Line, f.Message)
	}
	graded := 0
	for _, sub := range published.Subsections {
		if sub.Settings.Graded != nil && *sub.Settings.Graded {
			graded++
		}
	}
	if graded != 3 || !strings.Contains(published.Run.Grading, "Intermediate") {
		t.Errorf("%d graded subsections, policy %s", graded, published.Run.Grading)
	}
}

var (
	_ importer.Blocks = (*kernel.Kernel)(nil)
	_ store.Store     = (*sqlitestore.Store)(nil)
)
