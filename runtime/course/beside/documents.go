package beside

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// file is a course's file as a document.
func (b *Beside) file(run key.Course, name string) document {
	id := course.AssetID(run.String(), name)
	return document{
		kind: File, name: name,
		read: func(ctx context.Context) (State, string, int64, error) {
			doc, err := b.assets.Get(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				return State{}, "", 0, nil
			}
			if doc.Body.Gone || err != nil {
				return State{}, doc.Body.Op, doc.Version, err
			}
			return State{Asset: &doc.Body}, doc.Body.Op, doc.Version, nil
		},
		write: func(ctx context.Context, after State, op Op, at time.Time, version int64) error {
			body := course.Asset{Gone: true, Moved: op.moved(name)}
			if after.Asset != nil {
				body = *after.Asset
				body.Gone, body.Moved = false, ""
			}
			body.Course, body.Name, body.By, body.Op = run.String(), name, op.By, op.ID
			if body.At.IsZero() || body.Gone {
				body.At = at
			}
			_, err := b.assets.Put(ctx, store.Doc[course.Asset]{ID: id, Version: version, Body: body})
			return err
		},
	}
}

// page is one of a course's pages as a document.
func (b *Beside) page(run key.Course, kind, slug string) document {
	id := course.PageID(run.String(), kind, slug)
	return document{
		kind: Page, name: kind + "/" + slug,
		read: func(ctx context.Context) (State, string, int64, error) {
			doc, err := b.pages.Get(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				return State{}, "", 0, nil
			}
			if doc.Body.Gone || err != nil {
				return State{}, doc.Body.Op, doc.Version, err
			}
			return State{Page: &doc.Body}, doc.Body.Op, doc.Version, nil
		},
		write: func(ctx context.Context, after State, op Op, at time.Time, version int64) error {
			body := course.Page{Gone: true}
			if after.Page != nil {
				body = *after.Page
				body.Gone = false
			}
			body.Course, body.Kind, body.Slug, body.By, body.At, body.Op = run.String(), kind, slug, op.By, at, op.ID
			_, err := b.pages.Put(ctx, store.Doc[course.Page]{ID: id, Version: version, Body: body})
			if err == nil {
				b.config.Courses.PageChanged(run)
			}
			return err
		},
	}
}

// of is the document that an entry is about.
func (b *Beside) of(run key.Course, kind Kind, name string) document {
	if kind == Page {
		pageKind, slug, _ := strings.Cut(name, "/")
		return b.page(run, pageKind, slug)
	}
	return b.file(run, name)
}

// moved is where a file went that the op takes away.
func (o Op) moved(name string) string {
	if o.Did != "rename" || o.Note == name {
		return ""
	}
	return o.Note
}
