package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

// A course of about 5 000 blocks: sections, subsections in each, units in each, components in each.
const (
	studioSections, studioSubsections, studioUnits, studioComponents = 20, 5, 5, 9
	studioRounds                                                     = 50
)

// studio measures the working copy of a large course, as the pages of Studio use it.
func (b *bench) studio(ctx context.Context) (err error) {
	s, err := site.Open(ctx, site.Config{Data: filepath.Join(b.dir, "studio"), Shipped: os.DirFS(filepath.Join("blocks", "dist"))})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(context.WithoutCancel(ctx))) }()
	m := &studioBench{site: s, authoring: s.Authoring, who: authoring.Author{ID: "bench"}}
	// The first course warms up: its problems teach the engine how much memory they need.
	first, err := m.firstPublish(ctx, "1")
	if err != nil {
		return err
	}
	if err := m.fill(ctx, "2"); err != nil {
		return err
	}
	t := &table{title: fmt.Sprintf("Studio, a course of %d blocks, 1 author; load %s", m.blocks, loadNow()), header: []string{"", "p50", "p99", "budget"}}
	for _, part := range []struct {
		name, budget string
		rounds       int
		do           func(context.Context, int) error
	}{
		{"tree, all of it new", "1 s", 5, m.tree},
		{"preview of a unit, all of it new", "", 5, m.preview},
		{"publish all, the first time", "10 s", 1, m.publishAll},
		{"tree", "1 s", studioRounds, m.tree},
		{"save a field", "50 ms", studioRounds, m.save},
		{"a unit for its editor", "200 ms", studioRounds, m.unit},
		{"preview of a unit", "", studioRounds, m.preview},
		{"preview of the whole course", "", 5, m.previewAll},
		{"checks before publishing, the first time", "", 1, m.checksFirst},
		{"checks before publishing", "1 s", studioRounds / 5, m.checks},
		{"where 500 files are used, after a save", "200 ms", studioRounds / 5, m.uses},
		{"publish one change", "500 ms", studioRounds / 5, m.publishOne},
		{"bulk edit of 100 subsections", "", 5, m.set},
		{"publish all that is changed", "", 1, m.publishAll},
	} {
		var took times
		for n := range part.rounds {
			began := time.Now()
			if err := part.do(ctx, n); err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
			took = append(took, time.Since(began))
		}
		t.add(part.name, took.at(0.5), took.at(0.99), part.budget)
	}
	t.add("publish all, blocks that were never used before", first, first, "")
	return t.print(os.Stdout)
}

func (m *studioBench) firstPublish(ctx context.Context, name string) (time.Duration, error) {
	if err := m.fill(ctx, name); err != nil {
		return 0, err
	}
	began := time.Now()
	err := m.publishAll(ctx, 0)
	return time.Since(began), err
}

type studioBench struct {
	site      *site.Site
	authoring *authoring.Authoring
	who       authoring.Author
	run       key.Course
	blocks    int
	units     []key.Usage
	texts     []key.Usage
	subs      []key.Usage
	said      map[key.Usage]string
}

// fill makes a course of which nothing is published.
func (m *studioBench) fill(ctx context.Context, name string) error {
	m.run = key.Course{Org: "Quoin", Number: "Studio", Run: name}
	m.said, m.blocks, m.units, m.texts, m.subs = map[key.Usage]string{}, 0, nil, nil, nil
	if err := m.authoring.Create(ctx, m.who, m.run, "Many blocks"); err != nil {
		return err
	}
	var grow func(kind string, depth int) (course.ChildRef, error)
	grow = func(kind string, depth int) (course.ChildRef, error) {
		m.blocks++
		made := course.ChildRef{Type: kind, ID: fmt.Sprintf("b%05d", m.blocks)}
		if depth == 0 {
			made.ID = course.RootID
		}
		usage := m.run.Usage(kind, made.ID)
		r := course.Revision{Type: kind, Fields: store.Map[string]{"display_name": fmt.Sprintf("%q", kind+" "+made.ID)}}
		counts, kinds := []int{studioSections, studioSubsections, studioUnits, studioComponents}, []string{"chapter", "sequential", "vertical"}
		for n := range append(counts, 0)[depth] {
			below := []string{"html", "problem"}[n%2]
			if depth < len(kinds) {
				below = kinds[depth]
			}
			child, err := grow(below, depth+1)
			if err != nil {
				return made, err
			}
			r.Children = append(r.Children, child)
		}
		switch kind {
		case "vertical":
			m.units = append(m.units, usage)
		case "sequential":
			m.subs = append(m.subs, usage)
		case "html":
			m.texts = append(m.texts, usage)
			r.Fields["data"] = fmt.Sprintf("%q", "<p>Text "+made.ID+" of "+name+"</p>")
			m.said[usage] = r.Fields["data"]
		case "problem":
			data, err := json.Marshal(choice("Question " + made.ID + " of " + name))
			if err != nil {
				return made, err
			}
			r.Fields["data"] = string(data)
		}
		return made, m.site.Courses.PutDraft(ctx, course.Draft{Course: m.run.String(), Usage: usage.String(), Revision: r, By: "bench"})
	}
	_, err := grow("course", 0)
	return err
}

func (m *studioBench) tree(ctx context.Context, _ int) error {
	tree, err := m.authoring.Tree(ctx, m.run)
	if err == nil && tree.Blocks != m.blocks {
		err = fmt.Errorf("the tree has %d blocks, not %d", tree.Blocks, m.blocks)
	}
	return err
}

func (m *studioBench) save(ctx context.Context, n int) error {
	usage := m.texts[n%7*100]
	value := fmt.Sprintf("%q", fmt.Sprintf("<p>Written anew, %d</p>", n))
	saved, err := m.authoring.Save(ctx, m.who, usage, map[string]authoring.FieldEdit{
		"data": {Base: json.RawMessage(m.said[usage]), Value: json.RawMessage(value)},
	})
	m.said[usage] = value
	if err == nil && len(saved.Conflicts) > 0 {
		err = errors.New("a conflict with oneself")
	}
	return err
}

func (m *studioBench) unit(ctx context.Context, n int) error {
	_, err := m.authoring.Unit(ctx, m.run, m.units[n*7%len(m.units)])
	return err
}

func (m *studioBench) preview(ctx context.Context, n int) error {
	_, err := m.authoring.Preview(ctx, m.run, &m.units[n*7%len(m.units)])
	return err
}

func (m *studioBench) previewAll(ctx context.Context, _ int) error {
	_, err := m.authoring.Preview(ctx, m.run, nil)
	return err
}

// checksFirst reads every text and lets every block say what it finds.
func (m *studioBench) checksFirst(ctx context.Context, _ int) error {
	if _, err := m.site.Review.Look(ctx, m.run, nil); err != nil {
		return err
	}
	m.site.Review.Begin(m.run)
	m.site.Review.Wait()
	return nil
}

func (m *studioBench) checks(ctx context.Context, _ int) error {
	report, err := m.site.Review.Look(ctx, m.run, nil)
	if err == nil && (report.Blocks != m.blocks || report.Waiting > 0) {
		err = fmt.Errorf("%d blocks were looked at, %d wait", report.Blocks, report.Waiting)
	}
	return err
}

// uses is what the list of files asks, after somebody wrote.
func (m *studioBench) uses(ctx context.Context, n int) error {
	if err := m.save(ctx, n); err != nil {
		return err
	}
	names := make([]string, 500)
	for i := range names {
		names[i] = fmt.Sprintf("picture-%d.png", i)
	}
	_, err := m.site.Review.Uses(ctx, m.run, names)
	return err
}

func (m *studioBench) publishOne(ctx context.Context, n int) error {
	usage := m.texts[n*100]
	value := fmt.Sprintf("%q", fmt.Sprintf("<p>Published, %d</p>", n))
	_, err := m.authoring.Save(ctx, m.who, usage, map[string]authoring.FieldEdit{"data": {Base: json.RawMessage(m.said[usage]), Value: json.RawMessage(value)}})
	if err != nil {
		return err
	}
	m.said[usage] = value
	return m.publish(ctx, usage)
}

func (m *studioBench) publishAll(ctx context.Context, _ int) error {
	return m.publish(ctx, m.run.Usage("course", course.RootID))
}

func (m *studioBench) publish(ctx context.Context, within key.Usage) error {
	done, err := m.authoring.Publish(ctx, m.who, within, "")
	if err == nil && (done.Blocks == 0 || len(done.Broken) > 0) {
		err = fmt.Errorf("published %d blocks, %d broken", done.Blocks, len(done.Broken))
	}
	return err
}

func (m *studioBench) set(ctx context.Context, n int) error {
	due := fmt.Sprintf(`"2030-01-0%dT00:00:00Z"`, n+1)
	_, err := m.authoring.Set(ctx, m.who, map[string]json.RawMessage{"due": json.RawMessage(due)}, m.subs...)
	return err
}
