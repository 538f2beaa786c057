package course

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Page is a text beside the course tree: a part of the about page, updates and handouts, a static tab.
type Page struct {
	Course string `bson:"course"`
	// Kind is about, info, tabs or custom_tags; Slug names it among these.
	Kind string `bson:"kind"`
	Slug string `bson:"slug"`
	HTML string `bson:"html,omitempty"`
	// Fields are JSON texts beside it, such as "items" of the updates.
	Fields store.Map[string] `bson:"fields,omitempty"`
	// By is the user who wrote it, Op the change that did; see package beside. Gone says that it was deleted.
	By   string    `bson:"by,omitempty"`
	At   time.Time `bson:"at,omitempty"`
	Op   string    `bson:"op,omitempty"`
	Gone bool      `bson:"gone,omitempty"`
}

// PageSpec is the collection of pages, by (course, kind, slug).
func PageSpec() store.Spec { return store.Spec{Name: "pages"} }

// PageID names a page's document.
func PageID(course, kind, slug string) string { return store.ID(course, kind, slug) }

func pageID(course key.Course, kind, slug string) string { return PageID(course.String(), kind, slug) }

// PageChanged makes the next reader look the course's pages up again.
func (c *Courses) PageChanged(course key.Course) { c.forgetEntry(course) }

// Page returns a page, or ErrNotFound.
func (c *Courses) Page(ctx context.Context, course key.Course, kind, slug string) (Page, error) {
	doc, err := c.pages.Get(ctx, pageID(course, kind, slug))
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Gone {
		return Page{}, fmt.Errorf("%w: page %s/%s of %s", ErrNotFound, kind, slug, course)
	}
	return doc.Body, err
}

// PutPage stores or replaces a page.
func (c *Courses) PutPage(ctx context.Context, course key.Course, page Page) error {
	page.Course = course.String()
	_, err := c.pages.Update(ctx, pageID(course, page.Kind, page.Slug), func(p *Page) (bool, error) {
		*p = page
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("storing page %s/%s of %s: %w", page.Kind, page.Slug, course, err)
	}
	c.forgetEntry(course)
	return nil
}

// PutDraft stores a block's draft, replacing the one before.
func (c *Courses) PutDraft(ctx context.Context, draft Draft) error {
	draft.Index()
	_, err := c.drafts.Update(ctx, draft.Usage, func(d *Draft) (bool, error) {
		*d = draft
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("storing the draft of %s: %w", draft.Usage, err)
	}
	return nil
}

// PutImport stores the record of an import and returns its id.
func (c *Courses) PutImport(ctx context.Context, record Import) (string, error) {
	id := store.ID(record.Course, record.At.Format("20060102T150405.000000000Z"))
	err := c.imports.Insert(ctx, id, record)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return "", fmt.Errorf("recording the import of %s: %w", record.Course, err)
	}
	return id, nil
}

// ImportRecord returns the record of an import by its id.
func (c *Courses) ImportRecord(ctx context.Context, id string) (Import, error) {
	doc, err := c.imports.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Import{}, fmt.Errorf("%w: import %q", ErrNotFound, id)
	}
	return doc.Body, err
}
