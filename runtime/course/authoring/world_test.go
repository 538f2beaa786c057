package authoring_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var (
	run  = key.Course{Org: "Test", Number: "One", Run: "now"}
	ada  = authoring.Author{ID: "ada", Runs: true, Reads: all} // runs the course
	ben  = authoring.Author{ID: "ben", Reads: all}
	root = run.Usage("course", course.RootID)
)

// blocks knows two types: html with a field of text, problem with one of XML that scores a point.
type blocks struct {
	mu    sync.Mutex
	asked map[string]int
	// gone is a type that is not installed for now.
	gone string
}

func (b *blocks) Facts(_ context.Context, _ key.Course, hash string, r *course.Revision, _ []wire.Child) (wire.Facts, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asked == nil {
		b.asked = map[string]int{}
	}
	b.asked[hash]++
	facts := wire.Facts{Search: r.Fields["data"]}
	_ = json.Unmarshal([]byte(r.Fields["display_name"]), &facts.Title)
	if r.Type == "problem" {
		one := 1.0
		facts.MaxScore = &one
	}
	if strings.Contains(r.Fields["data"], "broken") {
		return facts, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "it cannot be read")
	}
	return facts, nil
}

func (b *blocks) ImportOLX(_ context.Context, blockType string, xml []byte, _ []wire.OLXFile) (wire.Fields, []wire.Finding, bool, error) {
	if blockType != "problem" {
		return nil, nil, false, nil
	}
	data, err := json.Marshal(string(xml))
	return wire.Fields{"data": data}, nil, true, err
}

// ExportOLX writes a problem that came as an element as that.
func (b *blocks) ExportOLX(_ context.Context, blockType, _ string, fields wire.Fields) ([]byte, []wire.OLXFile, bool, error) {
	var data string
	known := blockType == "problem" && json.Unmarshal(fields["data"], &data) == nil && strings.HasPrefix(data, "<problem")
	return []byte(data), nil, known, nil
}

// AnswerHash takes the text before a "#" for what decides about answers.
func (b *blocks) AnswerHash(_ context.Context, _ string, r *course.Revision, _ []wire.Child) (string, error) {
	if strings.Contains(r.Fields["data"], "broken") {
		return "", wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "it cannot be read")
	}
	decides, _, _ := strings.Cut(strings.Trim(r.Fields["data"], `"`), "#")
	return decides, nil
}

func (b *blocks) Declared(_ context.Context, blockType string) ([]wire.Field, bool) {
	if blockType == b.gone {
		return nil, false
	}
	switch blockType {
	case "keyed":
		return []wire.Field{
			{Name: "token", Scope: wire.ScopeSettings, Type: wire.TypeKey},
			{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString},
			{Name: "question", Scope: wire.ScopeContent, Type: wire.TypeText},
			{Name: "odd", Scope: wire.ScopeContent, Type: wire.TypeString},
			{Name: "limit", Scope: wire.ScopeSettings, Type: wire.TypeInteger},
			{Name: "rows", Scope: wire.ScopeContent, Type: wire.TypeList, Items: []wire.Item{{Name: "id", Type: wire.TypeID}, {Name: "text", Type: wire.TypeHTML}}},
		}, true
	case "html", "problem":
		return []wire.Field{
			{Name: "data", Scope: wire.ScopeContent, Type: wire.TypeText},
			{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString},
			{Name: "passkey", Scope: wire.ScopeSettings, Type: wire.TypeKey},
			{Name: "answer", Scope: wire.ScopeUserState, Type: wire.TypeString},
		}, true
	case "page":
		return []wire.Field{
			{Name: "data", Scope: wire.ScopeContent, Type: wire.TypeHTML},
			{Name: "mode", Scope: wire.ScopeSettings, Type: wire.TypeString, Values: []wire.Value{{Value: json.RawMessage(`"moon"`)}}},
			{Name: "rows", Scope: wire.ScopeContent, Type: wire.TypeList, Items: []wire.Item{{Name: "id", Type: wire.TypeID}, {Name: "text", Type: wire.TypeHTML}}},
			{Name: "words", Scope: wire.ScopeContent, Type: wire.TypeList, Items: []wire.Item{{Type: wire.TypeString}}},
		}, true
	case "itembank":
		return []wire.Field{{Name: "display_name", Scope: wire.ScopeSettings, Type: wire.TypeString}}, true
	case "library_content":
		return []wire.Field{
			{Name: "source_library_id", Scope: wire.ScopeSettings, Type: wire.TypeString},
			{Name: "source_library_version", Scope: wire.ScopeSettings, Type: wire.TypeString},
			{Name: "capa_type", Scope: wire.ScopeSettings, Type: wire.TypeString},
		}, true
	}
	return nil, false
}

type world struct {
	t         *testing.T
	store     store.Store
	courses   *course.Courses
	authoring *authoring.Authoring
	blocks    *blocks
	answered  map[key.Usage]int
	now       time.Time
	ids       int
	mu        sync.Mutex
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, store: s, blocks: &blocks{}, now: time.Unix(1_000_000, 0).UTC()}
	if err := s.Ensure(t.Context(), slices.Concat(course.Specs(), authoring.Specs())...); err != nil {
		t.Fatal(err)
	}
	w.open(s)
	return w
}

// open starts over with another store, as another process would.
func (w *world) open(s store.Store) {
	w.courses = course.New(s, course.Config{Now: w.clock})
	w.authoring = authoring.New(s, authoring.Config{
		Courses: w.courses, Blocks: w.blocks, Now: w.clock, NewID: w.id, Beside: beside.New(beside.Config{Courses: w.courses, Now: w.clock}),
		Answers: w.blocks, Answered: func(_ context.Context, usages ...key.Usage) (int, error) {
			most := 0
			for _, usage := range usages {
				most = max(most, w.answered[usage])
			}
			return most, nil
		},
	})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Millisecond)
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) id() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids++
	return fmt.Sprintf("id%05d", w.ids)
}

// sample publishes two sections with a unit each: a text and a problem in the first, a problem in the second.
func (w *world) sample() {
	w.t.Helper()
	var all []*course.Revision
	add := func(kind, id, data string, children ...course.ChildRef) course.ChildRef {
		fields := store.Map[string]{"display_name": fmt.Sprintf("%q", strings.ToUpper(id))}
		if data != "" {
			fields["data"] = data
		}
		r := &course.Revision{Type: kind, Fields: fields, Children: children}
		all = append(all, r)
		return course.ChildRef{Type: kind, ID: id, Hash: r.Hash()}
	}
	c1 := add("chapter", "c1", "", add("sequential", "s1", "", add("vertical", "u1", "",
		add("html", "h1", `"one\ntwo\nthree\nfour\nfive\n"`), add("problem", "p1", `"<problem/>"`))))
	c2 := add("chapter", "c2", "", add("sequential", "s2", "", add("vertical", "u2", "", add("problem", "p2", `"\u003cproblem\u003e2</problem>"`))))
	add("course", course.RootID, "", c1, c2)
	hashes, err := w.courses.AddRevisions(w.t.Context(), all...)
	if err != nil {
		w.t.Fatal(err)
	}
	_, _, err = w.courses.Publish(w.t.Context(), w.blocks, course.Publication{Course: run, Root: hashes[len(hashes)-1], By: "import"})
	if err != nil {
		w.t.Fatal(err)
	}
}

func at(kind, id string) key.Usage { return run.Usage(kind, id) }

func (w *world) save(who authoring.Author, usage key.Usage, field, base, value string) authoring.Saved {
	w.t.Helper()
	saved, err := w.authoring.Save(w.t.Context(), who, usage, map[string]authoring.FieldEdit{
		field: {Base: json.RawMessage(base), Value: json.RawMessage(value)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return saved
}

func shapeOf(c *authoring.Content) string {
	out := c.Usage.ID
	if len(c.Children) > 0 {
		var below []string
		for _, child := range c.Children {
			below = append(below, shapeOf(child))
		}
		out += "[" + strings.Join(below, " ") + "]"
	}
	return out
}

// outline writes the working copy down, children in brackets.
func (w *world) outline() string {
	w.t.Helper()
	content, err := w.authoring.Unit(w.t.Context(), run, root)
	if err != nil {
		w.t.Fatal(err)
	}
	return shapeOf(content)
}

func (w *world) must(op authoring.Op, err error) authoring.Op {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return op
}

func (w *world) tree() *authoring.Tree {
	w.t.Helper()
	tree, err := w.authoring.Tree(w.t.Context(), run)
	if err != nil {
		w.t.Fatal(err)
	}
	return tree
}

func (w *world) undo(who authoring.Author, op string) authoring.Undone {
	w.t.Helper()
	undone, err := w.authoring.Undo(w.t.Context(), who, run, op)
	if err != nil {
		w.t.Fatal(err)
	}
	return undone
}
