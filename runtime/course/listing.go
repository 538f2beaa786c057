package course

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Pages gives all pages of a course, by kind and slug.
func (c *Courses) Pages(ctx context.Context, course key.Course) ([]Page, error) {
	var pages []Page
	err := c.pages.Each(ctx, store.Query{Prefix: store.ID(course.String())}, func(doc store.Doc[Page]) error {
		if !doc.Body.Gone {
			pages = append(pages, doc.Body)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing pages of %s: %w", course, err)
	}
	return pages, nil
}

// Drafts gives all drafts of a course.
func (c *Courses) Drafts(ctx context.Context, course key.Course) ([]Draft, error) {
	var drafts []Draft
	err := c.drafts.Each(ctx, store.Query{Index: "course", Equal: []any{course.String()}}, func(doc store.Doc[Draft]) error {
		drafts = append(drafts, doc.Body)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing drafts of %s: %w", course, err)
	}
	return drafts, nil
}
