package course

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// ShelfID is the id of the one unit that a library has: its components stand there.
const ShelfID = "shelf"

// Shelf names a library's unit. A library is kept as a course of one unit, which no learner sees.
func Shelf(library key.Course) key.Usage { return library.Usage("vertical", ShelfID) }

// LibraryOf is the library that a content came from, by its own word; ok is false for what came from none.
func LibraryOf(r *Revision) (library key.Course, ok bool) {
	if upstream := text(r.Fields["upstream"]); upstream != "" {
		usage, err := key.ParseLibraryUsage(upstream)
		return usage.Course, err == nil
	}
	if r.Type != "library_content" {
		return library, false
	}
	library, err := key.ParseCourse(text(r.Fields["source_library_id"]))
	return library, err == nil && library.Library()
}

// maxLibraries bounds what a course may have used.
const maxLibraries = store.MaxMulti

// use notes libraries that content came from, and reports whether one is new.
func (r *Run) use(libraries []string) (added bool) {
	for _, library := range libraries {
		if !slices.Contains(r.Libraries, library) && len(r.Libraries) < maxLibraries {
			r.Libraries, added = append(slices.Clip(r.Libraries), library), true
		}
	}
	return added
}

// libraries are those that the content which was read came from.
func (d *deriving) libraries() []string {
	var found []string
	for _, revision := range d.revisions {
		if library, ok := LibraryOf(revision); ok && !slices.Contains(found, library.String()) {
			found = append(found, library.String())
		}
	}
	return found
}

// UseLibrary notes that a course has content of a library.
func (c *Courses) UseLibrary(ctx context.Context, run, library key.Course) error {
	_, err := c.runs.Update(ctx, run.String(), func(r *Run) (bool, error) {
		return r.Key != "" && r.use([]string{library.String()}), nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("noting that %s uses %s: %w", run, library, err)
	}
	return nil
}

// Using lists the courses that had content of a library at any time.
func (c *Courses) Using(ctx context.Context, library key.Course) ([]Run, error) {
	var runs []Run
	err := c.runs.Each(ctx, store.Query{Index: "libraries", Equal: []any{library.String()}}, func(doc store.Doc[Run]) error {
		runs = append(runs, doc.Body)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for courses that use %s: %w", library, err)
	}
	return runs, nil
}
