package importer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// answered says that every problem has answers.
type answered struct{}

func (answered) Answered(context.Context, ...key.Usage) (int, error) { return 7, nil }

var small1 = key.Course{Org: "Org", Number: "Num", Run: "now"}

func (s *site) config() importer.Config {
	return importer.Config{Courses: s.courses, Blocks: s.kernel, Files: keeper{s.files}, Answers: answered{}}
}

// with opens an archive for a request.
func (s *site) with(t *testing.T, path string) importer.Request {
	t.Helper()
	archive, err := intake.Open(t.Context(), path, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = archive.Close() })
	return importer.Request{Course: small1, Files: archive, By: "u1", Now: time.Now().UTC()}
}

func (s *site) plan(t *testing.T, path string) *importer.Plan {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), s.config(), s.with(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func changesOf(plan *importer.Plan) string {
	var list []string
	for _, c := range plan.Blocks {
		list = append(list, fmt.Sprintf("%s %s %s %s", c.Did, c.Type, c.Title, strings.Join(c.Fields, ",")))
	}
	return strings.Join(list, "; ")
}

var changed = map[string]string{
	"course/now.xml":      `<course display_name="Small" start="&quot;2026-02-01T00:00:00Z&quot;"><chapter url_name="c1"/><chapter url_name="c2"/></course>`,
	"chapter/c2.xml":      `<chapter display_name="Two"/>`,
	"vertical/v1.xml":     `<vertical display_name="Unit"><html url_name="h1"/><html url_name="h2" display_name="New">x</html></vertical>`,
	"html/h1.html":        "<p>Other</p>",
	"static/a.png":        "other",
	"static/b.png":        "new",
	"about/overview.html": "<p>About it</p>",
}

// A plan tells every block, file, page and setting that an import would touch, and nothing of what stays; making it changes nothing.
func TestPlan(t *testing.T) {
	s := newSite(t)
	path := small(t, nil)
	fresh := s.plan(t, path)
	if fresh.Total != 6 || len(fresh.Blocks) != 5 || fresh.Blocks[0].Did != importer.Adds || len(fresh.Files) != 1 || len(fresh.Pages) != 1 || !fresh.Grading {
		t.Errorf("of a new course: %+v", fresh)
	}
	if strings.Join(fresh.Unknown, " ") != "strange" {
		t.Errorf("unknown types %v", fresh.Unknown)
	}
	if place := fresh.Blocks[3].Place; strings.Join(place, "/") != "One/Sub/Unit" {
		t.Errorf("%+v stands in %q", fresh.Blocks[3], place)
	}
	if _, err := s.courses.Run(t.Context(), small1); !errors.Is(err, course.ErrNotFound) {
		t.Fatalf("a plan made a course: %v", err)
	}
	if _, err := s.importPath(t, path, small1); err != nil {
		t.Fatal(err)
	}
	if same := s.plan(t, path); len(same.Blocks)+len(same.Files)+len(same.Pages)+len(same.Settings) != 0 || same.Grading || same.Same != 5 || same.SameFiles != 1 {
		t.Errorf("of the same archive: %+v", same)
	}
	plan := s.plan(t, small(t, changed))
	want := "change html Hello data; add html New ; add chapter Two ; remove strange  "
	if got := changesOf(plan); got != want {
		t.Errorf("changes\n%s\nwant\n%s", got, want)
	}
	if plan.Blocks[0].Answered != 7 || plan.Blocks[0].File != "html/h1.xml" || plan.Blocks[0].Line != 1 {
		t.Errorf("%+v", plan.Blocks[0])
	}
	if len(plan.Files) != 2 || plan.Files[0].Did != importer.Changes || plan.Files[1].Did != importer.Adds || len(plan.Pages) != 1 || plan.Pages[0].Did != importer.Changes {
		t.Errorf("files %+v, pages %+v", plan.Files, plan.Pages)
	}
	if len(plan.Settings) != 2 || plan.Settings[0].Did != importer.Removes || plan.Settings[1].Name != "start" || plan.Settings[1].Did != importer.Changes {
		t.Errorf("settings %+v", plan.Settings)
	}
}

// draft stores the team's unpublished text of a block.
func (s *site) draft(t *testing.T, blockType, id, text string) {
	t.Helper()
	published, err := s.courses.Published(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	base := ""
	if block, err := published.Find(t.Context(), small1.Usage(blockType, id)); err == nil {
		base = block.Hash
	}
	err = s.courses.PutDraft(t.Context(), course.Draft{
		Course: small1.String(), Usage: small1.Usage(blockType, id).String(), Base: base, By: "u2", At: time.Now().UTC(),
		Revision: course.Revision{Type: blockType, Fields: store.Map[string]{"data": text}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) drafts(t *testing.T) string {
	t.Helper()
	drafts, err := s.courses.Drafts(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for i := range drafts {
		list = append(list, drafts[i].Revision.Fields["data"])
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// files tells the content of the course's files by their hashes' begin.
func (s *site) sizes(t *testing.T) string {
	t.Helper()
	assets, _, err := s.courses.Assets(t.Context(), small1, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for i := range assets {
		list = append(list, fmt.Sprintf("%s=%d", assets[i].Name, assets[i].Size))
	}
	return strings.Join(list, " ")
}

// An import sets the team's drafts aside where it changes what they were begun on, keeps the others, and is undone whole: content,
// files, pages, drafts.
func TestImportIsUndone(t *testing.T) {
	s := newSite(t)
	if _, err := s.importPath(t, small(t, map[string]string{"html/h3.html": "<p>Three</p>", "vertical/v1.xml": `<vertical display_name="Unit"><html url_name="h1"/><html url_name="h3" filename="h3"/></vertical>`}), small1); err != nil {
		t.Fatal(err)
	}
	before, err := s.courses.Run(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	s.draft(t, "html", "h1", `"mine"`)
	s.draft(t, "html", "h3", `"stays"`)
	next := map[string]string{"html/h3.html": "<p>Three</p>", "html/h1.html": "<p>Other</p>", "static/a.png": "other", "static/b.png": "new", "about/overview.html": "<p>New</p>"}
	next["vertical/v1.xml"] = `<vertical display_name="Unit"><html url_name="h1"/><html url_name="h3" filename="h3"/></vertical>`
	request := s.with(t, small(t, next))
	plan, err := importer.MakePlan(t.Context(), s.config(), request)
	if err != nil || len(plan.Drafts) != 1 || plan.Drafts[0].By != "u2" {
		t.Fatalf("%+v, %v", plan, err)
	}
	request.Plan, request.Op = plan, "op1"
	report, err := importer.Import(t.Context(), s.config(), request)
	if err != nil || report.Aside != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := s.drafts(t); got != `"stays"` {
		t.Errorf("drafts after it: %s", got)
	}
	if got := s.sizes(t); got != "a.png=5 b.png=3" {
		t.Errorf("files after it: %s", got)
	}
	// The same again, as after a crash: nothing is published twice.
	again, err := importer.Import(t.Context(), s.config(), request)
	if err != nil || again.Head.Number != report.Head.Number || again.Before != report.Before || again.Aside != 1 {
		t.Errorf("taken up again: %+v, %v", again, err)
	}
	s.draft(t, "html", "h1", `"since"`)
	undoing := importer.Undoing{Course: small1, By: "u1", Op: report.Op, Before: report.Before, Head: report.Head.Number}
	undone, err := importer.Undo(t.Context(), s.config(), undoing)
	if err != nil || undone.Back != 1 || len(undone.Left) != 0 {
		t.Fatalf("%+v, %v", undone, err)
	}
	for range 2 {
		after, err := s.courses.Run(t.Context(), small1)
		if err != nil || after.Head.Root != before.Head.Root || after.Grading != before.Grading || after.Import != before.Import || after.Head.Number != report.Head.Number+1 {
			t.Errorf("%+v, %v", after.Head, err)
		}
		if got := s.drafts(t); got != `"mine" "stays"` {
			t.Errorf("drafts after the undo: %s", got)
		}
		if got := s.sizes(t); got != "a.png=7" {
			t.Errorf("files after the undo: %s", got)
		}
		if page, err := s.courses.Page(t.Context(), small1, "about", "overview"); err != nil || page.HTML != "<p>About</p>" {
			t.Errorf("page %+v, %v", page, err)
		}
		if _, err := importer.Undo(t.Context(), s.config(), undoing); err != nil { // again, as after a crash
			t.Fatal(err)
		}
	}
	aside, err := s.courses.Aside(t.Context(), small1, report.Op+"-undo")
	if err != nil || len(aside) != 1 || aside[0].Revision.Fields["data"] != `"since"` {
		t.Errorf("what was begun since: %+v, %v", aside, err)
	}
}

// What was agreed to is what is done: another archive or another head is refused, and so is the undo once somebody published.
func TestPlanIsBound(t *testing.T) {
	s := newSite(t)
	request := s.with(t, small(t, nil))
	plan, err := importer.MakePlan(t.Context(), s.config(), request)
	if err != nil {
		t.Fatal(err)
	}
	other := s.with(t, small(t, changed))
	other.Plan = plan
	if _, err := importer.Import(t.Context(), s.config(), other); !errors.Is(err, course.ErrStale) {
		t.Errorf("another archive: %v", err)
	}
	request.Plan = plan
	report, err := importer.Import(t.Context(), s.config(), request)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.Import(t.Context(), s.config(), request); !errors.Is(err, course.ErrStale) {
		t.Errorf("another head: %v", err)
	}
	if _, err := s.importPath(t, small(t, changed), small1); err != nil {
		t.Fatal(err)
	}
	undoing := importer.Undoing{Course: small1, By: "u1", Op: report.Op, Before: report.Before, Head: report.Head.Number}
	if _, err := importer.Undo(t.Context(), s.config(), undoing); !errors.Is(err, course.ErrStale) {
		t.Errorf("undone over a later publish: %v", err)
	}
	if got := s.sizes(t); got != "a.png=5 b.png=3" {
		t.Errorf("the refused undo changed files: %s", got)
	}
}

// The first import of a course is undone to nothing published.
func TestFirstImportIsUndone(t *testing.T) {
	s := newSite(t)
	report, err := s.importPath(t, small(t, nil), small1)
	if err != nil {
		t.Fatal(err)
	}
	undoing := importer.Undoing{Course: small1, By: "u1", Op: report.Op, Before: report.Before, Head: report.Head.Number}
	if _, err := importer.Undo(t.Context(), s.config(), undoing); err != nil {
		t.Fatal(err)
	}
	if _, err := s.courses.Published(t.Context(), small1); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("still published: %v", err)
	}
	if got := s.sizes(t); got != "" {
		t.Errorf("files %s", got)
	}
	if _, err := s.importPath(t, small(t, nil), small1); err != nil {
		t.Errorf("it does not come in again: %v", err)
	}
}

// stopping refuses to write a collection.
type stopping struct {
	store.Store
	at string
}

var errStopped = errors.New("the store is away")

func (d stopping) Replace(ctx context.Context, collection string, record store.Record) error {
	if collection == d.at {
		return errStopped
	}
	return d.Store.Replace(ctx, collection, record)
}

func (d stopping) Insert(ctx context.Context, collection string, record store.Record) error {
	if collection == d.at {
		return errStopped
	}
	return d.Store.Insert(ctx, collection, record)
}

// An import that cannot publish leaves files and pages as they were.
func TestFailedImportLeavesFiles(t *testing.T) {
	s := newSite(t)
	if _, err := s.importPath(t, small(t, nil), small1); err != nil {
		t.Fatal(err)
	}
	config := s.config()
	config.Courses = course.New(stopping{s.courses.Store(), "runs"}, course.Config{})
	if _, err := importer.Import(t.Context(), config, s.with(t, small(t, changed))); !errors.Is(err, errStopped) {
		t.Fatal(err)
	}
	if got := s.sizes(t); got != "a.png=7" {
		t.Errorf("files %s", got)
	}
	if page, err := s.courses.Page(t.Context(), small1, "about", "overview"); err != nil || page.HTML != "<p>About</p>" {
		t.Errorf("page %+v, %v", page, err)
	}
}

// hashes takes the text before a "#" for what decides about answers.
type hashes struct{}

func (hashes) AnswerHash(_ context.Context, _ string, r *course.Revision, _ []wire.Child) (string, error) {
	decides, _, _ := strings.Cut(r.Fields["data"], "#")
	return decides, nil
}

// A report counts the scores that an import puts into question, and no others: of words beside the answers none, of a weight and of
// other answers all.
func TestPlanCountsScoresThatChange(t *testing.T) {
	for what, c := range map[string]struct{ text, attributes, why string }{
		"words":   {"<p>About</p>#other words", "", ""},
		"answers": {"<p>Other</p>#words", "", importer.WhyAnswers},
		"weight":  {"<p>About</p>#words", ` weight="2"`, importer.WhyWeight},
		"a name":  {"<p>About</p>#words", ` display_name="Name"`, ""},
	} {
		s := newSite(t)
		archive := func(text, attributes string) string {
			return small(t, map[string]string{"html/h1.html": text, "html/h1.xml": `<html filename="h1"` + attributes + `/>`})
		}
		if _, err := s.importPath(t, archive("<p>About</p>#words", ""), small1); err != nil {
			t.Fatal(err)
		}
		config := s.config()
		config.Hasher = hashes{}
		plan, err := importer.MakePlan(t.Context(), config, s.with(t, archive(c.text, c.attributes)))
		if err != nil || len(plan.Blocks) != 1 {
			t.Fatalf("%s: %+v, %v", what, plan, err)
		}
		if block := plan.Blocks[0]; block.Why != c.why || (block.Answered > 0) != (c.why != "") {
			t.Errorf("%s: %+v", what, block)
		}
	}
}
