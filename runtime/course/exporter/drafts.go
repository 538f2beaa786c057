package exporter

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/importer"
	"github.com/quoin-lms/quoin/runtime/course/olx"
)

// drafts are the archive's drafts that are drafts still.
type drafts struct {
	kept  []*olx.Draft
	notes []Note
}

// readDrafts compares the drafts that came in with those that there are. An archive's draft goes out as it came as long as
// its team has neither published nor discarded it; a newer state of one is no part of what is published.
func (e *exporting) readDrafts(ctx context.Context) error {
	stored, err := e.config.Courses.Drafts(ctx, e.request.Course)
	if err != nil {
		return err
	}
	now := map[string]course.Draft{}
	for _, draft := range stored {
		now[draft.Usage] = draft
	}
	if e.base != nil {
		for _, draft := range e.base.course.Drafts {
			if err := e.readDraft(ctx, draft, now); err != nil {
				return err
			}
		}
	}
	if len(now) > 0 {
		e.drafts.notes = append(e.drafts.notes, Note{Message: fmt.Sprintf("%d blocks have changes that are not published; these do not go out", len(now))})
	}
	return nil
}

// readDraft takes what it knows of a draft out of now.
func (e *exporting) readDraft(ctx context.Context, draft *olx.Draft, now map[string]course.Draft) error {
	made, err := importer.Revisions(ctx, e.config.Blocks, e.base.files, e.base.course, draft.Root)
	if err != nil {
		return err
	}
	whole := true
	walk(draft.Root, func(block *olx.Block) {
		hash := made[block].Hash()
		if e.base.origin(usage{block.Type, block.ID}) == hash {
			return // no draft was made of it
		}
		name := e.request.Course.Usage(block.Type, block.ID).String()
		stored, there := now[name]
		if there && stored.Revision.Hash() == hash {
			delete(now, name)
		}
		whole = whole && there
	})
	if whole {
		e.drafts.kept = append(e.drafts.kept, draft)
	}
	return nil
}

func (e *exporting) liveDrafts() {
	e.report.Notes = append(e.report.Notes, e.drafts.notes...)
	for _, draft := range e.drafts.kept {
		walk(draft.Root, func(b *olx.Block) { e.alive[b] = true })
	}
}
