package course_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var run = key.Course{Org: "Test", Number: "One", Run: "now"}

// outliner scores each problem with one point, and breaks those that ask for it.
type outliner struct {
	mu    sync.Mutex
	asked []string
}

func (o *outliner) Facts(_ context.Context, _ key.Course, hash string, r *course.Revision, _ []wire.Child) (wire.Facts, error) {
	o.mu.Lock()
	o.asked = append(o.asked, hash)
	o.mu.Unlock()
	switch r.Fields["say"] {
	case `"broken"`:
		return wire.Facts{}, wire.Errorf(wire.CodeBadRequest, wire.BlameOutside, "it cannot be read")
	case `"host"`:
		return wire.Facts{}, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the host is ill")
	}
	one := 1.0
	return wire.Facts{MaxScore: &one}, nil
}

// tree is a block to publish.
type tree struct {
	kind, id string
	fields   map[string]string
	children []tree
}

func block(kind, id string, children ...tree) tree {
	return tree{kind: kind, id: id, children: children}
}

func (t tree) with(name, value string) tree {
	t.fields = maps.Clone(t.fields)
	if t.fields == nil {
		t.fields = map[string]string{}
	}
	t.fields[name] = value
	return t
}

// revisions gives the block's revision and those below it, its own last.
func (t tree) revisions() []*course.Revision {
	r := &course.Revision{Type: t.kind, Fields: t.fields}
	var all []*course.Revision
	for _, child := range t.children {
		below := child.revisions()
		all = append(all, below...)
		r.Children = append(r.Children, course.ChildRef{Type: child.kind, ID: child.id, Hash: below[len(below)-1].Hash()})
	}
	return append(all, r)
}

type site struct {
	t        *testing.T
	store    store.Store
	courses  *course.Courses
	outliner outliner
}

func newSite(t *testing.T) *site {
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
	if err := s.Ensure(t.Context(), course.Specs()...); err != nil {
		t.Fatal(err)
	}
	return &site{t: t, store: s, courses: course.New(s, course.Config{})}
}

func (s *site) publish(at key.Course, root tree, base int) (course.Head, map[string]string, error) {
	s.t.Helper()
	hashes, err := s.courses.AddRevisions(s.t.Context(), root.revisions()...)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.courses.Publish(s.t.Context(), &s.outliner, course.Publication{Course: at, Root: hashes[len(hashes)-1], Base: base, By: "test"})
}

func (s *site) mustPublish(root tree, base int) *course.Published {
	s.t.Helper()
	if _, _, err := s.publish(run, root, base); err != nil {
		s.t.Fatal(err)
	}
	return s.published(run)
}

func (s *site) published(at key.Course) *course.Published {
	s.t.Helper()
	p, err := s.courses.Published(s.t.Context(), at)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) find(p *course.Published, kind, id string) *course.Block {
	s.t.Helper()
	b, err := p.Find(s.t.Context(), p.Key.Usage(kind, id))
	if err != nil || b == nil {
		s.t.Fatalf("%s %s: %v, %v", kind, id, b, err)
	}
	return b
}

// dump is every document of a course's collections as the store holds it.
func (s *site) dump(only ...string) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, spec := range course.Specs() {
		if len(only) > 0 && !slices.Contains(only, spec.Name) {
			continue
		}
		err := store.Of[map[string]any](s.store, spec).Each(s.t.Context(), store.Query{}, func(doc store.Doc[map[string]any]) error {
			encoded, err := json.Marshal(doc.Body)
			out[spec.Name+"/"+doc.ID] = fmt.Sprint(doc.Version, " ", string(encoded))
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return out
}

func sample() tree {
	sub := func(n string) tree {
		return block("sequential", "s"+n, block("vertical", "u"+n, block("problem", "p"+n).with("say", `"`+n+`"`), block("html", "h"+n)))
	}
	return block("course", "course",
		block("chapter", "c1", sub("1"), sub("2")),
		block("chapter", "c2", sub("3")),
	).with("start", `"2026-01-01T00:00:00Z"`).with("display_name", `"A course"`)
}
