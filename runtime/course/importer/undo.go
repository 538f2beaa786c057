package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	now, err := config.Courses.Drafts(ctx, u.Course)
	if err != nil {
		return done, err
	}
	grown := grownOn(now, u.Op, before)
	_, err = config.Courses.SetAside(ctx, u.Course, as.ID, func(d course.Draft) bool {
		return slices.Contains(d.Done, u.Op) || !stays[d.Usage+" "+d.Revision.Hash()] && !grown[d.Usage]
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

// grownOn are the drafts that were begun on published content, and the new blocks in these: what the import left alone. What it
// brought itself is none.
func grownOn(drafts []course.Draft, op string, published map[string]*course.Revision) map[string]bool {
	own := map[string]*course.Draft{}
	var grow []*course.Draft
	grown := map[string]bool{}
	for n := range drafts {
		draft := &drafts[n]
		if usage, err := key.ParseUsage(draft.Usage); err == nil && !slices.Contains(draft.Done, op) {
			own[name(usage.Type, usage.ID)] = draft
			if published[draft.Base] != nil {
				grown[draft.Usage] = true
				grow = append(grow, draft)
			}
		}
	}
	for len(grow) > 0 {
		draft := grow[0]
		grow = grow[1:]
		for _, child := range draft.Revision.Children {
			if below := own[name(child.Type, child.ID)]; below != nil && below.Base == "" && !grown[below.Usage] {
				grown[below.Usage] = true
				grow = append(grow, below)
			}
		}
	}
	return grown
}

// undoNote stands in the history of heads.
const undoNote = "undo import"

// putBack publishes what was published before.
func putBack(ctx context.Context, config Config, u *Undoing) (course.Head, error) {
	if u.Before.Root == "" {
		return config.Courses.Withdraw(ctx, u.Course, u.Head, u.Before, u.By, undoNote)
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
