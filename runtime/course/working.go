package course

import (
	"context"
	"fmt"
	"maps"
	"slices"

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

// Working is a course as its team has it: drafts laid over what is published.
type Working struct {
	Run  Run
	Root string
	// Revisions are by hash; Drafted says of places (see [Place]) that they have a draft.
	Revisions map[string]*Revision
	Drafted   map[string]bool
}

// Place names a block inside its course.
func Place(blockType, id string) string { return placeKey(blockType, id) }

// Working lays the drafts of a course over what is published. Nothing is stored.
func (c *Courses) Working(ctx context.Context, course key.Course) (*Working, error) {
	run, err := c.Run(ctx, course)
	if err != nil {
		return nil, err
	}
	w := &working{at: map[string]*Revision{}, drafts: map[string]*Revision{}, seen: map[string]bool{}}
	if run.Head.Root != "" {
		if w.published, err = c.Revisions(ctx, run.Head.Root); err != nil {
			return nil, err
		}
		w.stand(placeKey("course", RootID), run.Head.Root)
	}
	drafts, err := c.Drafts(ctx, course)
	if err != nil {
		return nil, err
	}
	out := &Working{Run: run, Revisions: map[string]*Revision{}, Drafted: map[string]bool{}}
	for i := range drafts {
		usage, err := key.ParseUsage(drafts[i].Usage)
		if err != nil {
			return nil, fmt.Errorf("reading a draft of %s: %w", course, err)
		}
		place := placeKey(usage.Type, usage.ID)
		w.drafts[place], out.Drafted[place] = &drafts[i].Revision, true
	}
	root, there := w.build("course", RootID, 0)
	if !there {
		return nil, fmt.Errorf("%w: there is nothing in %s", ErrNotFound, course)
	}
	out.Root = root
	for _, revision := range w.made {
		out.Revisions[revision.Hash()] = revision
	}
	return out, nil
}

// WorkingRoot stores the course as its team has it and returns its root. It is what a head would be if everything were published
// now; nothing refers to it.
func (c *Courses) WorkingRoot(ctx context.Context, course key.Course) (string, error) {
	w, err := c.Working(ctx, course)
	if err != nil {
		return "", err
	}
	_, err = c.AddRevisions(ctx, slices.Collect(maps.Values(w.Revisions))...)
	return w.Root, err
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
