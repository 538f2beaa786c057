package installed

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// outlinePage is how many courses are listed at a time.
const outlinePage = 200

// Outline lets blocks that came, or whose version changed, tell their facts to the published courses that hold them: what a
// page, an outline and a gradebook know of content follows the version that serves it. Workers do so again and again; it
// returns how many courses got a new head. Content that was imported before its block was there counts from then on.
func (s *Set) Outline(ctx context.Context) (int, error) {
	doc, err := s.read(ctx)
	if err != nil {
		return 0, err
	}
	var due []Block
	var types []string
	for i := range doc.Body.Blocks {
		b := &doc.Body.Blocks[i]
		now := b.Now()
		if now == nil || b.Removed != nil || b.Off != "" || b.Outlined == b.Current || doc.Body.revoked(now.Key) != nil {
			continue
		}
		if s.config.Registry.Kept(b.Name, b.Current) == nil { // not here yet
			continue
		}
		due, types = append(due, *b), append(types, now.Types...)
	}
	if len(due) == 0 {
		return 0, nil
	}
	changed, err := s.outline(ctx, types)
	if err != nil {
		return changed, err
	}
	for _, b := range due {
		_, err := s.docs.Update(ctx, theSet, func(d *document) (bool, error) {
			there := d.find(b.Name)
			if there == nil || there.Current != b.Current { // it changed meanwhile: the next round takes it up
				return false, nil
			}
			there.Outlined = b.Current
			return true, nil
		})
		if err != nil {
			return changed, fmt.Errorf("noting that courses were outlined: %w", err)
		}
	}
	return changed, nil
}

func (s *Set) outline(ctx context.Context, types []string) (int, error) {
	courses, changed := s.config.Kernel.Courses(), 0
	after := store.Cursor("")
	for {
		runs, next, err := courses.Runs(ctx, after, outlinePage)
		if err != nil {
			return changed, err
		}
		for i := range runs {
			run, err := key.ParseCourse(runs[i].Key)
			if err != nil {
				return changed, err
			}
			published, err := courses.Published(ctx, run)
			if errors.Is(err, course.ErrNotFound) {
				continue
			}
			if err != nil {
				return changed, err
			}
			if !published.Holds(types...) {
				continue
			}
			again, err := courses.Reoutline(ctx, s.config.Kernel, run, published.Head.By, "blocks changed")
			if err != nil {
				return changed, err
			}
			if again {
				changed++
			}
		}
		if next == "" {
			return changed, nil
		}
		after = next
	}
}
