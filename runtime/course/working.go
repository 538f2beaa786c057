package course

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
)

// working lays drafts over what is published.
type working struct {
	published map[string]*Revision
	// at are the published revisions by place.
	at     map[string]*Revision
	drafts map[string]*Revision
	seen   map[string]bool
	made   []*Revision
}

// WorkingRoot stores the course as its team has it, drafts laid over what is published, and returns its root. It is what a head
// would be if everything were published now; nothing refers to it.
func (c *Courses) WorkingRoot(ctx context.Context, course key.Course) (string, error) {
	run, err := c.Run(ctx, course)
	if err != nil {
		return "", err
	}
	w := &working{at: map[string]*Revision{}, drafts: map[string]*Revision{}, seen: map[string]bool{}}
	if run.Head.Root != "" {
		if w.published, err = c.Revisions(ctx, run.Head.Root); err != nil {
			return "", err
		}
		w.stand(placeKey("course", RootID), run.Head.Root)
	}
	drafts, err := c.Drafts(ctx, course)
	if err != nil {
		return "", err
	}
	for i := range drafts {
		usage, err := key.ParseUsage(drafts[i].Usage)
		if err != nil {
			return "", fmt.Errorf("reading a draft of %s: %w", course, err)
		}
		w.drafts[placeKey(usage.Type, usage.ID)] = &drafts[i].Revision
	}
	root, there := w.build("course", RootID, 0)
	if !there {
		return "", fmt.Errorf("%w: there is nothing in %s", ErrNotFound, course)
	}
	_, err = c.AddRevisions(ctx, w.made...)
	return root, err
}

func (w *working) stand(place, hash string) {
	if w.at[place] != nil {
		return
	}
	revision := w.published[hash]
	w.at[place] = revision
	for _, child := range revision.Children {
		w.stand(placeKey(child.Type, child.ID), child.Hash)
	}
}

// build makes a block's revision and those of what is in it; false for a block that there is not, or that stands further up.
func (w *working) build(blockType, id string, depth int) (string, bool) {
	place := placeKey(blockType, id)
	now := w.drafts[place]
	if now == nil {
		now = w.at[place]
	}
	if now == nil || w.seen[place] || depth > maxDepth {
		return "", false
	}
	w.seen[place] = true
	revision := *now
	revision.Children = nil
	for _, child := range now.Children {
		if hash, there := w.build(child.Type, child.ID, depth+1); there {
			revision.Children = append(revision.Children, ChildRef{child.Type, child.ID, hash})
		}
	}
	w.made = append(w.made, &revision)
	return revision.Hash(), true
}
