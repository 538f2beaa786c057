package authoring

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// EnterImport enters an import, or the undo of one, into the history: with what was published, and with each of the team's drafts
// that was set aside as a step from what its author had written to what is published now. So these are seen, and can be put back.
// Entering it again is harmless.
func (a *Authoring) EnterImport(ctx context.Context, change importer.Change) error {
	e := Entry{
		Course: change.Course.String(), Op: change.Op, Kind: KindImport, By: change.By, Began: change.At, At: change.At, Head: change.Head,
		Undoes: change.Undoes, Moved: &change.At,
	}
	if change.Undoes != "" {
		e.Kind = KindUnimport
	}
	head, err := a.head(ctx, change.Course)
	if err != nil {
		return err
	}
	places := []string{change.Course.Usage("course", course.RootID).String()}
	var contents []*course.Revision
	for i := range change.Aside[:min(len(change.Aside), maxSteps)] {
		draft := &change.Aside[i]
		if err := a.enter(ctx, draft, nil); err != nil { // the line of its last save, which the draft held
			return err
		}
		usage, err := key.ParseUsage(draft.Usage)
		if err != nil {
			return err
		}
		now, err := a.publishedContent(ctx, head, usage)
		if err != nil {
			return err
		}
		was, step := draft.Revision.Apart(), Step{Usage: draft.Usage}
		step.Before = was.Hash()
		contents = append(contents, was)
		if now != nil {
			step.After = now.Hash()
			contents = append(contents, now)
		}
		e.Steps = append(e.Steps, step)
		places = append(places, draft.Usage)
	}
	if _, err := a.courses.AddRevisions(ctx, contents...); err != nil {
		return err
	}
	if e.Places, err = a.above(ctx, change.Course, places); err != nil {
		return err
	}
	err = a.edits.Insert(ctx, entryID(e.Course, e.Op), e)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("entering an import into the history: %w", err)
	}
	return a.closeEntry(ctx, &e)
}

// publishedContent is what is published of a block, without the hashes of its children; nil for nothing.
func (a *Authoring) publishedContent(ctx context.Context, head *course.Published, usage key.Usage) (*course.Revision, error) {
	if head == nil {
		return nil, nil
	}
	block, err := head.Find(ctx, usage)
	if errors.Is(err, course.ErrNotFound) || err == nil && block == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	content, err := a.courses.Revision(ctx, block.Hash)
	if err != nil {
		return nil, err
	}
	return content.Apart(), nil
}
