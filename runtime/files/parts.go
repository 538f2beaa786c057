package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Part is a file that a learner gave as part of an answer.
type Part struct {
	// Owner is the learner's pseudonym in the run; Usage the block's key.
	Owner string
	Run   string
	Usage string
	Blob
	// Name is the file's name as the learner has it, Type its media type as sniffed.
	Name string
	Type string
	At   time.Time
	// Bound are the submissions that hold it.
	Bound []string
}

type partDoc struct {
	Owner string    `bson:"owner"`
	Run   string    `bson:"run,omitempty"`
	Usage string    `bson:"usage"`
	Hash  string    `bson:"hash"`
	Size  int64     `bson:"size"`
	Name  string    `bson:"name"`
	Type  string    `bson:"type"`
	At    time.Time `bson:"at"`
	// Pending is when it was last uploaded, nil once a submission holds it: the index of what may be collected.
	Pending *time.Time `bson:"pending,omitempty"`
	Bound   []string   `bson:"bound,omitempty"`
	// Gone says that the part was collected at Pending.
	Gone bool `bson:"gone,omitempty"`
}

func (d *partDoc) part() Part {
	return Part{
		Owner: d.Owner, Run: d.Run, Usage: d.Usage, Blob: Blob{d.Hash, d.Size}, Name: d.Name, Type: d.Type, At: d.At,
		Bound: d.Bound,
	}
}

func partID(owner, usage, hash string) string { return store.ID(owner, usage, hash) }

// PutPart stores a stream as a part of an answer; see [Files.Put] and [Files.AddPart].
func (f *Files) PutPart(ctx context.Context, from io.Reader, limit int64, part Part) (Part, error) {
	stored, err := f.Put(ctx, from, limit)
	if err != nil {
		return Part{}, err
	}
	part.Blob = stored
	return f.AddPart(ctx, part)
}

// AddPart makes a stored blob a part of an answer of part.Owner at part.Usage. Adding the same content again renews it,
// under its new name; a part that is bound stays bound. Too many unsubmitted parts are ErrTooMany. At and Bound are not
// read.
//
// The quota is checked before the part is written, so that some parallel uploads may pass it together.
func (f *Files) AddPart(ctx context.Context, part Part) (Part, error) {
	if part.Owner == "" || part.Usage == "" || len(part.Owner)+len(part.Usage) > store.MaxID/2 {
		return Part{}, fmt.Errorf("adding part: %w: owner or usage is missing or too long", ErrInvalid)
	}
	if err := f.Touch(ctx, part.Hash); err != nil {
		return Part{}, fmt.Errorf("adding part: %w", err)
	}
	stored, err := f.Stat(ctx, part.Hash)
	if err != nil {
		return Part{}, fmt.Errorf("adding part: %w", err)
	}
	if err := f.checkQuota(ctx, part, stored.Size); err != nil {
		return Part{}, fmt.Errorf("adding part: %w", err)
	}
	now := f.now()
	doc, err := f.parts.Update(ctx, partID(part.Owner, part.Usage, part.Hash), func(d *partDoc) (bool, error) {
		bound := d.Bound
		*d = partDoc{
			Owner: part.Owner, Run: part.Run, Usage: part.Usage, Hash: part.Hash, Size: stored.Size, Name: CleanName(part.Name),
			Type: part.Type, At: now, Bound: bound,
		}
		if len(bound) == 0 {
			d.Pending = &now
		}
		return true, nil
	})
	if err != nil {
		return Part{}, fmt.Errorf("adding part: %w", err)
	}
	return doc.Body.part(), nil
}

func (f *Files) checkQuota(ctx context.Context, part Part, size int64) error {
	if err := f.checkOwner(ctx, part, size); err != nil {
		return err
	}
	count, bytes := 1, size
	query := store.Query{Prefix: store.ID(part.Owner, part.Usage), Limit: 1000}
	return f.parts.Each(ctx, query, func(doc store.Doc[partDoc]) error {
		if doc.Body.Pending == nil || doc.Body.Gone || doc.Body.Hash == part.Hash {
			return nil
		}
		count++
		bytes += doc.Body.Size
		if count > f.config.MaxParts || bytes > f.config.MaxPartBytes {
			return fmt.Errorf("%w: at most %d files of %d bytes together may wait for a submission", ErrTooMany,
				f.config.MaxParts, f.config.MaxPartBytes)
		}
		return nil
	})
}

// checkOwner bounds what one learner keeps in a run, whatever it was handed in to.
func (f *Files) checkOwner(ctx context.Context, part Part, size int64) error {
	query := store.Query{Index: "learners", Equal: []any{part.Owner}, Limit: 1000}
	return f.parts.Each(ctx, query, func(doc store.Doc[partDoc]) error {
		if doc.Body.Gone || doc.Body.Hash == part.Hash && doc.Body.Usage == part.Usage {
			return nil
		}
		if size += doc.Body.Size; size > f.config.MaxOwnerBytes {
			return fmt.Errorf("%w: at most %d bytes in this course", ErrTooMany, f.config.MaxOwnerBytes)
		}
		return nil
	})
}

// Part returns a learner's own part of a block, or ErrNotFound for anything else.
func (f *Files) Part(ctx context.Context, owner, usage, hash string) (Part, error) {
	doc, err := f.parts.Get(ctx, partID(owner, usage, hash))
	if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Body.Gone) {
		err = fmt.Errorf("%w: part %.64q", ErrNotFound, hash)
	}
	if err != nil {
		return Part{}, fmt.Errorf("looking up part: %w", err)
	}
	return doc.Body.part(), nil
}

// Bind makes a submission hold parts of the same owner and block; they are then kept for as long as the submission's owner.
// When one of them does not exist, it is ErrNotFound and none is bound. Binding again changes nothing.
func (f *Files) Bind(ctx context.Context, owner, usage, submission string, hashes []string) error {
	if submission == "" || len(submission) > store.MaxIndexed {
		return fmt.Errorf("binding parts: %w: submission is missing or too long", ErrInvalid)
	}
	ids := make([]string, 0, len(hashes))
	for _, hash := range hashes {
		ids = append(ids, partID(owner, usage, hash))
	}
	found, err := f.parts.GetMany(ctx, ids)
	if err != nil {
		return fmt.Errorf("binding parts: %w", err)
	}
	for i, id := range ids {
		if doc, ok := found[id]; !ok || doc.Body.Gone {
			return fmt.Errorf("binding parts: %w: part %.64q", ErrNotFound, hashes[i])
		}
	}
	for _, id := range ids {
		if _, err := f.parts.Update(ctx, id, func(d *partDoc) (bool, error) { return d.bind(submission) }); err != nil {
			return fmt.Errorf("binding parts: %w", err)
		}
	}
	return nil
}

func (d *partDoc) bind(submission string) (bool, error) {
	switch {
	case d.Hash == "", d.Gone: // collected since it was looked up
		return false, ErrNotFound
	case slices.Contains(d.Bound, submission):
		return false, nil
	case len(d.Bound) >= store.MaxMulti:
		return false, fmt.Errorf("%w: one file in %d submissions", ErrTooMany, len(d.Bound))
	}
	d.Bound, d.Pending = append(d.Bound, submission), nil
	return true, nil
}

// BoundTo returns the parts that a submission holds: what its graders may read.
func (f *Files) BoundTo(ctx context.Context, submission string) ([]Part, error) {
	return f.list(ctx, store.Query{Index: "bound", Equal: []any{submission}})
}

// PartsOf returns every part of a learner: for export.
func (f *Files) PartsOf(ctx context.Context, owner string) ([]Part, error) {
	return f.list(ctx, store.Query{Index: "learners", Equal: []any{owner}})
}

func (f *Files) list(ctx context.Context, query store.Query) ([]Part, error) {
	var parts []Part
	err := f.parts.Each(ctx, query, func(doc store.Doc[partDoc]) error {
		if !doc.Body.Gone {
			parts = append(parts, doc.Body.part())
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing parts: %w", err)
	}
	return parts, nil
}

// Erase forgets every part of a learner, bound or not, and returns how many there were. The blobs go with the next
// collections, unless somebody else refers to them.
func (f *Files) Erase(ctx context.Context, owner string) (int, error) {
	erased := 0
	query := store.Query{Index: "learners", Equal: []any{owner}}
	err := f.parts.Each(ctx, query, func(doc store.Doc[partDoc]) error {
		err := f.parts.Delete(ctx, doc.ID, 0)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			erased++
		}
		return err
	})
	if err != nil {
		return erased, fmt.Errorf("erasing parts: %w", err)
	}
	return erased, nil
}
