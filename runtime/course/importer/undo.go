package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// Before is what a course was when an import began: enough to become that again.
type Before = course.ImportBefore

// Undoing is what Undo takes back.
type Undoing struct {
	Course key.Course
	By     string
	// Op, Before and Head are the import's, as its report has them.
	Op     string
	Before Before
	Head   int
	// Progress is told what goes on; nil is allowed.
	Progress func(Progress)
}

// Undone is what came of it.
type Undone struct {
	Head course.Head
	// Back counts the team's drafts that were set aside and are there again.
	Back int
	// Left are files, pages and drafts that somebody changed since: they stay as they are.
	Left []string
}

// Undo makes a course what it was before an import: its published content, files, pages and working copy. A course that was
// published since is ErrStale and stays. What was begun since the import is set aside, under the import's op with "-undo". Doing it
// again after a crash ends what was begun.
func Undo(ctx context.Context, config Config, u Undoing) (Undone, error) {
	done, err := undo(ctx, config, u)
	if err != nil {
		return done, fmt.Errorf("undoing an import of %s: %w", u.Course, err)
	}
	return done, nil
}

func undo(ctx context.Context, config Config, u Undoing) (done Undone, err error) {
	run, err := config.Courses.Run(ctx, u.Course)
	if err != nil {
		return done, err
	}
	back := run.Head.Number == u.Head+1 && run.Head.Root == u.Before.Root && run.Head.Note == undoNote // by us, before a crash
	if run.Head.Number != u.Head && !back {
		return done, fmt.Errorf("%w: it was published again since the import", course.ErrStale)
	}
	files := beside.New(beside.Config{Courses: config.Courses})
	as := files.Begin(u.Course, u.By, "undo")
	as.ID = u.Op + "-undo"
	left, err := files.UndoAs(ctx, as, u.Op)
	if err != nil && !errors.Is(err, beside.ErrNotFound) { // an archive without files changed none
		return done, err
	}
	done.Left = left
	done.Head = run.Head
	if !back {
		if done.Head, err = putBack(ctx, config, &u); err != nil {
			return done, err
		}
	}
	kept, err := config.Courses.Aside(ctx, u.Course, u.Op)
	if err != nil {
		return done, err
	}
	stays := map[string]bool{} // drafts that a first try brought back
	for n := range kept {
		stays[kept[n].Usage+" "+kept[n].Revision.Hash()] = true
	}
	before := map[string]*course.Revision{}
	if u.Before.Root != "" {
		if before, err = config.Courses.Revisions(ctx, u.Before.Root); err != nil {
			return done, err
		}
	}
	// Drafts that were begun on what is there again now stay, as they did when the import left them alone.
	_, err = config.Courses.SetAside(ctx, u.Course, as.ID, func(d course.Draft) bool {
		return !stays[d.Usage+" "+d.Revision.Hash()] && before[d.Base] == nil
	})
	if err != nil {
		return done, err
	}
	others, err := config.Courses.BringBack(ctx, u.Course, u.Op)
	done.Left, done.Back = append(done.Left, others...), len(kept)-len(others)
	if err != nil {
		return done, err
	}
	return done, config.enter(ctx, Change{Course: u.Course, Op: as.ID, Undoes: u.Op, By: u.By, At: done.Head.At, Head: done.Head.Number})
}

// undoNote stands in the history of heads.
const undoNote = "undo import"

// putBack publishes what was published before.
func putBack(ctx context.Context, config Config, u *Undoing) (course.Head, error) {
	if u.Before.Root == "" {
		return config.Courses.Withdraw(ctx, u.Course, u.Head, u.By, undoNote)
	}
	head, _, err := config.Courses.Publish(ctx, config.Blocks, course.Publication{
		Course: u.Course, Root: u.Before.Root, Base: u.Head, Grading: u.Before.Grading, Import: u.Before.Import, Whole: true,
		By: u.By, Note: undoNote, Progress: func(done, total int) {
			if u.Progress != nil {
				u.Progress(Progress{"publish", done, total})
			}
		},
	})
	return head, err
}
