package course

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Outliner asks a block for its facts; the kernel is one. The facts of equal revisions may be remembered.
type Outliner interface {
	// Facts outlines one revision. children are those of its child blocks, in order. An error that blames the block or the
	// content lets the block be published as broken; others stop the publishing.
	Facts(ctx context.Context, course key.Course, hash string, revision *Revision, children []wire.Child) (wire.Facts, error)
}

// Structural reports whether the type is one of the host's own containers, which no block serves.
func Structural(blockType string) bool {
	switch blockType {
	case "course", "chapter", "sequential", "vertical":
		return true
	}
	return false
}

// ErrStale means that somebody else published in between.
var ErrStale = errors.New("the course was published by somebody else in between")

// Publication is what becomes the head of a course.
type Publication struct {
	Course key.Course
	// Root is the hash of the course block's revision, stored already.
	Root string
	// Base is the number of the head that this one follows; another one is ErrStale. 0 for the first.
	Base int
	// Grading is grading_policy.json; "" keeps what is there.
	Grading string
	// Import names the import record when an archive is published.
	Import   string
	By, Note string
	// Whole takes Grading and Import as they are, empty ones too: the course becomes what it was before.
	Whole bool
	// Reuse keeps what the head before derived of subsections that are the same; only what changed is read and outlined.
	Reuse bool
	// Progress is told of blocks outlined so far and in all; nil is allowed.
	Progress func(done, total int)
}

// Publish derives what pages need of the tree under p.Root and makes it the course's head, all or nothing. Blocks that
// cannot be outlined are published as broken and returned by block id, with the reason.
func (c *Courses) Publish(ctx context.Context, outliner Outliner, p Publication) (Head, map[string]string, error) {
	d := &deriving{courses: c, outliner: outliner, course: p.Course, progress: p.Progress}
	fail := func(err error) (Head, map[string]string, error) {
		return Head{}, nil, fmt.Errorf("publishing %s: %w", p.Course, err)
	}
	if p.Reuse {
		if err := d.reuse(ctx, p.Base); err != nil {
			return fail(err)
		}
	}
	out, err := d.outline(ctx, p.Root)
	if err != nil {
		return fail(err)
	}
	id, err := d.store(ctx, out)
	if err != nil {
		return fail(err)
	}
	head, err := c.swap(ctx, p, id, d.revisions[p.Root], d.libraries())
	if err != nil {
		return fail(err)
	}
	return head, d.broken, nil
}

// swap makes the derived outline the course's head.
func (c *Courses) swap(ctx context.Context, p Publication, outlineID string, root *Revision, libraries []string) (Head, error) {
	var head Head
	var before headEntry
	doc, err := c.runs.Update(ctx, p.Course.String(), func(run *Run) (bool, error) {
		if run.Head.Number != p.Base {
			return false, ErrStale
		}
		before = entryOf(run)
		head = Head{Root: p.Root, Outline: outlineID, Number: p.Base + 1, At: c.now(), By: p.By, Note: p.Note}
		if run.Key == "" {
			run.Key, run.Created = p.Course.String(), head.At
			run.Org, run.Number, run.Name = p.Course.Org, p.Course.Number, p.Course.Run
		}
		run.Head, run.Settings = head, root.Fields
		run.use(libraries)
		run.Title = text(root.Fields["display_name"])
		if run.Title == "" {
			run.Title = p.Course.Number
		}
		if p.Grading != "" || p.Whole {
			run.Grading = p.Grading
		}
		if p.Import != "" || p.Whole {
			run.Import = p.Import
		}
		return true, nil
	})
	if err != nil {
		return head, err
	}
	c.forget(p.Course)
	// The head before is entered again: whoever published it may have died before he came to it.
	var entries []store.Doc[headEntry]
	for _, entry := range []headEntry{before, entryOf(&doc.Body)} {
		if entry.Head.Number > 0 {
			entries = append(entries, store.Doc[headEntry]{ID: headID(p.Course, entry.Head.Number), Body: entry})
		}
	}
	if _, err := c.heads.InsertMany(ctx, entries); err != nil {
		// It is published all the same, and the run holds what the next publish enters.
		return head, fmt.Errorf("entering it into the history: %w", err)
	}
	return head, nil
}

// entryOf is the line of history that a run's present head has.
func entryOf(run *Run) headEntry {
	return headEntry{Course: run.Key, Head: run.Head, Settings: run.Settings, Grading: run.Grading}
}

func headID(course key.Course, number int) string {
	return store.ID(course.String(), fmt.Sprintf("%08d", number))
}

// text reads a JSON string; anything else is "".
func text(value string) string {
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return ""
	}
	return s
}

// RootID is the block id of every course's own block, as in Open edX.
const RootID = "course"

// placeKey names a block inside its course: block ids are unique per type.
func placeKey(blockType, id string) string { return blockType + "@" + id }

// timeNow is the clock of courses that were given none.
func timeNow() time.Time { return time.Now().UTC() }
