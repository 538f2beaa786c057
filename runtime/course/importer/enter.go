package importer

import (
	"context"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Change is what an import, or its undo, did to a course and to its team's work: a line of the history.
type Change struct {
	Course key.Course
	Op, By string
	At     time.Time
	// Undoes is the import that it took back, "" for an import.
	Undoes string
	// Head is the number of the published state that came of it.
	Head int
	// Aside are the team's drafts that it took out of the working copy.
	Aside []course.Draft
}

// enter tells the history of an import or its undo. Telling it again is harmless.
func (c Config) enter(ctx context.Context, change Change) error {
	if c.Enter == nil {
		return nil
	}
	var err error
	if change.Aside, err = c.Courses.Aside(ctx, change.Course, change.Op); err != nil {
		return err
	}
	return c.Enter(ctx, change)
}
