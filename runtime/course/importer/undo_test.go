package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/store"
)

// everything tells a course as its stores have it, but for numbers and times of what was published.
func (s *site) everything(t *testing.T) string {
	t.Helper()
	run, err := s.courses.Run(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{fmt.Sprintf("title %q, root %q, settings %v, grading %q, import %q", run.Title, run.Head.Root, run.Settings, run.Grading, run.Import)}
	drafts, err := s.courses.Drafts(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	for n := range drafts {
		d := &drafts[n]
		out = append(out, fmt.Sprintf("draft %s on %q by %s: %s", d.Usage, d.Base, d.By, d.Revision.Hash()))
	}
	assets, _, err := s.courses.Assets(t.Context(), small1, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for n := range assets {
		out = append(out, fmt.Sprintf("file %s %s locked %v", assets[n].Name, assets[n].Hash, assets[n].Locked))
	}
	pages, err := s.courses.Pages(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	for n := range pages {
		out = append(out, fmt.Sprintf("page %s/%s %q %v", pages[n].Kind, pages[n].Slug, pages[n].HTML, pages[n].Fields))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// begun stores drafts as a team makes them: a section that nobody has published in the course's own block, with a title and tabs.
func (s *site) begun(t *testing.T, base string, root course.Revision) {
	t.Helper()
	root.Children = append(slices.Clip(root.Children), course.ChildRef{Type: "chapter", ID: "mine"})
	for _, d := range []course.Draft{
		{Usage: small1.Usage("course", course.RootID).String(), Base: base, Revision: root},
		{Usage: small1.Usage("chapter", "mine").String(), Revision: course.Revision{Type: "chapter", Fields: store.Map[string]{"display_name": `"Mine"`}}},
	} {
		d.Course, d.By, d.At = small1.String(), "u2", time.Now().UTC()
		if err := s.courses.PutDraft(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
}

// brings is an archive that replaces everything: title, policy, content, tabs, a page, a file, and unpublished work of its own.
var brings = map[string]string{
	"course/now.xml":                   `<course display_name="Theirs" tabs="[{&quot;type&quot;: &quot;progress&quot;, &quot;name&quot;: &quot;Theirs&quot;}]"><chapter url_name="c1"/></course>`,
	"policies/now/policy.json":         "",
	"policies/now/grading_policy.json": `{"GRADER": [{"type": "Exam", "weight": 1}], "GRADE_CUTOFFS": {"A": 0.9}}`,
	"html/h1.html":                     "<p>Other</p>", "static/a.png": "other", "static/b.png": "new",
	"about/overview.html": "<p>Theirs</p>", "tabs/syllabus.html": "<p>Syllabus</p>",
	"drafts/vertical/v1.xml": `<vertical display_name="Their draft" parent_url="block-v1:Org+Num+now+type@sequential+block@s1" index_in_children_list="0"><html url_name="h1"/></vertical>`,
}

func (s *site) broughtAndUndone(t *testing.T) {
	t.Helper()
	before := s.everything(t)
	report, err := s.importPath(t, small(t, brings), small1)
	if err != nil {
		t.Fatal(err)
	}
	if now := s.everything(t); !strings.Contains(now, `title "Theirs"`) || !strings.Contains(now, "Exam") || !strings.Contains(now, "syllabus") || report.Drafts == 0 {
		t.Fatalf("the import changed too little:\n%s", now)
	}
	undoing := importer.Undoing{Course: small1, By: "u1", Op: report.Op, Before: report.Before, Head: report.Head.Number}
	for range 2 { // and again, as after a crash
		undone, err := importer.Undo(t.Context(), s.config(), undoing)
		if err != nil || len(undone.Left) != 0 {
			t.Fatalf("%+v, %v", undone, err)
		}
		if after := s.everything(t); after != before {
			t.Errorf("before\n%s\n\nafter\n%s", before, after)
		}
	}
}

// What an import replaced is there again when it is taken back: title, settings, policy, content, files, pages and the team's
// drafts, also new blocks in these and drafts that the archive brought its own of.
func TestUndoGivesEverythingBack(t *testing.T) {
	s := newSite(t)
	if _, err := s.importPath(t, small(t, nil), small1); err != nil {
		t.Fatal(err)
	}
	published, err := s.courses.Published(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	root, err := s.courses.Revision(t.Context(), published.Head.Root)
	if err != nil {
		t.Fatal(err)
	}
	s.draft(t, "html", "h1", `"mine"`)
	s.begun(t, published.Head.Root, *root.Apart())
	s.broughtAndUndone(t)
}

// New blocks of a draft that an import leaves alone are left alone by its undo, too; the archive's own drafts go with it.
func TestUndoKeepsNewBlocks(t *testing.T) {
	s := newSite(t)
	if _, err := s.importPath(t, small(t, nil), small1); err != nil {
		t.Fatal(err)
	}
	published, err := s.courses.Published(t.Context(), small1)
	if err != nil {
		t.Fatal(err)
	}
	chapter, err := published.Find(t.Context(), small1.Usage("chapter", "c1"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := s.courses.Revision(t.Context(), chapter.Hash)
	if err != nil {
		t.Fatal(err)
	}
	grown := *content.Apart()
	grown.Children = append(grown.Children, course.ChildRef{Type: "sequential", ID: "mine"})
	for _, d := range []course.Draft{
		{Usage: small1.Usage("chapter", "c1").String(), Base: chapter.Hash, Revision: grown},
		{Usage: small1.Usage("sequential", "mine").String(), Revision: course.Revision{Type: "sequential"}},
	} {
		d.Course, d.By, d.At = small1.String(), "u2", time.Now().UTC()
		if err := s.courses.PutDraft(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	s.broughtAndUndone(t)
}

// A course of which nothing was ever published is so again, under the title that its team typed, with its policy and its drafts.
// The report says that the title is another one.
func TestUndoLeavesUnpublished(t *testing.T) {
	s := newSite(t)
	err := store.Of[course.Run](s.courses.Store(), course.RunSpec()).Insert(t.Context(), small1.String(), course.Run{
		Key: small1.String(), Org: "Org", Number: "Num", Name: "now", Title: "Typed", Grading: `{"GRADER": []}`, Created: time.Now().UTC(),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.begun(t, "", course.Revision{Type: "course", Fields: store.Map[string]{"display_name": `"Typed"`, "start": `"2026-01-01T00:00:00Z"`}})
	plan := s.plan(t, small(t, brings))
	if !slices.ContainsFunc(plan.Settings, func(c importer.SettingChange) bool {
		return c.Did == importer.Changes && c.Name == "display_name" && c.Before == `"Typed"` && c.After == `"Theirs"`
	}) {
		t.Errorf("the report does not tell of the title: %+v", plan.Settings)
	}
	s.broughtAndUndone(t)
	if _, err := s.courses.Newest(t.Context(), small1); err == nil {
		t.Error("it is published")
	}
}
