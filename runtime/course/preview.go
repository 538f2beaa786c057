package course

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// previewed is a content that somebody looked at before it was published. It stands apart from the revisions, which are kept: whatever
// is published or in a history is stored there again, so nothing but previews refers to these.
type previewed struct {
	Revision Revision `bson:"revision"`
	// At is about when it was looked at last.
	At time.Time `bson:"at"`
}

func previewSpec() store.Spec {
	return store.Spec{Name: "previews", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}
}

const (
	// previewsFor is how long a content is kept after its last preview: whoever tries it out may come back to his answers.
	previewsFor = 30 * 24 * time.Hour
	// previewsAnew is how old a note of a preview may be.
	previewsAnew = 24 * time.Hour
)

// AddPreviews keeps contents for a while, for whoever asks for them by [Courses.Revision].
func (c *Courses) AddPreviews(ctx context.Context, revisions ...*Revision) error {
	now := c.now()
	for start := 0; start < len(revisions); start += readPage {
		page := revisions[start:min(start+readPage, len(revisions))]
		hashes := make([]string, len(page))
		for i, revision := range page {
			hashes[i] = revision.Hash()
		}
		there, err := c.previews.GetMany(ctx, hashes)
		if err != nil {
			return fmt.Errorf("reading previews: %w", err)
		}
		var fresh []store.Doc[previewed]
		for i, revision := range page {
			doc, known := there[hashes[i]]
			switch {
			case !known:
				fresh = append(fresh, store.Doc[previewed]{ID: hashes[i], Body: previewed{*revision, now}})
			case now.Sub(doc.Body.At) > previewsAnew:
				_, err := c.previews.Update(ctx, doc.ID, func(p *previewed) (bool, error) {
					*p = previewed{*revision, now}
					return true, nil
				})
				if err != nil {
					return fmt.Errorf("keeping a preview: %w", err)
				}
			}
		}
		if _, err := c.previews.InsertMany(ctx, fresh); err != nil {
			return fmt.Errorf("keeping previews: %w", err)
		}
	}
	return nil
}

// CollectPreviews deletes contents that nobody has looked at for long, at most some at a time, and tells how many.
func (c *Courses) CollectPreviews(ctx context.Context, most int) (int, error) {
	old, _, err := c.previews.Find(ctx, store.Query{Index: "at", To: c.now().Add(-previewsFor), Limit: most})
	if err != nil {
		return 0, fmt.Errorf("looking for old previews: %w", err)
	}
	for i, doc := range old {
		err := c.previews.Delete(ctx, doc.ID, doc.Version) // one that is looked at now has another version
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
			return i, fmt.Errorf("deleting an old preview: %w", err)
		}
	}
	return len(old), nil
}
