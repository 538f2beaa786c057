package review_test

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var (
	run = key.Course{Org: "Org", Number: "Num", Run: "now"}
	ada = authoring.Author{ID: "ada"}
)

// world is a store with a course, and what looks through it.
type world struct {
	t         *testing.T
	courses   *course.Courses
	authoring *authoring.Authoring
	review    *review.Reviewer
	blocks    *blocks
	store     store.Store
}

// blocks knows html, problem and video. A problem that says "wrong" has a finding, one that says "broken" cannot be outlined.
type blocks struct {
	mu     sync.Mutex
	asked  map[string]int
	served map[string]error
}

func (b *blocks) count(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked[name]
}

func (b *blocks) ExportOLX(context.Context, string, string, wire.Fields) ([]byte, []wire.OLXFile, bool, error) {
	return nil, nil, false, nil
}

func (b *blocks) Facts(_ context.Context, _ key.Course, _ string, r *course.Revision, _ []wire.Child) (wire.Facts, error) {
	var facts wire.Facts
	_ = json.Unmarshal([]byte(r.Fields["display_name"]), &facts.Title)
	if strings.Contains(r.Fields["data"], "broken") {
		return facts, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "it cannot be read")
	}
	return facts, nil
}

func (b *blocks) Check(_ context.Context, _ *course.Published, blockType string, fields wire.Fields, _ []wire.Child) ([]wire.Finding, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[blockType]++
	if strings.Contains(string(fields["data"]), "wrong") {
		return []wire.Finding{{Level: wire.LevelError, Field: "data", Line: 2, Message: "No answer is right.", Fix: "Mark one."}}, nil
	}
	return nil, nil
}

func (b *blocks) Serving(blockType string, _ key.Course) (review.Served, error) {
	if err, known := b.served[blockType]; known {
		return review.Served{Digest: "digest of " + blockType, Files: blockType == "video", Ready: blockType != "asleep"}, err
	}
	return review.Served{}, wire.Errorf(wire.CodeMissing, wire.BlameHost, "no installed block has the type")
}

func (b *blocks) Installed(blockType string) bool { return blockType == "elsewhere" }

func (*blocks) ImportOLX(context.Context, string, []byte, []wire.OLXFile) (wire.Fields, []wire.Finding, bool, error) {
	return nil, nil, false, nil
}

func (*blocks) Declared(context.Context, string) ([]wire.Field, bool) {
	return []wire.Field{{Name: "data", Scope: wire.ScopeContent, Type: wire.TypeText}}, true
}

func newWorld(t *testing.T) *world {
	t.Helper()
	opened, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	for _, specs := range [][]store.Spec{course.Specs(), authoring.Specs(), review.Specs()} {
		if err := opened.Ensure(t.Context(), specs...); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, store: opened, courses: course.New(opened, course.Config{}), blocks: &blocks{asked: map[string]int{}, served: map[string]error{
		"html": nil, "problem": nil, "video": nil, "asleep": nil, "ill": wire.Errorf(wire.CodeBroken, wire.BlameHost, "block ill was switched off: it leaks"),
		"elsewhere": wire.Errorf(wire.CodeMissing, wire.BlameHost, "block elsewhere is not switched on for this course"),
	}}}
	w.authoring = authoring.New(opened, authoring.Config{Courses: w.courses, Blocks: w.blocks})
	w.review = review.New(review.Config{Store: opened, Courses: w.courses, Copies: w.authoring, Blocks: w.blocks, Client: review.LinkClient(true), Now: func() time.Time { return now }})
	t.Cleanup(func() {
		w.review.Close()
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	runs := store.Of[course.Run](opened, course.RunSpec())
	if _, err := runs.Update(t.Context(), run.String(), func(r *course.Run) (bool, error) {
		*r = course.Run{Key: run.String()}
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	return w
}

type (
	child  = course.ChildRef
	fields = store.Map[string]
)

// draft stores a block as its team has it.
func (w *world) draft(blockType, id string, fields fields, children ...child) {
	w.t.Helper()
	err := w.courses.PutDraft(w.t.Context(), course.Draft{
		Course: run.String(), Usage: run.Usage(blockType, id).String(),
		Revision: course.Revision{Type: blockType, Fields: fields, Children: children},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// now is when courses are looked at.
var now = time.Date(2029, 12, 1, 0, 0, 0, 0, time.UTC)

// small is a course of one unit with the blocks given.
func (w *world) small(settings fields, children ...child) {
	w.t.Helper()
	if settings["start"] == "" {
		settings = maps.Clone(settings)
		if settings == nil {
			settings = fields{}
		}
		settings["start"] = `"2020-01-01T00:00:00Z"`
	}
	w.draft("course", course.RootID, settings, child{Type: "chapter", ID: "c"})
	w.draft("chapter", "c", fields{"display_name": `"One"`}, child{Type: "sequential", ID: "s"})
	w.draft("sequential", "s", fields{"display_name": `"Sub"`}, child{Type: "vertical", ID: "v"})
	w.draft("vertical", "v", fields{"display_name": `"Unit"`}, children...)
}

func (w *world) look() *review.Report {
	w.t.Helper()
	report, err := w.review.Look(w.t.Context(), run, func(path string) bool { return path == "progress" })
	if err != nil {
		w.t.Fatal(err)
	}
	return report
}

// text is a field's value.
func text(of string) string { return string(authoring.JSON(of)) }
