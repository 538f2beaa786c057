package importer

import (
	"context"
	"errors"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Reserved fields are those that nobody changes but who runs the course: keys that were typed into components, and whether
// publishing needs a review. An archive changes them where its bringer runs the course, and only where it says something of them:
// an export without secrets would take the keys of its own course away.

// readStanding reads what the reserved fields of the course are now.
func (i *importing) readStanding(ctx context.Context) error {
	i.standing = map[key.Usage]*course.Revision{}
	if i.run.Head.Root == "" {
		drafts, err := i.config.Courses.Drafts(ctx, i.key)
		if errors.Is(err, course.ErrNotFound) {
			return nil
		}
		for n := range drafts {
			if usage, err := key.ParseUsage(drafts[n].Usage); err == nil {
				i.standing[usage] = &drafts[n].Revision
			}
		}
		return err
	}
	revisions, err := i.config.Courses.Revisions(ctx, i.run.Head.Root)
	if err != nil {
		return err
	}
	var stand func(ref course.ChildRef)
	stand = func(ref course.ChildRef) {
		usage, revision := i.key.Usage(ref.Type, ref.ID), revisions[ref.Hash]
		if revision == nil || i.standing[usage] != nil {
			return
		}
		i.standing[usage] = revision
		for _, child := range revision.Children {
			stand(child)
		}
	}
	stand(course.ChildRef{Type: "course", ID: course.RootID, Hash: i.run.Head.Root})
	return nil
}

// keepReserved leaves the reserved fields of a block that the course has as they are.
func (i *importing) keepReserved(ctx context.Context, block *olx.Block, r *course.Revision) {
	id := block.ID
	if block.Type == "course" {
		id = course.RootID
	}
	before := i.standing[i.key.Usage(block.Type, id)]
	if before == nil {
		return
	}
	for _, name := range i.reserved(ctx, block.Type) {
		if _, said := r.Fields[name]; said && i.request.Runs {
			continue
		}
		if was, set := before.Fields[name]; set {
			r.Fields[name] = was
		} else {
			delete(r.Fields, name)
		}
	}
}

// reserved are the reserved fields of a type, which is asked once.
func (i *importing) reserved(ctx context.Context, blockType string) []string {
	if blockType == "course" {
		return []string{course.NeedsReview}
	}
	if names, asked := i.keys[blockType]; asked || course.Structural(blockType) {
		return names
	}
	var names []string
	declared, _ := i.config.Blocks.Declared(ctx, blockType) // of a type that is not installed nobody knows
	for n := range declared {
		if declared[n].Type == wire.TypeKey {
			names = append(names, declared[n].Name)
		}
	}
	i.keys[blockType] = names
	return names
}
