package authoring

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// parent finds what a block stands in: a draft that names it, else its place as published. ok is false for the course itself and
// for what stands nowhere.
func (a *Authoring) parent(ctx context.Context, usage key.Usage) (parent key.Usage, ok bool, err error) {
	query := store.Query{Index: "holds", Equal: []any{usage.Type + "@" + usage.ID, usage.Course.String()}, Limit: 1}
	docs, _, err := a.drafts.Find(ctx, query)
	if err != nil {
		return parent, false, fmt.Errorf("looking for what %s stands in: %w", usage, err)
	}
	if len(docs) > 0 {
		parent, err = key.ParseUsage(docs[0].Body.Usage)
		return parent, err == nil, err
	}
	head, err := a.courses.Published(ctx, usage.Course)
	if errors.Is(err, course.ErrNotFound) {
		return parent, false, nil
	}
	if err != nil {
		return parent, false, err
	}
	block, err := head.Find(ctx, usage)
	if errors.Is(err, course.ErrNotFound) || err == nil && (block == nil || block.Parent == nil) {
		return parent, false, nil
	}
	if err != nil {
		return parent, false, err
	}
	_, err = a.drafts.Get(ctx, block.Parent.Usage.String()) // a draft that does not name it has taken it out
	if errors.Is(err, store.ErrNotFound) {
		return block.Parent.Usage, true, nil
	}
	return parent, false, err
}

// above names blocks and all that they stand in.
func (a *Authoring) above(ctx context.Context, run key.Course, usages []string) ([]string, error) {
	known := map[string]bool{}
	var places []string
	for _, text := range usages {
		usage, err := key.ParseUsage(text)
		if err != nil || usage.Course != run {
			return nil, fmt.Errorf("%w: %q", ErrNotFound, text)
		}
		for usage, ok := usage, true; ok && !known[usage.String()] && len(places) < store.MaxMulti; {
			known[usage.String()] = true
			places = append(places, usage.String())
			if usage, ok, err = a.parent(ctx, usage); err != nil {
				return nil, err
			}
		}
	}
	return places, nil
}
