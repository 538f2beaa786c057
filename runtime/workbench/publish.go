package workbench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// republish makes the scratch course of the scenarios as they are now: a section for each block type, a unit for each scenario.
// What learners have done stays, since units and blocks keep their ids.
func (b *Bench) republish(ctx context.Context) error {
	b.publishing.Lock()
	defer b.publishing.Unlock()
	scenarios, err := b.gather(ctx)
	if err != nil {
		return err
	}
	if err := b.putStatic(ctx); err != nil {
		b.config.Log.Warn("a picture or another file of the samples is missing", "error", err)
	}
	w := &writing{bench: b}
	root, err := w.course(ctx, scenarios)
	if err != nil {
		return err
	}
	courses := b.config.Site.Courses
	base := 0
	run, err := courses.Run(ctx, Course)
	switch {
	case err == nil:
		base = run.Head.Number
	case !errors.Is(err, course.ErrNotFound):
		return err
	}
	_, broken, err := courses.Publish(ctx, b.config.Site.Kernel, course.Publication{Course: Course, Root: root, Base: base, By: "workbench", Note: "scenarios"})
	if err != nil {
		return err
	}
	published, err := courses.Published(ctx, Course)
	if err != nil {
		return err
	}
	for _, s := range scenarios {
		if s.Kind == KindApp {
			continue
		}
		s.Broken = broken[s.Block]
		block, err := published.Find(ctx, Course.Usage(s.Type, s.Block))
		if err != nil {
			return err
		}
		s.Graded = block.Facts.MaxScore != nil
	}
	b.mu.Lock()
	b.scenarios = scenarios
	b.mu.Unlock()
	return nil
}

// writing is one course on its way into the store.
type writing struct {
	bench     *Bench
	revisions []*course.Revision
}

func (w *writing) add(r *course.Revision) string {
	w.revisions = append(w.revisions, r)
	return r.Hash()
}

func (w *writing) course(ctx context.Context, scenarios []*Scenario) (root string, err error) {
	var sections []course.ChildRef
	apps := slices.ContainsFunc(scenarios, func(s *Scenario) bool { return s.Kind == KindApp })
	scenarios = slices.DeleteFunc(slices.Clone(scenarios), func(s *Scenario) bool { return s.Kind == KindApp })
	for start := 0; start < len(scenarios); {
		end := start
		for end < len(scenarios) && scenarios[end].Type == scenarios[start].Type {
			end++
		}
		section, err := w.section(ctx, scenarios[start:end])
		if err != nil {
			return "", err
		}
		sections = append(sections, section)
		start = end
	}
	if apps {
		sections = append(sections, w.beside())
	}
	top := container("course", "Workbench", sections)
	top.Fields["start"] = quoted("2000-01-01T00:00:00Z")
	hash := w.add(top)
	_, err = w.bench.config.Site.Courses.AddRevisions(ctx, w.revisions...)
	return hash, err
}

// section holds one block type's scenarios, in a subsection for each kind.
func (w *writing) section(ctx context.Context, scenarios []*Scenario) (course.ChildRef, error) {
	first := scenarios[0]
	var subsections []course.ChildRef
	for start := 0; start < len(scenarios); {
		kind := scenarios[start].Kind
		var units []course.ChildRef
		for start < len(scenarios) && scenarios[start].Kind == kind {
			unit, err := w.unit(ctx, scenarios[start])
			if err != nil {
				return course.ChildRef{}, err
			}
			units = append(units, unit)
			start++
		}
		hash := w.add(container("sequential", kind, units))
		subsections = append(subsections, course.ChildRef{Type: "sequential", ID: "part-" + slug(first.Type, kind), Hash: hash})
	}
	return course.ChildRef{Type: "chapter", ID: "type-" + slug(first.Type), Hash: w.add(container("chapter", first.TypeTitle, subsections))}, nil
}

func (w *writing) unit(ctx context.Context, s *Scenario) (course.ChildRef, error) {
	block := course.ChildRef{Type: s.Type, ID: s.Block}
	fields := w.bench.authored(s)
	switch {
	case s.olx != nil:
		hash, problem, err := w.element(ctx, s, fields)
		if err != nil {
			return block, err
		}
		if s.Problem = problem; problem == "" {
			block.Hash = hash
			break
		}
		fallthrough
	default:
		revision := &course.Revision{Type: s.Type, Fields: texts(fields)}
		for i := range s.children {
			revision.Children = append(revision.Children, w.child(s, &s.children[i], i))
		}
		block.Hash = w.add(revision)
	}
	return course.ChildRef{Type: "vertical", ID: s.ID, Hash: w.add(container("vertical", s.Title, []course.ChildRef{block}))}, nil
}

// child is a sample inside a sample.
func (w *writing) child(s *Scenario, sample *wire.Sample, n int) course.ChildRef {
	blockType := sample.Type
	if blockType == "" {
		blockType = s.Type
	}
	ref := course.ChildRef{Type: blockType, ID: fmt.Sprintf("%s-%d", s.Block, n+1)}
	inner := *s
	inner.Block = ref.ID
	revision := &course.Revision{Type: blockType, Fields: texts(sample.Fields)}
	if sample.Title != "" && revision.Fields["display_name"] == "" {
		revision.Fields["display_name"] = quoted(sample.Title)
	}
	for i := range sample.Children {
		revision.Children = append(revision.Children, w.child(&inner, &sample.Children[i], i))
	}
	ref.Hash = w.add(revision)
	return ref
}
